from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.order import CanonicalOrder
from engine.privacy.classes import DataClass, FieldClass, Kind, field_classes
from engine.privacy.item import mask_item, shown

CLASSES = {
    "channel": FieldClass(DataClass.INTERNAL),
    "title": FieldClass(DataClass.PUBLIC),
    "receiver.phone": FieldClass(DataClass.RESTRICTED, Kind.PHONE),
    "receiver.city": FieldClass(DataClass.INTERNAL),
    "lines[].sku_code": FieldClass(DataClass.INTERNAL),
    "lines[].note": FieldClass(DataClass.CONFIDENTIAL, Kind.TEXT),
    "tags[]": FieldClass(DataClass.INTERNAL),
    "time_sources.*.zone": FieldClass(DataClass.INTERNAL),
    "raw.*": FieldClass(DataClass.INTERNAL),
    "raw.buyer": FieldClass(DataClass.RESTRICTED, Kind.NAME),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


def test_internal_fields_pass_and_restricted_ones_are_masked_by_their_kind() -> None:
    item = {
        "channel": "taobao",
        "receiver": {"phone": "19900000101", "city": "杭州市"},
        "lines": [{"sku_code": "A1", "note": "打19900000101"}],
    }
    assert mask_item(item, CLASSES) == {
        "channel": "taobao",
        "receiver": {"phone": "199****0101", "city": "杭州市"},
        "lines": [{"sku_code": "A1", "note": "打199****0101"}],
    }


def test_the_profile_reaches_every_field() -> None:
    assert mask_item({"receiver": {"phone": "19900000101"}}, CLASSES, "waybill") == {"receiver": {"phone": "199******01"}}


def test_a_field_without_a_declared_class_is_hidden_but_for_null() -> None:
    item = {"wish": "secret", "count": 5, "nested": {"deep": ["x", 1.5]}, "gift": True, "nothing": None}
    assert mask_item(item, CLASSES) == {
        "wish": "******",
        "count": "****",
        "nested": {"deep": ["*", "****"]},
        "gift": "****",
        "nothing": None,
    }


@pytest.mark.parametrize("value", [{"19900000101": 1}, ["19900000101"], True, 5, {}, []])
def test_under_a_personal_class_nothing_of_a_value_is_shown_not_even_its_structure(value: Any) -> None:
    assert mask_item({"receiver": {"phone": value}}, CLASSES) == {"receiver": {"phone": "****"}}


def test_a_value_of_another_shape_than_declared_is_hidden() -> None:
    assert mask_item({"channel": {"buyer": "张三"}, "title": ["张三"]}, CLASSES) == {"channel": {"buyer": "**"}, "title": ["**"]}


def test_a_star_stands_for_any_key_and_at_the_end_for_everything_below() -> None:
    item = {"time_sources": {"paid_at": {"zone": "+08:00", "text": "now"}}, "raw": {"a": {"b": [1, "x"]}, "buyer": "张三"}, "tags": ["a"]}
    assert mask_item(item, CLASSES) == {
        "time_sources": {"paid_at": {"zone": "+08:00", "text": "***"}},
        "raw": {"a": {"b": [1, "x"]}, "buyer": "张*"},
        "tags": ["a"],
    }


def test_a_key_that_does_not_look_like_the_name_of_a_field_is_shown_by_its_number() -> None:
    item = {"no": 1, "林小满": 1, "13800000000": 1, "a.b@example.com": {"p13900000000": None, "x y": 1}, "": 1, "k" * 41: 1, "sku-2_b": 1}
    assert mask_item(item, {}) == {
        "no": "****", "****1": "****", "****2": "****", "****3": {"****1": None, "****2": "****"}, "****4": "****", "****5": "****",
        "sku-2_b": "****",
    }  # fmt: skip


def test_a_key_that_is_declared_or_stands_under_open_data_is_shown() -> None:
    classes = {
        "备注.内容": FieldClass(DataClass.INTERNAL),
        "标签.*": FieldClass(DataClass.INTERNAL),
        "行[].码": FieldClass(DataClass.RESTRICTED),
    }
    item = {"备注": {"内容": "x", "人": "y"}, "标签": {"北京": 1, "电话13800000000": 1}, "行": [{"码": 1}]}
    assert mask_item(item, classes) == {
        "备注": {"内容": "x", "****1": "*"},
        "标签": {"北京": 1, "****1": 1},
        "行": [{"码": "****"}],
    }


@pytest.mark.parametrize("key", ["receiver.city", "tags[]", "raw.*", "raw.x"])
def test_a_key_that_reads_as_a_path_takes_no_other_fields_class(key: str) -> None:
    assert mask_item({key: "张三"}, CLASSES) == {"****1": "**"}
    assert shown({key: "张三"}, CLASSES) == {}


def test_only_open_fields_outlive_the_personal_data() -> None:
    item = {
        "channel": "taobao",
        "receiver": {"phone": "19900000101", "city": "杭州市"},
        "lines": [{"sku_code": "A1", "note": "x"}],
        "wish": "x",
    }
    assert shown(item, CLASSES) == {"channel": "taobao", "receiver": {"city": "杭州市"}, "lines": [{"sku_code": "A1"}]}


def test_the_given_item_is_not_changed() -> None:
    item = {"receiver": {"phone": "19900000101"}}
    mask_item(item, CLASSES)
    assert item == {"receiver": {"phone": "19900000101"}}


def test_the_path_of_a_drift_is_shown_without_what_may_be_data() -> None:
    notes = [
        {"path": "data.orders[].novelty", "kind": "unknown_field", "found": "string"},
        {"path": "data.receiver.电话19900000101", "kind": "unknown_field", "found": "string"},
        {"path": "data.19900000101", "kind": "unmapped_value", "found": "A19900000101"},
        {"path": 'data.x["19900000101"].y', "kind": "unknown_field", "found": None},
    ]
    assert mask_item({"drift": notes}, field_classes(CanonicalOrder))["drift"] == [
        notes[0],
        {"path": "data.receiver.****", "kind": "unknown_field", "found": "string"},
        {"path": "data.****", "kind": "unmapped_value", "found": "A199****0101"},
        {"path": "data.****.y", "kind": "unknown_field", "found": None},
    ]


@settings(max_examples=100, deadline=None)
@given(item=st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4))
def test_without_classes_no_text_and_no_number_is_shown(item: dict[str, Any]) -> None:
    def leaves(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [leaf for child in value.values() for leaf in leaves(child)]
        return [leaf for child in value for leaf in leaves(child)] if isinstance(value, list) else [value]

    assert all(leaf is None or not str(leaf).strip("* \t\n\r") or not str(leaf).strip() for leaf in leaves(mask_item(item, {})))
