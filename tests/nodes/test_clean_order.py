from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sdk import Kind, NodeError, mask
from nodes.connector.channels import CANONICAL
from nodes.connector.samples import sample
from nodes.transform.clean_order import CleanOrderParams, clean_order


def clean(item: dict[str, Any], **params: Any) -> dict[str, Any]:
    return clean_order.function(item, CleanOrderParams(**params))


@pytest.mark.parametrize("channel", CANONICAL)
def test_a_canonical_order_stays_canonical(channel: str) -> None:
    order = sample(channel, "sample_order")
    once = clean(order)
    assert clean(once) == once
    assert once.keys() == order.keys()
    assert (once["amount"], once["created_at"], once["hold_reasons"]) == (order["amount"], order["created_at"], order["hold_reasons"])


def test_the_item_is_left_alone() -> None:
    order = {**sample("shopify", "sample_order"), "display_no": " #1001"}
    before = copy.deepcopy(order)
    clean(order)
    assert order == before


def test_a_mask_follows_its_value_and_a_received_mask_stays() -> None:
    dirty = "&#27979;试乙"
    item = {"receiver": {"name": dirty, "name_mask": mask(dirty, Kind.NAME), "phone": "+1 (202) 555 0100", "phone_mask": "as received"}}
    assert clean(item)["receiver"] == {"name": "测试乙", "name_mask": "测**", "phone": "+12025550100", "phone_mask": "as received"}


@pytest.mark.parametrize(("part", "field"), [("order_number", "display_no"), ("time", "created_at")])
def test_a_part_can_be_switched_off(part: str, field: str) -> None:
    item = {"display_no": "#1", "created_at": "2026/1/5 9:00"}
    assert clean(item, **{part: False})[field] == item[field]


def test_a_sku_that_turns_out_empty_holds_the_order() -> None:
    assert clean({"lines": [{"sku_code": " \u200b"}], "hold_reasons": []})["hold_reasons"] == ["sku_unmapped"]


def test_amounts_need_a_currency() -> None:
    with pytest.raises(NodeError) as caught:
        clean({"amount": {"paid": "1"}})
    assert caught.value.problem.code == "order.missing_field"


def test_a_time_that_was_utc_already_gains_no_source() -> None:
    assert "time_sources" not in clean({"created_at": "2026-01-15T15:58:12Z"})


def test_what_is_no_order_passes() -> None:
    odd = {"lines": ["none", {"sku_code": 7, "title": []}], "amount": None, "receiver": {"phone": 5}, "note": 7, "channel_order_id": True}
    assert clean(odd) == odd


TEXT = st.text(max_size=12)
PARTS = {
    "channel_order_id": TEXT,
    "receiver": st.dictionaries(st.sampled_from(["name", "phone", "city"]), TEXT),
    "lines": st.lists(st.dictionaries(st.sampled_from(["sku_code", "title"]), TEXT), max_size=3),
    "note": st.dictionaries(st.sampled_from(["buyer", "seller"]), TEXT),
}


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries({}, optional=PARTS))
def test_cleaning_twice_is_cleaning_once(item: dict[str, Any]) -> None:
    try:
        once = clean(item)
    except NodeError:
        return
    assert clean(once) == once
