"""The flows that we ship to show how flows call flows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli.program import run

FLOWS = Path(__file__).parents[2] / "flows"
PAIR = [str(FLOWS / f"{name}.json") for name in ("ship_parcels", "book_parcel")]


def test_they_are_sound_and_their_tests_green(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", *PAIR]) == 0
    assert run(["test", *PAIR]) == 0
    assert "6 tests passed, 0 failed" in capsys.readouterr().out


def test_a_run_of_one_shows_what_the_other_would_send(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = {"channel_order_id": "A1", "parcels": [{"no": "1", "grams": 800}, {"no": "2", "grams": 45000}]}
    (tmp_path / "orders.json").write_text(json.dumps(order))
    assert run(["run", PAIR[0], "--input", str(tmp_path / "orders.json")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    sent = {(line["node"], line["request"]["url"]) for line in lines if line["kind"] == "effect"}
    assert {("book/courier", "courier:/parcels"), ("book/freight", "freight:/pallets"), ("book", "flow:book_parcel")} <= sent


def test_a_parcel_that_its_carrier_gives_no_number_for_is_not_booked_and_the_packer_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = FLOWS / "ship_parcels" / "sample.json"
    assert run(["run", PAIR[0], "--input", str(sample)]) == 0
    ends = [line["item"] for line in map(json.loads, capsys.readouterr().out.splitlines()) if line["kind"] == "end"]
    assert [(end["waybills"], [failed["code"] for failed in end["not_booked"]]) for end in ends] == [
        ([], ["call.failed", "call.failed"]),
        ([], ["call.failed"]),
    ]


def test_files_that_call_each_other_in_a_circle_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        nodes = {"called": {"use": "flow.called@1"}, "call": {"use": "flow.sub_flow@1", "params": {"flow": other}}}
        (tmp_path / f"{name}.json").write_text(json.dumps({"name": name, "nodes": nodes, "wires": ["called -> call"]}))
    assert run(["check", str(tmp_path)]) == 2
    assert "one → two → one" in capsys.readouterr().out
