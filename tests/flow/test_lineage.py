"""Classes of fields follow the data through every node, and fail closed."""

from __future__ import annotations

from typing import Any

from engine.flow.document import Flow
from engine.flow.lineage import Carried, lineage
from engine.privacy.classes import DataClass, Kind
from engine.registry import installed


def carried(nodes: dict[str, Any], *wires: str) -> dict[tuple[str, str], Carried]:
    start = {"in": {"use": "connector.manual@1"}, "order": {"use": "transform.canonical_order@1", "params": {"channel": "shopify"}}}
    flow = Flow.model_validate({"name": "flow", "nodes": {**start, **nodes}, "wires": ["in -> order", *wires]})
    return dict(lineage(flow, installed()))


def test_the_canonical_order_brings_its_classes() -> None:
    fields = carried({})[("order", "out")].fields
    assert (fields["receiver.phone"].data_class, fields["receiver.phone"].kind) == (DataClass.RESTRICTED, Kind.PHONE)
    assert fields["status"].data_class == DataClass.INTERNAL


def test_a_copied_phone_number_stays_a_phone_number() -> None:
    node = {"use": "transform.set_fields@1", "params": {"fields": {"display_no": "item.receiver.phone"}}}
    fields = carried({"copy": node}, "order -> copy")[("copy", "out")].fields
    assert (fields["display_no"].data_class, fields["display_no"].kind) == (DataClass.RESTRICTED, Kind.PHONE)


def test_a_derived_value_takes_the_highest_class_that_it_read() -> None:
    node = {"use": "transform.set_fields@1", "params": {"fields": {"label": "item.display_no + ' ' + item.receiver.name"}}}
    assert carried({"join": node}, "order -> join")[("join", "out")].fields["label"].data_class == DataClass.RESTRICTED


def test_a_field_that_only_one_of_two_wires_declares_is_hidden_where_they_join() -> None:
    nodes = {"keep": {"use": "transform.limit@1", "params": {"count": 1}}}
    both = carried(nodes, "in -> keep", "order -> keep")[("keep", "in")]
    assert both.fields == {}
    assert both.type == "any"


def test_the_error_wire_carries_the_classes_of_what_arrived() -> None:
    found = carried({"rule": {"use": "rule.condition@1", "params": {"when": "true"}}}, "order -> rule")
    assert found[("rule", "error")].fields == found[("order", "out")].fields
