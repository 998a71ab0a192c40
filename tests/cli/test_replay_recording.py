"""``orderloom replay --recording``: a file is tried on recorded traffic; lines, exit codes, what is told over all orders."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from engine.app import Orderloom
from engine.settings import Settings

from .test_data_commands import FLOW
from .test_replay import ROWS, flow


async def begun(data: Path) -> int:
    async with Orderloom.at(Settings(data=data)) as app:
        return (await app.recorder.begin("small", "owner")).id


async def ended(data: Path, number: int) -> int:
    async with Orderloom.at(Settings(data=data)) as app:
        return (await app.recorder.end(number, "owner")).taken


@pytest.fixture
def recording(orderloom, tmp_path: Path) -> int:
    """Of three orders that ran through version 1, whose limit is 50; one more came before it began."""
    (tmp_path / "small.json").write_text(flow("50"))
    (tmp_path / "stricter.json").write_text(flow("70"))
    assert orderloom("run", "small.json", "--live", "--input", "-", stdin=b'{"no": "0", "paid": "60"}').code == 0
    data = tmp_path / ".orderloom"
    number = asyncio.run(begun(data))
    assert orderloom("run", "small.json", "--live", "--input", "-", stdin=ROWS).code == 0
    assert asyncio.run(ended(data, number)) == 3
    return number


def test_the_same_version_differs_in_nothing(orderloom, recording: int) -> None:
    answer = orderloom("replay", "small", "--recording", str(recording), "--against", "1")
    assert (answer.code, answer.lines) == (0, [])
    assert "3 events: 3 the same, 0 different, 0 erased" in answer.err


def test_just_the_recorded_order_that_a_file_changes_is_told(orderloom, recording: int) -> None:
    answer = orderloom("replay", "small", "--recording", str(recording), "--against", "stricter.json")
    assert answer.code == 3
    assert [(line["order"], line["path"], line["kind"]) for line in answer.lines] == [
        ("manual||2", "big.end.yes[1]", "missing"), ("manual||2", "big.end.no[1]", "added"),
    ]  # fmt: skip
    assert "1 order: big.end.yes" in answer.err
    assert "19900000102" not in answer.out + answer.err


def test_orders_that_the_file_parks_are_counted_with_the_reason(orderloom, recording: int, tmp_path: Path) -> None:
    faulty = {"big": {"use": "rule.condition@1", "params": {"when": 'item.state == "paid"'}}}
    (tmp_path / "faulty.json").write_text(json.dumps({**FLOW, "nodes": {**FLOW["nodes"], **faulty}, "tests": []}))
    answer = orderloom("replay", "small", "--recording", str(recording), "--against", "faulty.json")
    assert answer.code == 3
    assert "3 orders parked at big: expression.no_such_field" in answer.err


def test_what_is_no_number_is_told_in_the_readers_language(orderloom) -> None:
    english = orderloom("replay", "small", "--against", "1", "--recording", "zz").err
    assert "--recording: “zz” is no number from 1 on." in english
    assert "Write a number, such as 1." in english
    chinese = orderloom("replay", "small", "--against", "1", "--recording", "zz", "--lang", "zh").err
    assert "“zz”不是不小于 1 的数" in chinese
    assert "Usage" not in english + chinese


def test_what_hinders_is_named(orderloom, recording: int) -> None:
    for code, *arguments in (
        ("recording.unknown", "--recording", "7"),
        ("cli.number_from", "--recording", "zz"),
        ("cli.number_from", "--recording", "0"),
        ("cli.number_from", "--recording", "1.5"),
        ("replay.recording_or_span", "--recording", str(recording), "--since", "2026-01-01"),
    ):
        answer = orderloom("replay", "small", "--against", "1", *arguments)
        assert answer.code == 2
        assert code in answer.err
