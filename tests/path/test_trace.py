"""The path of an order as it is read from published flows."""

from __future__ import annotations

from typing import Any

from engine.flow.document import Flow
from engine.path.model import OrderPath
from engine.path.trace import trace
from engine.registry import installed
from engine.run.plan import Plan

SYSTEMS = {"tb": "taobao", "jd_shop": "jd", "wms": "wms", "books": "finance", "pg": "postgresql"}
TAOBAO = {"use": "connector.taobao_orders@1", "params": {"shop": {"connection": "tb"}}}
HUB = {"use": "connector.to_hub@1"}
WMS = {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}}
FINANCE = {"use": "connector.to_finance@1", "params": {"finance": {"connection": "books"}}}
CANONICAL = {"use": "transform.canonical_order@1", "params": {"channel": "taobao"}}


def plan(name: str, nodes: dict[str, Any], wires: list[str]) -> Plan:
    """Behind a node ``shop`` the raw order is brought into its form."""
    if "shop" in nodes and "form" not in nodes:
        nodes = {**nodes, "form": CANONICAL}
        wires = ["shop -> form", *(wire.replace("shop ->", "form ->") for wire in wires)]
    return Plan(Flow.model_validate({"name": name, "nodes": nodes, "wires": wires}), installed())


def pairs(path: OrderPath) -> set[tuple[str, str]]:
    return {(one.source, one.target) for one in path.hand_overs}


def codes(path: OrderPath) -> list[tuple[str, str]]:
    return sorted((one.code, str(one.fields["name"])) for one in path.gaps)


def test_triggers_are_sources_and_connections_are_systems_with_the_nodes_between_left_out() -> None:
    nodes = {"shop": TAOBAO, "form": CANONICAL, "hub": HUB, "ship": WMS, "book": FINANCE}
    path = trace([plan("orders", nodes, ["shop -> form", "form -> hub", "hub.new -> ship", "hub.new -> book"])], SYSTEMS)
    assert [(one.id, one.stage, one.way) for one in path.stations] == [
        ("source:tb:webhook", "source", "webhook"), ("flow:orders", "accepted", None), ("hub", "canonical", None),
        ("wms:wms", "wms", None), ("finance:books", "finance", None),
    ]  # fmt: skip
    assert pairs(path) == {
        ("source:tb:webhook", "flow:orders"), ("flow:orders", "hub"), ("hub", "wms:wms"), ("hub", "finance:books"),
    }  # fmt: skip
    assert path.gaps == []


def test_one_system_of_two_flows_is_one_station() -> None:
    other = {"use": "connector.jd_poll@1", "params": {"shop": {"connection": "jd_shop"}}}
    one = plan("a", {"shop": TAOBAO, "ship": WMS}, ["shop -> ship"])
    two = plan("b", {"shop": other, "ship": WMS}, ["shop -> ship"])
    path = trace([one, two], SYSTEMS)
    (wms,) = [station for station in path.stations if station.stage == "wms"]
    assert wms.places == (("a", "ship"), ("b", "ship"))
    assert {station.way for station in path.stations if station.stage == "source"} == {"webhook", "polling"}


def test_a_path_that_ends_before_its_systems_says_where_it_breaks_off() -> None:
    path = trace([plan("half", {"shop": TAOBAO, "hub": HUB, "ship": WMS}, ["shop -> hub", "hub.new -> ship"])], SYSTEMS, ["jd_shop", "tb"])
    assert codes(path) == [("path.no_finance", "tb"), ("path.not_told_shipped", "tb"), ("path.unused_channel", "jd_shop")]
    path = trace([plan("kept", {"shop": TAOBAO, "hub": HUB}, ["shop -> hub"])], SYSTEMS)
    assert codes(path) == [("path.no_target", "tb")]


def test_a_flow_without_orders_and_a_node_that_is_switched_off_are_no_part_of_the_path() -> None:
    watch = plan(
        "watch", {"hook": {"use": "connector.webhook@1"}, "end": {"use": "transform.limit@1", "params": {"count": 1}}}, ["hook -> end"]
    )
    off = plan("off", {"shop": TAOBAO, "ship": {**WMS, "disabled": True}}, ["shop -> ship"])
    assert trace([watch, off], SYSTEMS).stations == []


def test_people_who_decide_stand_between() -> None:
    hold = {"use": "connector.hold_order@1", "title": {"en": "Risk check", "zh": "风控核查"}}
    nodes = {"shop": TAOBAO, "hold": hold, "ship": WMS, "book": FINANCE}
    path = trace([plan("o", nodes, ["shop -> hold", "hold -> ship", "hold.released -> ship", "ship -> book"])], SYSTEMS)
    (person,) = [one for one in path.stations if one.stage == "checked"]
    assert person.titles == {"en": "Risk check", "zh": "风控核查"}
    assert pairs(path) >= {("flow:o", person.id), (person.id, "wms:wms"), ("wms:wms", "finance:books")}


def test_a_flow_that_another_one_calls_is_handed_the_order() -> None:
    called = plan("deliver", {"in": {"use": "flow.called@1"}, "ship": WMS, "book": FINANCE}, ["in -> ship", "in -> book"])
    caller = plan(
        "take",
        {"shop": TAOBAO, "hub": HUB, "call": {"use": "flow.sub_flow@1", "params": {"flow": "deliver"}}},
        ["shop -> hub", "hub.new -> call"],
    )
    path = trace([called, caller], SYSTEMS)
    assert {("hub", "flow:deliver"), ("flow:deliver", "wms:wms")} <= pairs(path)
    assert next(one for one in path.stations if one.id == "flow:deliver").stage == "handed"
    assert path.gaps == []
