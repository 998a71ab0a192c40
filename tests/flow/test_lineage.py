"""Classes of fields follow the data through every node, and fail closed."""

from __future__ import annotations

from typing import Any

from engine.flow.document import Flow
from engine.flow.lineage import Carried, lineage
from engine.privacy.classes import DataClass, Kind
from engine.privacy.item import mask_item
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


def test_what_is_grouped_keeps_the_classes_that_it_had_and_measures_those_of_their_field() -> None:
    measures = {
        "orders": {"function": "count"}, "total": {"function": "sum", "of": "amount.paid"},
        "calls": {"function": "max", "of": "receiver.phone"},
        "pieces": {"function": "sum", "of": "lines[].qty"}, "odd": {"function": "sum", "of": "nobody.knows"},
    }  # fmt: skip
    node = {
        "use": "transform.group_by@1",
        "params": {"by": ["shop_id"], "carry": ["receiver.city"], "into": "orders_of", "measures": measures},
    }
    found = carried({"group": node}, "order -> group")
    fields, order = found[("group", "out")].fields, found[("order", "out")].fields
    for path in ("receiver.phone", "receiver.name", "status", "lines[].qty", "note.buyer"):
        assert fields[f"orders_of[].{path}"] == order[path], path
    assert (fields["shop_id"], fields["receiver.city"]) == (order["shop_id"], order["receiver.city"])
    assert (fields["orders"].data_class, fields["total"], fields["pieces"]) == (
        DataClass.INTERNAL,
        order["amount.paid"],
        order["lines[].qty"],
    )
    assert (fields["calls"].data_class, fields["calls"].kind) == (DataClass.RESTRICTED, Kind.PHONE)
    assert "odd" not in fields, "what nobody declared stays hidden"


def test_a_group_is_shown_with_its_goods_and_with_its_people_masked() -> None:
    node = {
        "use": "transform.group_by@1",
        "params": {"by": ["shop_id"], "into": "orders", "measures": {"total": {"function": "sum", "of": "amount.paid"}}},
    }
    fields = carried({"group": node}, "order -> group")[("group", "out")].fields
    group = {
        "shop_id": "s1", "total": "30.00",
        "orders": [{"display_no": "A1", "receiver": {"phone": "19900000101", "name": "测试甲"},
                    "lines": [{"sku_code": "SOAP", "qty": 2}], "x": 1}],
    }  # fmt: skip
    shown = mask_item(group, fields)
    assert (shown["shop_id"], shown["total"], shown["orders"][0]["display_no"]) == ("s1", "30.00", "A1")
    assert shown["orders"][0]["lines"] == [{"sku_code": "SOAP", "qty": 2}]
    assert not [secret for secret in ("19900000101", "测试甲", "'x': 1") if secret in str(shown)]


def test_of_a_group_of_unknown_items_everything_is_hidden() -> None:
    node = {"use": "transform.group_by@1", "params": {"by": ["no"], "measures": {"n": {"function": "count"}}}}
    fields = carried({"group": node}, "in -> group")[("group", "out")].fields
    assert set(fields) == {"n"}
    assert "secret" not in str(mask_item({"no": "secret", "n": 1, "items": [{"no": "secret"}]}, fields))


def test_sums_over_many_orders_have_the_class_of_what_they_add() -> None:
    node = {"use": "transform.aggregate@1", "params": {"by": ["shop_id"], "measures": {"total": {"function": "sum", "of": "amount.paid"}}}}
    found = carried({"sum": node}, "order -> sum")
    assert found[("sum", "out")].fields["total"] == found[("order", "out")].fields["amount.paid"]
