from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.flow.diff import FlowDiff, PartChange, diff
from engine.flow.document import Flow
from engine.flow.value_diff import ABSENT, ValueChange, value_changes
from engine.json_text import canonical_json

from .documents import FLOWS, JSON

BASE: dict[str, Any] = {
    "format": 1,
    "name": "small",
    "nodes": {
        "start": {"use": "connector.manual@1"},
        "big": {"use": "rule.condition@1", "params": {"when": "item.qty > 1"}},
        "yes": {"use": "transform.limit@1", "params": {"count": 1}},
        "no": {"use": "transform.limit@1", "params": {"count": 2}},
    },
    "wires": ["start -> big", "big.yes -> yes", "big.no -> no"],
    "layout": {"big": "2,1"},
    "tests": [{"name": "one", "trigger": "start", "input": [{}], "expect": {"big": {"items": [{}]}}}],
}


def compare(**changed: Any) -> FlowDiff:
    return diff(Flow.model_validate(BASE), Flow.model_validate({**BASE, **changed}))


def renamed(flow: Flow, old: str, new: str) -> Flow:
    """The flow with a node under another name, everywhere."""
    document = flow.model_dump(mode="python", by_alias=True, exclude_none=True)

    def name(slug: str) -> str:
        return new if slug == old else slug

    def names(mapping: dict[str, Any]) -> dict[str, Any]:
        return {name(slug): value for slug, value in mapping.items()}

    ends = [wire.partition(" -> ") for wire in flow.wires]
    document["nodes"], document["layout"] = names(document["nodes"]), names(document["layout"])
    document["wires"] = [f"{name(left.partition('.')[0])}{''.join(left.partition('.')[1:])} -> {name(right)}" for left, _, right in ends]
    for test in document["tests"]:
        test["trigger"] = name(test["trigger"])
        test["answers"] = names(test["answers"])
        if "expect" in test:
            test["expect"] = names(test["expect"])
    return Flow.model_validate(document)


def test_a_changed_parameter_is_named_by_its_path_with_both_values() -> None:
    nodes = {**BASE["nodes"], "big": {"use": "rule.condition@1", "params": {"when": "item.qty > 2"}}}
    assert compare(nodes=nodes) == FlowDiff(
        nodes=(PartChange("changed", "big", None, (ValueChange("params.when", "item.qty > 1", "item.qty > 2"),)),)
    )


def test_a_new_version_of_a_node_is_one_change() -> None:
    nodes = {**BASE["nodes"], "yes": {"use": "transform.limit@2", "params": {"count": 1}}}
    assert compare(nodes=nodes).nodes[0].values == (ValueChange("use", "transform.limit@1", "transform.limit@2"),)


def test_added_and_removed_nodes_and_wires_are_told_apart() -> None:
    nodes = {slug: node for slug, node in BASE["nodes"].items() if slug != "no"} | {"sort": {"use": "transform.sort@1"}}
    found = compare(nodes=nodes, wires=["start -> big", "big.yes -> yes", "yes -> sort"])
    assert [(part.kind, part.name) for part in found.nodes] == [("removed", "no"), ("added", "sort")]
    assert (found.wires_added, found.wires_removed) == (("yes -> sort",), ("big.no -> no",))


def test_a_moved_node_changes_the_layout_only() -> None:
    found = compare(layout={"big": "3,1"})
    assert found == FlowDiff(layout=("big",))
    assert not found.changes_logic


def test_a_default_that_is_written_out_is_no_change() -> None:
    nodes = {**BASE["nodes"], "start": {"use": "connector.manual@1", "params": {}, "disabled": False}}
    assert not compare(nodes=nodes)


def test_wires_in_another_order_matter_where_they_reach_the_same_node() -> None:
    both = {"wires": ["start -> big", "big.yes -> yes", "big.no -> yes"]}
    swapped = {"wires": ["start -> big", "big.no -> yes", "big.yes -> yes"]}
    assert diff(Flow.model_validate(BASE | both), Flow.model_validate(BASE | swapped)) == FlowDiff(wires_reordered=("yes",))
    assert not compare(wires=["big.no -> no", "big.yes -> yes", "start -> big"])


def test_a_changed_test_is_named() -> None:
    found = compare(tests=[{**BASE["tests"][0], "input": [{"qty": 1}]}])
    assert found.tests == (PartChange("changed", "one", None, (ValueChange("input[0].qty", ABSENT, 1),)),)


def test_two_renamed_nodes_that_are_wired_to_each_other_are_recognised() -> None:
    flow = Flow.model_validate(BASE)
    found = diff(flow, renamed(renamed(flow, "big", "large"), "start", "begin"))
    assert {(part.kind, part.old_name, part.name) for part in found.nodes} == {("renamed", "big", "large"), ("renamed", "start", "begin")}
    assert found.wires_added == found.wires_removed == found.tests == found.layout == ()


@given(FLOWS)
@settings(max_examples=40, deadline=None)
def test_a_flow_does_not_differ_from_itself(flow) -> None:
    assert not diff(flow, flow)


@given(FLOWS, FLOWS)
@settings(max_examples=40, deadline=None)
def test_the_way_back_undoes_what_the_way_there_did(one, other) -> None:
    there, back = diff(one, other), diff(other, one)
    assert sorted(_names(there.nodes, "added")) == sorted(_names(back.nodes, "removed"))
    assert sorted(_names(there.nodes, "changed")) == sorted(_names(back.nodes, "changed"))
    assert len(_names(there.nodes, "renamed")) == len(_names(back.nodes, "renamed"))
    assert sorted(there.wires_added) == sorted(back.wires_removed)
    assert {(c.path, repr(c.before), repr(c.after)) for c in there.head} == {(c.path, repr(c.after), repr(c.before)) for c in back.head}


@given(FLOWS, st.data())
@settings(max_examples=40, deadline=None)
def test_a_renamed_node_is_one_change_and_nothing_else(flow, data) -> None:
    old = data.draw(st.sampled_from(sorted(flow.nodes)))
    found = diff(flow, renamed(flow, old, "quite_new"))
    assert [(part.kind, part.old_name, part.name, part.values) for part in found.nodes] == [("renamed", old, "quite_new", ())]
    assert found == FlowDiff(nodes=found.nodes)


@given(JSON, JSON)
@settings(max_examples=60, deadline=None)
def test_values_without_changes_are_the_same_json(before, after) -> None:
    assert bool(list(value_changes(before, after))) == (canonical_json(before) != canonical_json(after))


def _names(parts: Sequence[PartChange], kind: str) -> list[str]:
    return [part.name for part in parts if part.kind == kind]
