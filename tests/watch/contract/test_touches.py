"""Which flows and nodes a change touches: found by trying it on samples, and by reading what expressions name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.registry import installed
from engine.run.plan import Plan, compile_flow
from engine.watch.contract.classes import counts_as_drift, weight_of
from engine.watch.contract.findings import Finding
from engine.watch.contract.renames import Suggestion
from engine.watch.contract.touches import Touch, touches

HUB = compile_flow((Path(__file__).parents[3] / "flows" / "order_hub.json").read_bytes(), installed(), 1)


def plan(nodes: dict[str, Any], wires: list[str]) -> Plan:
    shop = {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}}
    document = {"format": 1, "name": "f", "nodes": {"shop": shop, **nodes}, "wires": wires, "tests": []}
    return compile_flow(json.dumps(document).encode(), installed(), 1)


@pytest.mark.parametrize(
    ("trigger", "finding", "how"),
    [
        ("own_shop", Finding("vanished", "amounts.paid"), "needed"),
        ("own_shop", Finding("vanished", "lines[].qty"), "needed"),
        ("own_shop", Finding("vanished", "receiver.address"), "needed"),
        ("own_shop", Finding("vanished", "receiver.phone"), "read"),
        ("own_shop", Finding("vanished", "user_agent"), None),
        ("own_shop", Finding("retyped", "lines[].qty", "integer", "string"), "read"),
        ("own_shop", Finding("retyped", "amounts.paid", "string", "object"), "needed"),
        ("own_shop", Finding("format", "created_at", "instant", "slashed_date"), "needed"),
        ("own_shop", Finding("word", "status", "", "packed"), "needed"),
        ("own_shop", Finding("new", "loyalty_level", "", "string"), None),
        ("own_shop", Finding("new", "display_no", "", "string"), "read"),
        ("taobao_fetched", Finding("vanished", "payment"), "needed"),
        ("taobao_fetched", Finding("vanished", "orders.order[].num"), "needed"),
        ("taobao_fetched", Finding("word", "status", "", "WAIT_ROBOT"), "needed"),
        ("taobao_trade", Finding("vanished", "payment"), "needed"),
        ("taobao_trade", Finding("vanished", "orders.order[].num"), "needed"),
        ("taobao_trade", Finding("word", "status", "", "WAIT_ROBOT"), "needed"),
        ("taobao_trade", Finding("vanished", "seller_memo"), "read"),
        ("taobao_trade", Finding("vanished", "pic_path"), None),
        ("taobao", Finding("vanished", "payment"), None),
        ("shopify", Finding("retyped", "total_price", "string", "number"), "read"),
    ],
)
def test_what_the_order_hub_does_with_a_change(trigger: str, finding: Finding, how: str | None) -> None:
    """What a push of Taobao brings is fetched first: behind its trigger nobody reads a trade."""
    expected = [] if how is None else [("order_hub", f"{trigger.removesuffix('_fetched').removesuffix('_trade')}_order", how)]
    assert [(one.flow, one.node, one.how) for one in touches(HUB, trigger, finding)] == expected


def test_nodes_before_the_canonical_order_are_touched_by_what_their_expressions_read() -> None:
    found = plan(
        {
            "large": {"use": "rule.condition@1", "params": {"when": "money(item.data.amounts.paid) > money('100')"}},
            "told": {"use": "notify.wecom@1", "params": {"robot": {"connection": "team"}, "message": "{{ item.data.order_no }}"}},
            "calm": {"use": "transform.keep_fields@1", "params": {"fields": ["data.note"]}},
        },
        ["shop -> large", "large.yes -> told", "large.no -> calm"],
    )
    assert touches(found, "shop", Finding("vanished", "amounts.paid")) == [Touch("f", "large", "needed")]
    assert touches(found, "shop", Finding("vanished", "order_no")) == [Touch("f", "told", "needed")]
    assert touches(found, "shop", Finding("vanished", "note")) == [Touch("f", "calm", "read")]


def test_a_node_that_is_not_in_use_is_touched_by_nothing() -> None:
    order = {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}, "disabled": True}
    assert touches(plan({"order": order}, ["shop -> order"]), "shop", Finding("vanished", "amounts.paid")) == []


def test_the_weight_of_a_change_is_what_it_does_to_orders() -> None:
    needed, read = Touch("f", "a", "needed"), Touch("f", "b", "read")
    assert weight_of([], None) == "recorded"
    assert weight_of([read], None) == "warned"
    assert weight_of([read], Suggestion("new_name")) == "suggested"
    assert weight_of([read, needed], Suggestion("new_name")) == "parked"
    assert [counts_as_drift("suggested", []), counts_as_drift("suggested", [read]), counts_as_drift("recorded", [])] == [False, True, False]
