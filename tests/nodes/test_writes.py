"""A written field is never shown more openly than what its value came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.node.types import NodeType
from engine.node.writes import after_writing
from engine.privacy.classes import DataClass, FieldClass, Kind
from engine.privacy.item import mask_item
from nodes.connector.http_request import http_request
from nodes.rule.condition import condition
from nodes.rule.decision_table import decision_table
from nodes.transform.date import date
from nodes.transform.lookup import lookup
from nodes.transform.set_fields import set_fields
from nodes.transform.split_lines import split_lines

PHONE = FieldClass(DataClass.RESTRICTED, Kind.PHONE)
INTERNAL = FieldClass(DataClass.INTERNAL)
FIELDS = {"no": INTERNAL, "paid": INTERNAL, "to.phone": PHONE, "to.city": INTERNAL, "lines[].sku": INTERNAL}


def after(node_type: NodeType, params: dict[str, Any]) -> Mapping[str, FieldClass]:
    return after_writing(node_type, node_type.params.model_validate(params), FIELDS)


def test_a_node_that_writes_nothing_changes_nothing() -> None:
    assert after(condition, {"when": "true"}) == FIELDS


def test_a_copied_field_keeps_its_class_and_kind() -> None:
    assert after(set_fields, {"fields": {"no": "item.to.phone"}})["no"] == PHONE


def test_a_derived_value_takes_the_highest_class_that_it_read() -> None:
    found = after(set_fields, {"fields": {"a": "item.no + item.to.phone", "b": "item.no + item.paid", "c": '"fixed"'}})
    assert [found[name].data_class for name in "abc"] == [DataClass.RESTRICTED, DataClass.INTERNAL, DataClass.INTERNAL]


def test_what_comes_from_an_undeclared_field_or_an_object_is_hidden() -> None:
    found = after(set_fields, {"fields": {"no": "item.other", "paid": "item.to", "to.city": "item"}})
    assert {"no", "paid", "to.city"}.isdisjoint(found)


def test_writing_an_object_hides_what_was_declared_inside_it() -> None:
    found = after(set_fields, {"fields": {"to": '{"city": item.to.phone}'}})
    assert mask_item({"to": {"city": "19900000101", "phone": "1"}}, found)["to"] == "****"


def test_keys_and_truth_values_made_of_personal_data_are_hidden() -> None:
    found = after(set_fields, {"fields": {"a": "{item.to.phone: 1}", "b": "[item.to.phone.matches('^199')]", "c": "{item.who: 1}"}})
    assert mask_item({"a": {"19900000101": 1}, "b": [True], "c": {"Lin": 1}}, found) == {"a": "****", "b": "****", "c": "****"}


@pytest.mark.parametrize("read", ['item["to-phone"]', 'item["t" + "o"]["phone"]', "string(item.size())", "item.map(k, item[k])", "[item]"])
def test_what_was_read_by_no_plain_name_counts_as_personal(read: str) -> None:
    found = after(set_fields, {"fields": {"no": read}})
    assert "no" not in found or found["no"].data_class == DataClass.RESTRICTED


def test_a_copy_of_an_undeclared_object_keeps_its_structure() -> None:
    found = after(set_fields, {"fields": {"copy": "item.other"}})
    assert mask_item({"copy": {"name": "Lin", "ok": True}}, found) == {"copy": {"name": "***", "ok": "****"}}


def test_an_object_in_a_derived_field_is_hidden() -> None:
    found = after(set_fields, {"fields": {"a": "item.no"}})
    assert mask_item({"a": {"x": "abc"}}, found) == {"a": {"x": "***"}}


def test_a_fixed_value_of_the_flow_is_shown_whole() -> None:
    found = after(decision_table, {"rows": [{"when": "true", "then": {"courier": {"name": "EMS", "days": [1, 2]}}}]})
    assert mask_item({"courier": {"name": "EMS", "days": ["x"]}}, found) == {"courier": {"name": "EMS", "days": ["x"]}}


def test_one_row_that_computes_hides_the_field_of_all_rows() -> None:
    rows = [{"when": "true", "then": {"a": "x"}}, {"when": "true", "compute": {"a": "item.to.phone"}}]
    assert after(decision_table, {"rows": rows})["a"] == PHONE


def test_an_answer_from_outside_is_hidden() -> None:
    found = after(http_request, {"service": {"connection": "s"}, "into": "to.city"})
    assert "to.city" not in found
    assert "to.phone" in found


def test_a_date_has_the_class_of_what_it_was_read_from() -> None:
    assert after(date, {"field": "paid", "zone": "UTC"})["paid"] == INTERNAL
    assert after(date, {"field": "to.phone", "zone": "UTC", "into": "no"})["no"].data_class == DataClass.RESTRICTED
    assert "no" not in after(date, {"field": "other", "zone": "UTC", "into": "no"})


def test_a_column_of_a_table_in_the_flow_is_shown() -> None:
    assert after(lookup, {"rows": [{"k": "1", "v": "2"}], "match": {"no": "k"}, "add": {"bin": "v"}})["bin"] == INTERNAL


def test_a_line_that_moved_is_hidden() -> None:
    assert not any(path.startswith("line.") or path == "line" for path in after(split_lines, {}))
