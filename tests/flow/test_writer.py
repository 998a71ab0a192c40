from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from engine.flow.diff import diff
from engine.flow.reader import read_flow
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
