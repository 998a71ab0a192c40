from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from engine.flow.diff import diff
from engine.flow.reader import inspect, read_flow
from engine.flow.writer import write_flow
from engine.json_text import canonical_json, read_json

from .documents import FLOWS

FOLDER = Path(__file__).parents[2] / "flows"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("[!f]*.json")), ids=lambda file: file.name)
def test_our_flows_stand_in_their_canonical_form(file) -> None:
    text = file.read_text(encoding="utf-8")
    assert write_flow(read_flow(text)) == text


@given(FLOWS)
@settings(max_examples=50, deadline=None)
def test_what_is_written_reads_as_the_same_flow(flow) -> None:
    again = read_flow(write_flow(flow))
    assert not diff(flow, again)
    assert list(again.nodes) == list(flow.nodes)


@given(FLOWS)
@settings(max_examples=50, deadline=None)
def test_writing_what_was_read_changes_nothing(flow) -> None:
    text = write_flow(flow)
    assert write_flow(read_flow(text)) == text


@given(FLOWS)
@settings(max_examples=30, deadline=None)
def test_numbers_and_texts_survive_exactly(flow) -> None:
    written = read_json(write_flow(flow))
    for slug, node in flow.nodes.items():
        assert canonical_json(written["nodes"][slug].get("params", {})) == canonical_json(node.params)


@given(FLOWS)
@settings(max_examples=30, deadline=None)
def test_each_node_and_each_wire_begins_a_line_of_its_own(flow) -> None:
    lines = [line.strip() for line in write_flow(flow).splitlines()]
    assert all(any(line.startswith(f'"{slug}": {{') for line in lines) for slug in flow.nodes)
    assert all(any(line.rstrip(",") == f'"{wire}"' for line in lines) for wire in flow.wires)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("0.4ms", "0.4ms"), ("1.25ms", "1.25ms"), ("0.001ms", "0.001ms"), ("0.0004s", "0.4ms"), ("1.0005s", "1000.5ms"), ("0s", "0ms"),
        ("1000ms", "1s"), ("1.5h", "90m"), ("0.1s", "100ms"), ("90s", "90s"), ("120m", "2h"), ("48h", "2d"), ("36h", "36h"),
        ("0.0000001s", "0.001ms"), ("0.00000049d", "42.336ms"),
    ],
)  # fmt: skip
def test_a_duration_keeps_what_it_means(written: str, canonical: str) -> None:
    policy = {"retry": {"backoff": written}}
    document = {"name": "a", "nodes": {"n": {"use": "a.b@1", "policy": policy}}}
    text = write_flow(read_flow(json.dumps(document)))
    assert read_json(text)["nodes"]["n"]["policy"]["retry"]["backoff"] == canonical
    assert write_flow(read_flow(text)) == text


@pytest.mark.parametrize("written", ["9" * 20 + "d", "9" * 500 + "h", "5 minutes", "-1s"])
def test_what_is_no_duration_is_a_problem(written: str) -> None:
    document = {"name": "a", "nodes": {"n": {"use": "a.b@1", "policy": {"timeout": written}}}}
    assert [problem.code for problem in inspect(json.dumps(document)).problems] == ["document.invalid"]
