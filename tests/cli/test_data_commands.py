from __future__ import annotations

import json
import sqlite3

from engine.cli.run_live import own_steps
from engine.flow.document import Flow
from engine.registry import installed
from engine.run.plan import Plan

FLOW = {
    "format": 1,
    "name": "small",
    "nodes": {
        "start": {"use": "connector.manual@1", "params": {"key_path": "no"}},
        "big": {"use": "rule.condition@1", "params": {"when": 'money(item.paid) >= money("50")'}},
    },
    "wires": ["start -> big"],
    "tests": [{"name": "one", "trigger": "start", "input": [{"paid": "1"}], "expect": {"big": {"items": [{"paid": "1"}]}}}],
}


def test_a_flow_is_published_once_for_each_content(orderloom, tmp_path) -> None:
    (tmp_path / "small.json").write_text(json.dumps(FLOW))
    assert orderloom("publish", "small.json", "--note", "first").out == "Published small as version 1.\n"
    assert orderloom("publish", "small.json").out == "Published small as version 1.\n"
    (tmp_path / "small.json").write_text(json.dumps({**FLOW, "title": {"en": "Small"}}))
    assert orderloom("publish", "small.json").out == "Published small as version 2.\n"


def test_a_connection_that_nobody_has_set_forbids_publication(orderloom, flows) -> None:
    answer = orderloom("publish", flows / "order_hub.json")
    assert answer.code == 2
    assert answer.err.count("connection.missing") == 15


def test_a_published_flow_runs_by_its_name(orderloom, tmp_path) -> None:
    (tmp_path / "small.json").write_text(json.dumps(FLOW))
    orderloom("publish", "small.json", "--data", "shop")
    answer = orderloom("run", "small", "--data", "shop", "--input", "-", stdin=b'{"no": "1", "paid": "80"}')
    assert (answer.code, answer.lines[0]["port"]) == (0, "yes")


def test_a_live_run_is_kept_and_a_repeated_one_changes_nothing(orderloom, tmp_path) -> None:
    (tmp_path / "small.json").write_text(json.dumps(FLOW))
    sent = b'{"no": "1", "paid": "80"}\n{"no": "2", "paid": "8"}\n{"no": "3"}\n'
    first = orderloom("run", "small.json", "--live", "--input", "-", stdin=sent)
    again = orderloom("run", "small.json", "--live", "--input", "-", stdin=sent)
    assert first.code == 1
    assert [(line["node"], line["kind"], line["port"]) for line in first.lines] == [
        ("big", "end", "yes"),
        ("big", "end", "no"),
        ("big", "parked", None),
    ]
    assert again.lines == first.lines
    assert json.loads(orderloom("health", "--json").out)["runs"] == {"done": 2, "parked": 1}


def test_a_later_event_of_a_parked_order_waits_for_it(orderloom, tmp_path) -> None:
    (tmp_path / "small.json").write_text(json.dumps(FLOW))
    orderloom("run", "small.json", "--live", "--input", "-", stdin=b'{"no": "3"}')
    answer = orderloom("run", "small.json", "--live", "--input", "-", stdin=b'{"no": "3", "paid": "80"}\n{"no": "4", "paid": "80"}\n')
    assert answer.code == 1
    assert [(line["kind"], line.get("problem", {}).get("code")) for line in answer.lines] == [("parked", "run.blocked"), ("end", None)]


def test_a_live_run_writes_plainly_what_its_caller_brought(orderloom, tmp_path) -> None:
    (tmp_path / "small.json").write_text(json.dumps(FLOW))
    answer = orderloom("run", "small.json", "--live", "--input", "-", stdin=b'{"no": "1", "paid": "80", "phone": "19900000101"}')
    assert answer.code == 0
    assert answer.lines[0]["item"]["phone"] == "19900000101"


def test_behind_a_live_read_a_run_is_masked() -> None:
    nodes = {
        "start": {"use": "connector.manual@1"},
        "ask": {"use": "connector.http_request@1", "params": {"service": {"connection": "crm"}, "path": "/customers"}},
        "vip": {"use": "rule.condition@1", "params": {"when": "true"}},
        "other": {"use": "rule.condition@1", "params": {"when": "true"}},
    }
    flow = Flow.model_validate({"name": "asks", "nodes": nodes, "wires": ["start -> ask", "ask -> vip", "start -> other"]})
    assert own_steps(Plan(flow, installed())) == {"start", "other"}


def test_health_tells_folder_flows_and_runs(orderloom, tmp_path) -> None:
    (tmp_path / "small.json").write_text(json.dumps(FLOW))
    orderloom("publish", "small.json")
    answer = orderloom("health", "--json")
    assert answer.code == 0
    checks = {"time_skew": "ok", "time_consistency": "ok"}
    assert answer.lines == [{"ok": True, "data": ".orderloom", "flows": {"small": 1}, "runs": {}, "checks": checks, "problems": []}]


def test_health_of_nothing_is_a_problem_and_makes_no_folder(orderloom, tmp_path) -> None:
    answer = orderloom("health")
    assert answer.code == 1
    assert "cli.no_data" in answer.out
    assert list(tmp_path.iterdir()) == []


def test_an_audit_log_that_was_changed_is_noticed(orderloom, tmp_path) -> None:
    (tmp_path / "small.json").write_text(json.dumps(FLOW))
    orderloom("publish", "small.json")
    assert orderloom("audit", "verify").out == "The audit log is intact.\n"
    with sqlite3.connect(tmp_path / ".orderloom" / "orderloom.db") as database:
        database.execute("update audit set actor = 'nobody'")
    database.close()
    answer = orderloom("audit", "verify")
    assert answer.code == 1
    assert "audit.broken" in answer.err


def test_unknown_settings_are_named(orderloom, monkeypatch) -> None:
    monkeypatch.setenv("ORDERLOOM_DATAA", "x")
    answer = orderloom("health")
    assert answer.code == 2
    assert "ORDERLOOM_DATAA" in answer.err


def test_all_node_types_are_listed_with_the_schema_of_their_parameters(orderloom) -> None:
    (described,) = orderloom("nodes", "--json").lines
    condition = next(one for one in described if one["use"] == "rule.condition@1")
    assert condition["outputs"] == ["yes", "no"]
    assert condition["params"]["required"] == ["when"]


def test_all_node_types_are_listed_for_people(orderloom) -> None:
    assert "rule.condition@1" in orderloom("nodes").out
