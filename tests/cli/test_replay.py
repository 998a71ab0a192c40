"""``orderloom replay``: exit codes, lines, spans, and what is named instead of guessed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from engine.cli.moments import moment
from engine.errors import InputInvalid

from .test_data_commands import FLOW

ROWS = b'{"no": "1", "paid": "80", "phone": "19900000101"}\n{"no": "2", "paid": "60", "phone": "19900000102"}\n{"no": "3", "paid": "40"}\n'


def flow(limit: str) -> str:
    return json.dumps(
        {
            **FLOW,
            "nodes": {**FLOW["nodes"], "big": {"use": "rule.condition@1", "params": {"when": f'money(item.paid) >= money("{limit}")'}}},
        }
    )


@pytest.fixture
def kept(orderloom, tmp_path: Path) -> Path:
    """Three orders that ran through version 1, whose limit is 50."""
    (tmp_path / "small.json").write_text(flow("50"))
    (tmp_path / "stricter.json").write_text(flow("70"))
    assert orderloom("run", "small.json", "--live", "--input", "-", stdin=ROWS).code == 0
    return tmp_path


def test_the_same_version_differs_in_nothing(orderloom, kept: Path) -> None:
    answer = orderloom("replay", "small", "--against", "1")
    assert (answer.code, answer.lines) == (0, [])
    assert "3 events: 3 the same, 0 different, 0 erased" in answer.err


def test_a_file_with_another_limit_shows_just_the_order_that_it_changes(orderloom, kept: Path) -> None:
    answer = orderloom("replay", "small", "--against", "stricter.json")
    assert answer.code == 3
    assert [(line["order"], line["path"], line["kind"]) for line in answer.lines] == [
        ("manual||2", "big.end.yes[1]", "missing"), ("manual||2", "big.end.no[1]", "added"),
    ]  # fmt: skip
    assert answer.lines[0].keys() >= {"order", "path", "before", "after"}
    assert answer.lines[0]["after"] is None
    assert "19900000102" not in answer.out


def test_the_lines_go_to_a_file_of_the_callers_own(orderloom, kept: Path) -> None:
    answer = orderloom("replay", "small", "--against", "stricter.json", "--output", "out.jsonl")
    assert (answer.code, answer.out) == (3, "")
    assert len((kept / "out.jsonl").read_text().splitlines()) == 2
    assert (kept / "out.jsonl").stat().st_mode & 0o777 == 0o600


def test_only_the_orders_of_the_span_are_run(orderloom, kept: Path) -> None:
    assert "0 events" in orderloom("replay", "small", "--against", "1", "--until", "2020-01-01").err
    assert "3 events" in orderloom("replay", "small", "--against", "1", "--since", "2020-01-01", "--zone", "Asia/Shanghai").err


def test_what_hinders_is_named(orderloom, kept: Path) -> None:
    (kept / "large.json").write_text(json.dumps({**FLOW, "name": "large"}))
    (kept / "faulty.json").write_text(json.dumps({**FLOW, "wires": ["start -> big", "big.yes -> gone"]}))
    for code, *arguments in (
        ("flow.unknown", "nothing", "--against", "1"),
        ("flow.version_unknown", "small", "--against", "7"),
        ("flow.no_draft", "small", "--against", "draft"),
        ("input.not_found", "small", "--against", "nowhere.json"),
        ("time.invalid", "small", "--against", "1", "--since", "yesterdayish"),
        ("time.unknown_zone", "small", "--against", "1", "--since", "2026-01-01", "--zone", "Mars"),
        ("replay.empty_span", "small", "--against", "1", "--since", "2026-01-02", "--until", "2026-01-02"),
        ("replay.too_many", "small", "--against", "1", "--limit", "2"),
        ("wire.unknown_node", "small", "--against", "faulty.json"),
        ("replay.other_flow", "small", "--against", "large.json"),
        ("flow.unknown", "nothing", "--against", "large.json"),
        ("cli.number_between", "small", "--against", "1", "--limit", "many"),
        ("cli.no_data", "small", "--against", "1", "--data", "nothing"),
    ):
        answer = orderloom("replay", *arguments)
        assert answer.code == 2
        assert code in answer.err


def test_a_file_of_another_flow_is_told_where_it_says_so_and_what_to_do(orderloom, kept: Path) -> None:
    (kept / "large.json").write_text(json.dumps({**FLOW, "name": "large"}))
    english = orderloom("replay", "small", "--against", "large.json").err
    assert "--against › large.json › name" in english
    assert "of the flow large, not of small" in english
    assert "Name a file, a version or the draft of small" in english
    assert "该文件是流程 large，不是 small" in orderloom("replay", "small", "--against", "large.json", "--lang", "zh").err


def test_erased_orders_are_counted_and_passed_over(orderloom, kept: Path) -> None:
    with sqlite3.connect(kept / ".orderloom" / "orderloom.db") as database:
        (first,) = database.execute("select key_id from event order by id limit 1").fetchone()
    database.close()
    with sqlite3.connect(kept / ".orderloom" / "keys.db") as keys:
        keys.execute("delete from data_key where id = ?", (first,))
    keys.close()
    answer = orderloom("replay", "small", "--against", "stricter.json")
    assert answer.code == 3
    assert "3 events: 1 the same, 1 different, 1 erased" in answer.err


def test_runs_of_a_version_whose_node_type_is_gone_are_named(orderloom, kept: Path) -> None:
    with sqlite3.connect(kept / ".orderloom" / "orderloom.db") as database:
        (document,) = database.execute("select document from flow_version").fetchone()
        text = (document if isinstance(document, str) else document.decode()).replace("rule.condition@1", "rule.long_gone@1")
        database.execute("update flow_version set document = ?", (text.encode() if isinstance(document, bytes) else text,))
    database.close()
    answer = orderloom("replay", "small", "--against", "stricter.json")
    assert answer.code == 1
    assert "Passed over: 3 × node.missing" in answer.err


def test_a_trigger_that_takes_the_orders_no_more_is_a_difference(orderloom, kept: Path) -> None:
    other = {**FLOW, "nodes": {**FLOW["nodes"], "start": {"use": "connector.webhook@1", "params": {"key_path": "no"}}}}
    (kept / "other.json").write_text(json.dumps(other))
    answer = orderloom("replay", "small", "--against", "other.json")
    assert answer.code == 3
    assert {(line["path"], line["before"], line["after"]) for line in answer.lines} == {
        ("start.trigger", "connector.manual@1", "connector.webhook@1")
    }


def test_a_replay_writes_nothing_into_the_store(orderloom, kept: Path) -> None:
    def content() -> Any:
        with sqlite3.connect(kept / ".orderloom" / "orderloom.db") as database:
            dump = "\n".join(line for line in database.iterdump() if not line.startswith('INSERT INTO "owner"'))  # who has it open
        database.close()
        return hashlib.sha256(dump.encode()).hexdigest()

    before = content()
    orderloom("replay", "small", "--against", "stricter.json")
    assert content() == before


def test_a_date_begins_in_its_zone() -> None:
    assert str(moment("2026-01-16", "Asia/Shanghai", "--since")) == "2026-01-15 16:00:00+00:00"
    assert str(moment("2026-01-16T08:00:00+02:00", "Asia/Shanghai", "--since")) == "2026-01-16 06:00:00+00:00"
    assert str(moment("1970-01-01", "UTC", "--since")) == "1970-01-01 00:00:00+00:00"
    assert moment(None, "UTC", "--since") is None
    with pytest.raises(InputInvalid):
        moment("", "UTC", "--since")
