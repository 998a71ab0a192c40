"""``check`` reports all problems of a flow at once, each with code, place, what is wrong and what to do."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from engine.catalogue import LANGUAGES, explain
from engine.errors import Problem
from engine.flow.check import check_text
from engine.json_text import write_json
from engine.registry import installed

SHOP = {"use": "connector.shopify_orders@1", "params": {"shop": {"connection": "shopify"}}}
ORDER = {"use": "transform.canonical_order@1", "params": {"channel": "shopify"}}
WMS = {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}}
BIG = {"use": "rule.condition@1", "params": {"when": 'money(item.amount.paid) >= money("50")'}}
START = {"use": "connector.manual@1"}
GOOD: dict[str, Any] = {"shop": SHOP, "order": ORDER, "big": BIG, "wms": WMS}
WIRES = ["shop -> order", "order -> big", "big.yes -> wms"]
CONNECTIONS = {"shopify": "shopify", "wms": "wms"}


def problems(nodes: dict[str, Any], wires: list[str], connections: dict[str, str] | None = None, **more: Any) -> list[Problem]:
    return check_text(json.dumps({"format": 1, "name": "flow", "nodes": nodes, "wires": wires, **more}), installed(), connections)


def codes(nodes: dict[str, Any], wires: list[str], connections: dict[str, str] | None = None, **more: Any) -> list[str]:
    return sorted(problem.code for problem in problems(nodes, wires, connections, **more))


def test_a_good_flow_has_no_problem() -> None:
    assert problems(GOOD, WIRES, CONNECTIONS) == []


@pytest.mark.parametrize(
    ("change", "wires", "code"),
    [
        ({"wms": {"use": "connector.to_wmz@1"}}, WIRES, "node.unknown"),
        ({"wms": {**WMS, "use": "connector.to_wms@9"}}, WIRES, "node.unknown_version"),
        ({}, [*WIRES[:2], "big.yess -> wms"], "wire.unknown_port"),
        ({}, [*WIRES[:2], "big -> wms"], "wire.port_needed"),
        ({}, [*WIRES, "big.no -> nobody"], "wire.unknown_node"),
        ({}, [*WIRES, "shop -> wms"], "wire.type_mismatch"),
        ({}, [*WIRES, "big.no -> order"], "flow.cycle"),
        ({"alone": BIG}, WIRES, "node.unreachable"),
        ({"big": {"use": "rule.condition@1"}}, WIRES, "params.missing"),
        ({"big": {**BIG, "params": {**BIG["params"], "then": 1}}}, WIRES, "params.unknown"),
        ({"order": {**ORDER, "params": {"channel": "ebay"}}}, WIRES, "params.invalid"),
        ({"big": {**BIG, "params": {"when": "item.amount.paid >"}}}, WIRES, "expression.syntax"),
        ({"big": {**BIG, "params": {"when": 'item.amount.paid > "50"'}}}, WIRES, "expression.money_as_text"),
        ({"big": {**BIG, "params": {"when": "order.total > 1"}}}, WIRES, "expression.unknown_name"),
        ({}, [*WIRES, "big.yes -> wms"], "wire.duplicate"),
        ({}, [*WIRES, "big.no -> shop"], "wire.into_trigger"),
        ({"big": {**BIG, "policy": {"timeout": "5s"}}}, WIRES, "policy.pure_node"),
        ({"wms": {**WMS, "policy": {"timeout": "2h"}}}, WIRES, "policy.timeout"),
        ({"wms": {**WMS, "policy": {"retry": {"backoff": "1m", "max": "1s"}}}}, WIRES, "policy.backoff"),
        ({"wms": {**WMS, "policy": {"on_error": "route"}}}, WIRES, "policy.route_without_wire"),
        ({"wms": {**WMS, "policy": {"while_parked": "pass"}}}, WIRES, "policy.only_triggers"),
        ({"wms": {**WMS, "policy": {"stands_still": "1h"}}}, WIRES, "policy.only_triggers"),
        ({"shop": {**SHOP, "policy": {"stands_still": "5s"}}}, WIRES, "policy.stands_still"),
        ({"sub": {"use": "flow.sub_flow@1", "params": {"flow": "x"}, "policy": {"timeout": "5s"}}}, WIRES, "policy.calling_node"),
        ({"sub": {"use": "flow.for_each@1", "params": {"flow": "x", "list": "l"}, "policy": {"retry": {}}}}, WIRES, "policy.calling_node"),
    ],
)
def test_each_kind_of_fault_is_named(change: dict[str, Any], wires: list[str], code: str) -> None:
    assert code in codes({**GOOD, **change}, wires)


READS = "money(item.amount.paid) >= money(flow.constants.dear)"


def reading(text: str, constants: dict[str, Any]) -> list[Problem]:
    return problems({**GOOD, "big": {**BIG, "params": {"when": text}}}, WIRES, constants=constants)


def test_a_constant_that_is_read_and_missing_is_told_where_it_is_read() -> None:
    assert reading(READS, {"dear": "500.00"}) == []
    (missing,) = reading(READS, {"deer": "500.00", "far": []})
    assert (missing.code, missing.where, missing.at) == (
        "expression.unknown_constant",
        ("flow", "big", "when"),
        ("nodes", "big", "params", "when"),
    )
    assert explain(missing)["what"] == 'The flow has no constant "dear". It has: deer, far.'
    assert [problem.code for problem in reading(READS, {})] == ["expression.no_constants"]


@pytest.mark.parametrize(
    "text",
    [
        "has(flow.constants.dear) && flow.constants.dear > 1",
        "size(flow.constants) > 0",
        'flow.name == "flow"',
        "flow.constants[item.status] == 1",
    ],
)
def test_who_asks_first_or_names_no_constant_may_read(text: str) -> None:
    assert reading(text, {"far": 1}) == []


def test_a_constant_of_any_name_is_found_also_in_a_message() -> None:
    assert reading('flow.constants["far away"][0] == item.status', {"far away": ["x"]}) == []
    assert [problem.fields["name"] for problem in reading('flow.constants["far away"][0] == item.status', {"far": 1})] == ["far away"]
    tell = {
        "use": "notify.wecom@1",
        "params": {"robot": {"connection": "chat"}, "message": "{{ item.display_no }} {{ flow.constants.sign }}"},
    }
    told = problems({**GOOD, "tell": tell}, [*WIRES, "big.no -> tell"], constants={"far": 1})
    assert [(problem.code, problem.fields["name"], problem.where) for problem in told] == [
        ("expression.unknown_constant", "sign", ("flow", "tell", "message"))
    ]


def test_a_connection_that_nobody_has_set_is_a_problem_at_publication_only() -> None:
    assert codes(GOOD, WIRES) == []
    assert codes(GOOD, WIRES, {"shopify": "shopify"}) == ["connection.missing"]
    assert codes(GOOD, WIRES, {"shopify": "shopify", "wms": "wecom"}) == ["connection.wrong_type"]


def test_a_disabled_node_needs_no_connection() -> None:
    assert codes({**GOOD, "wms": {**WMS, "disabled": True}}, WIRES, {"shopify": "shopify"}) == []


def test_five_faults_yield_five_problems_in_one_go() -> None:
    nodes = {
        "shop": SHOP,
        "order": {**ORDER, "params": {"channel": "ebay"}},
        "big": {**BIG, "params": {"when": "item.amount.paid >"}},
        "wms": {"use": "connector.to_wmz@1"},
        "alone": {"use": "rule.tag_order@1"},
    }
    found = problems(nodes, ["shop -> order", "order -> big", "big.yes -> wms", "big.perhaps -> wms"])
    assert sorted(problem.code for problem in found) == [
        "expression.syntax", "node.unknown", "node.unreachable", "params.invalid", "wire.unknown_port",
    ]  # fmt: skip
    for language in LANGUAGES:
        for shown in (explain(problem, language) for problem in found):
            assert shown["where"].startswith("flow › ")
            assert shown["what"] not in ("", shown["code"])
            assert shown["do"]


def test_a_fault_of_shape_does_not_hide_the_others() -> None:
    nodes = {**GOOD, "big": {**BIG, "colour": "red"}, "Bad Slug": BIG}
    found = codes(nodes, [*WIRES, "not a wire", "big.perhaps -> wms"], tests=[{"name": "t", "trigger": "shop", "input": [{}]}])
    assert "wire.unknown_port" in found
    assert "test.no_expect" in found
    assert len([code for code in found if code.startswith("document.")]) == 3


def test_a_test_without_an_expectation_is_a_problem() -> None:
    assert codes(GOOD, WIRES, tests=[{"name": "t", "trigger": "shop", "input": [{}], "expect": {}}]) == ["test.no_expect"]
    assert codes(GOOD, WIRES, tests=[{"name": "t", "trigger": "nobody", "input": [{}], "expect": {"wms": {"items": []}}}]) == [
        "test.unknown_node"
    ]


def test_a_key_that_stands_twice_is_a_problem() -> None:
    text = '{"format": 1, "name": "flow", "nodes": {"a": {"use": "connector.manual@1"}, "a": {"use": "connector.file@1"}}, "wires": []}'
    assert [problem.code for problem in check_text(text, installed())] == ["flow.doubled_key"]


@pytest.mark.parametrize(
    ("text", "code"), [("{", "flow.unreadable"), ("[]", "flow.not_an_object"), ('{"format": 1, "name": "x", "nodes": {}}', "flow.empty")]
)
def test_what_is_no_flow_at_all_is_said(text: str, code: str) -> None:
    assert code in [problem.code for problem in check_text(text, installed())]


def test_a_node_type_without_its_version_is_told_the_newest_one_and_nothing_follows_from_it() -> None:
    test = {"name": "t", "trigger": "shop", "input": [{}], "expect": {"big": {"items": []}}}
    found = problems({**GOOD, "big": {**BIG, "use": "rule.condition"}}, WIRES, tests=[test])
    assert [(problem.code, problem.fields["use"]) for problem in found] == [("node.version_needed", "rule.condition@1")]


def test_a_trigger_without_its_version_does_not_make_the_flow_one_without_a_trigger() -> None:
    assert codes({**GOOD, "shop": {**SHOP, "use": "connector.shopify_orders"}}, WIRES) == ["node.version_needed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_names_and_wires_is_told_in_words(language: str) -> None:
    found = problems({**GOOD, "Bad Slug": BIG}, [*WIRES, "shop => order"])
    told = [explain(problem, language)["what"] for problem in found]
    assert len(told) == 2
    assert not any("[a-z]" in what for what in told)


def test_a_key_that_a_flow_does_not_have_is_answered_with_those_it_has() -> None:
    found = problems({**GOOD, "big": {**BIG, "colour": "red"}}, WIRES, colour="red")
    known = {problem.where: problem.fields["known"] for problem in found}
    assert known[("flow", "big", "colour")] == ["disabled", "params", "policy", "title", "use"]
    assert {"$schema", "nodes", "wires"} <= set(known[("flow", "colour")])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n "name": oops\n}', (2, 10)),
        ('{"名称": oops}', (1, 8)),
        ('{"format": 1,\n', (1, 14)),
        (b'{"a": \n x}', (2, 2)),
        ('\ufeff{"a": x}', (1, 7)),
    ],
)
def test_a_fault_of_json_is_found_by_line_and_column(text: str | bytes, place: tuple[int, int]) -> None:
    fields = check_text(text, installed())[0].fields
    assert (fields["line"], fields["column"]) == place


def test_a_value_is_shown_as_it_stands_in_the_document() -> None:
    limit = {"use": "transform.limit@1", "params": {"count": Decimal("3.5")}}
    text = write_json({"format": 1, "name": "flow", "nodes": {"shop": START, "few": limit}, "wires": ["shop -> few"]})
    assert [problem.fields["value"] for problem in check_text(text, installed())] == ["3.5"]


def test_nodes_out_of_reach_are_told_in_the_order_of_the_flow() -> None:
    names = ["zeta", "alpha", "mid", "beta", "omega"]
    found = problems({**GOOD, **dict.fromkeys(names, BIG)}, WIRES)
    assert [problem.where[1] for problem in found if problem.code == "node.unreachable"] == names


@pytest.mark.parametrize("wire", ["nobody -> big", "order.none -> big", "order => big"])
def test_a_node_behind_a_faulty_wire_is_not_called_out_of_reach_as_well(wire: str) -> None:
    assert "node.unreachable" not in codes(GOOD, [WIRES[0], wire, WIRES[2]])


def test_whole_files_must_not_wait_as_one() -> None:
    rest = {"use": "flow.wait_for@1", "params": {"duration": "2h"}}
    rows = {"use": "connector.file@1", "params": {"key_path": "no"}}
    whole = {"use": "connector.file@1", "params": {"batch": True}}
    assert codes({"rows": rows, "rest": rest}, ["rows -> rest"]) == []
    assert codes({"rows": whole, "rest": rest}, ["rows -> rest"]) == ["wait.in_batch"]
    assert codes({"rows": whole, "rest": {**rest, "disabled": True}}, ["rows -> rest"]) == []


def test_a_wait_without_an_end_is_named() -> None:
    assert codes({"start": START, "rest": {"use": "flow.wait_for@1"}}, ["start -> rest"]) == ["wait.nothing"]


@pytest.mark.parametrize(("use", "params", "name"), [
    ("flow.wait_for@1", {}, "duration"), ("task.approve@1", {"title": "x"}, "due"),
    ("task.form@1", {"title": "x", "form": {"type": "object", "properties": {}}}, "due"),
])  # fmt: skip
@pytest.mark.parametrize(("span", "wanted"), [("3650d", []), ("3651d", ["wait.too_long"]), ("9000000d", ["wait.too_long"])])
def test_nothing_waits_for_longer_than_ten_years(use, params, name, span, wanted) -> None:
    found = problems({"start": START, "rest": {"use": use, "params": {**params, name: span}}}, ["start -> rest"])
    assert [one.code for one in found] == wanted
    assert all(one.at == ("nodes", "rest", "params", name) for one in found)


def test_a_form_that_is_none_is_named() -> None:
    ask = {"use": "task.form@1", "params": {"title": "Weigh", "form": {"type": "array"}}}
    assert codes({"start": START, "ask": ask}, ["start -> ask"]) == ["task.bad_form"]
    ask["params"]["form"] = {"type": "object", "properties": {"grams": {"type": "strin"}}}
    [problem] = problems({"start": START, "ask": ask}, ["start -> ask"])
    assert explain(problem, "zh")["what"].endswith("：“properties.grams.type”处不符合 JSON Schema 的规定")
