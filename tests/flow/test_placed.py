"""Every problem of a document knows exactly where in it it lies, for an editor that marks boxes, wires and fields."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import Problem
from engine.flow.examine import examine
from engine.flow.placed import Placed, placed
from engine.json_text import write_json
from engine.registry import installed

SHOP = {"use": "connector.shopify_orders@1", "params": {"shop": {"connection": "shopify"}}}
ORDER = {"use": "transform.canonical_order@1", "params": {"channel": "shopify"}}
WMS = {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}}
BIG = {"use": "rule.condition@1", "params": {"when": 'money(item.amount.paid) >= money("50")'}}
GOOD: dict[str, Any] = {"shop": SHOP, "order": ORDER, "big": BIG, "wms": WMS}
WIRES = ["shop -> order", "order -> big", "big.yes -> wms"]
CASES = {"use": "rule.switch@1", "params": {"cases": [{"when": "true", "title": "all"}, {"when": "item.amount.paid >", "title": "some"}]}}
TEST = {"name": "small", "trigger": "shop", "input": [{}], "expect": {"wms": {"items": []}}}


def found(change: dict[str, Any], wires: list[Any] = WIRES, connections: dict[str, str] | None = None, **more: Any) -> dict[str, Placed]:
    """The places by problem code."""
    document = {"format": 1, "name": "flow", "nodes": {**GOOD, **change}, "wires": wires, **more}
    problems = examine(write_json(document), installed(), connections, "flow").problems
    return {problem.code: placed(problem, document) for problem in problems}


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"wms": {"use": "connector.to_wmz@1"}}, "node.unknown", Placed("wms", path=("use",))),
        ({"wms": {**WMS, "use": "connector.to_wms@9"}}, "node.unknown_version", Placed("wms", path=("use",))),
        ({"wms": {**WMS, "use": "connector.to_wms"}}, "node.version_needed", Placed("wms", path=("use",))),
        ({"big": {"use": "rule.condition@1"}}, "params.missing", Placed("big", path=("params", "when"))),
        ({"big": {**BIG, "params": {**BIG["params"], "then": 1}}}, "params.unknown", Placed("big", path=("params", "then"))),
        ({"order": {**ORDER, "params": {"channel": "ebay"}}}, "params.invalid", Placed("order", path=("params", "channel"))),
        ({"big": CASES}, "expression.syntax", Placed("big", path=("params", "cases", 1, "when"), position=17)),
        ({"big": {**BIG, "colour": "red"}}, "document.unknown", Placed("big", path=("colour",))),
        ({"big": {"params": {}}}, "document.missing", Placed("big", path=("use",))),
        ({"wms": {**WMS, "policy": {"retry": {"attempts": 0}}}}, "document.invalid", Placed("wms", path=("policy", "retry", "attempts"))),
        ({"wms": {**WMS, "policy": {"timeout": "2h"}}}, "policy.timeout", Placed("wms", path=("policy", "timeout"))),
        ({"wms": {**WMS, "policy": {"retry": {"max": "1ms"}}}}, "policy.backoff", Placed("wms", path=("policy", "retry", "max"))),
        ({"wms": {**WMS, "policy": {"on_error": "route"}}}, "policy.route_without_wire", Placed("wms", path=("policy", "on_error"))),
        ({"wms": {**WMS, "policy": {"while_parked": "pass"}}}, "policy.only_triggers", Placed("wms", path=("policy", "while_parked"))),
        ({"alone": BIG}, "node.unreachable", Placed("alone")),
    ],
)  # fmt: skip
def test_a_fault_in_a_node_is_found_in_it(change: dict[str, Any], code: str, place: Placed) -> None:
    assert found(change)[code] == place


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        ("big.yess -> wms", "wire.unknown_port"),
        ("big -> wms", "wire.port_needed"),
        ("big.no -> nobody", "wire.unknown_node"),
        ("shop -> wms", "wire.type_mismatch"),
        ("big.no -> shop", "wire.into_trigger"),
        ("order -> big", "wire.duplicate"),
        ("shop => order", "document.invalid"),
    ],
)
def test_a_fault_of_a_wire_is_found_by_its_text(wire: str, code: str) -> None:
    assert found({}, [*WIRES, wire])[code] == Placed(wire=wire)


def test_a_wire_is_found_by_its_text_where_faulty_ones_before_it_are_left_out() -> None:
    places = found({}, ["not a wire", *WIRES, "shop -> wms"])
    assert places["wire.type_mismatch"].wire == "shop -> wms"
    assert places["document.invalid"].wire == "not a wire"


def test_a_cycle_is_found_at_the_first_node_on_it() -> None:
    assert found({}, [*WIRES, "big.no -> order"])["flow.cycle"] == Placed("order")


def test_a_missing_connection_is_found_where_it_is_named() -> None:
    assert found({}, connections={"shopify": "shopify"})["connection.missing"] == Placed("wms", path=("params", "wms"))
    assert found({}, connections={"shopify": "wms", "wms": "wms"})["connection.wrong_type"] == Placed("shop", path=("params", "shop"))


def test_money_compared_as_text_is_found_at_the_operator() -> None:
    text = 'true &&\n "发货" == "发货" && item.amount.paid > "50"'
    place = found({"big": {**BIG, "params": {"when": text}}})["expression.money_as_text"]
    assert (place.node, place.path) == ("big", ("params", "when"))
    assert text[place.position or 0 :].startswith(('item.amount.paid > "50"', '> "50"'))


def test_a_position_counts_as_javascript_counts() -> None:
    problem = Problem("expression.syntax", fields={"line": 2, "column": 3}, at=("nodes", "a", "params", "when"))
    document = {"nodes": {"a": {"params": {"when": "😀😀\n😀x y"}}}}
    assert placed(problem, document).position == len("😀😀\n😀x".encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("test", "code", "path"),
    [
        ({**TEST, "expect": {}}, "test.no_expect", ()),
        ({**TEST, "trigger": "nobody"}, "test.unknown_node", ("trigger",)),
        ({**TEST, "answers": {"nobody": []}}, "test.unknown_node", ("answers", "nobody")),
        ({**TEST, "expect": {"wms": {}}}, "test.nothing_expected", ("expect", "wms")),
        ({**TEST, "input": []}, "document.invalid", ("input",)),
        ({"name": "small", "input": [{}]}, "document.missing", ("trigger",)),
    ],
)
def test_a_fault_of_a_test_is_found_by_its_name(test: dict[str, Any], code: str, path: tuple[str, ...]) -> None:
    assert found({}, tests=[test])[code] == Placed(test="small", path=path)


def test_two_tests_of_one_name_are_found_by_it() -> None:
    assert found({}, tests=[TEST, TEST])["test.twice"] == Placed(test="small")


def test_nodes_that_are_called_like_parts_of_the_document_are_told_apart_from_them() -> None:
    places = found({"tests": {**BIG, "colour": 1}, "wires": {"use": "nothing.here@1"}}, [*WIRES, "big.no -> tests", "big.no -> wires"])
    assert (places["document.unknown"], places["node.unknown"]) == (Placed("tests", path=("colour",)), Placed("wires", path=("use",)))


def test_what_concerns_the_whole_document_lies_in_no_node() -> None:
    assert found({}, format=2)["document.invalid"] == Placed(path=("format",))
    assert found({}, layout={"nobody": "1,1"})["layout.unknown_node"] == Placed(path=("layout", "nobody"))
    other = {"format": 1, "name": "other", "nodes": GOOD, "wires": WIRES}
    problems = examine(write_json(other), installed(), None, "flow").problems
    assert [(problem.code, placed(problem, other)) for problem in problems] == [("flow.other_name", Placed(path=("name",)))]


@pytest.mark.parametrize("text", ["[]", "{", '{"nodes": []}', '{"nodes": {"a": 1}, "wires": {}, "tests": 1}'])
def test_what_is_no_flow_has_problems_without_a_place(text: str) -> None:
    problems = examine(text, installed(), None, "flow").problems
    assert problems
    assert all(isinstance(placed(problem, {}), Placed) for problem in problems)
