"""Orders of Shopify as canonical orders: their form, ids, times, receivers and goods."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.order.model import CanonicalOrder
from nodes.connector.shopify.canonical import shopify_order
from tests.nodes.odd import odd_values, outcome
from tests.nodes.shopify_samples import ORDERS, VARIANTS, code, order, with_line


def test_the_sample_becomes_what_the_facts_expect() -> None:
    expected, found = ORDERS["expected_core"], shopify_order(ORDERS["create"])
    names = ("channel_order_id", "created_at", "currency", "status")
    assert [found[name] for name in names] == [expected[name] for name in names]
    amount = {name: int(Decimal(found["amount"][name]) * 100) for name in ("paid", "discount_seller", "tax", "shipping")}
    assert amount == {"paid": 6430, "discount_seller": 600, "tax": 432, "shipping": 600}
    assert (sum(line["qty"] for line in found["lines"]), found["hold_reasons"], found["drift"]) == (2, [], [])


@pytest.mark.parametrize("name", VARIANTS)
def test_every_order_has_exactly_the_canonical_form(name: str) -> None:
    found = shopify_order(ORDERS[name])
    assert CanonicalOrder.model_validate(found).model_dump(mode="json") == found


def test_an_order_may_be_wrapped() -> None:
    assert shopify_order({"order": order()})["lines"] == shopify_order(order())["lines"]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-15T19:30:00-05:00", "2026-01-16T00:30:00Z"),
        ("2026-07-15T19:30:00-04:00", "2026-07-15T23:30:00Z"),
        ("2026-11-01T01:30:00-04:00", "2026-11-01T05:30:00Z"),
        ("2026-11-01T01:30:00-05:00", "2026-11-01T06:30:00Z"),
    ],
)
def test_the_offset_in_the_text_decides_also_in_the_doubled_hour(text: str, utc: str) -> None:
    found = shopify_order(order(created_at=text))
    assert (found["created_at"], found["time_sources"]["created_at"]) == (utc, {"text": text, "zone": text[-6:]})


def test_an_order_without_address_or_customer_is_mapped() -> None:
    found = shopify_order(order(shipping_address=None, customer=None, email=None, contact_email=None, fulfillment_status="fulfilled"))
    assert (set(found["receiver"].values()), found["buyer"], found["hold_reasons"]) == (
        {None},
        {"ref": None, "nick": None, "email": None},
        [],
    )


def test_goods_to_ship_without_an_address_are_held_and_digital_ones_are_not() -> None:
    digital = with_line(requires_shipping=False) | {"shipping_address": None}
    assert [shopify_order(payload)["hold_reasons"] for payload in (order(shipping_address=None), digital)] == [["address_incomplete"], []]


def test_an_address_becomes_the_receiver_with_masks() -> None:
    receiver = shopify_order(order())["receiver"]
    assert (receiver["name"], receiver["address"], receiver["country"], receiver["province"]) == (
        "Test Buyer",
        "1 Example Street Apt 2",
        "US",
        "Kentucky",
    )
    assert (receiver["name_mask"], receiver["phone_mask"]) == ("T*** B****", "+1*******00")


def test_the_order_s_phone_stands_in_for_the_address_s() -> None:
    address = {**ORDERS["create"]["shipping_address"], "phone": None}
    assert shopify_order(order(shipping_address=address, phone="+12025550111"))["receiver"]["phone"] == "+12025550111"


def test_network_data_of_the_buyer_is_dropped() -> None:
    found = shopify_order(order(browser_ip="192.0.2.10", client_details={"user_agent": "fixture-agent"}))
    assert "192.0.2.10" not in str(found)
    assert "fixture-agent" not in str(found)
    assert found["drift"] == []


@pytest.mark.parametrize("sku", ["", None, "  "])
def test_a_line_without_a_sku_holds_the_order(sku: str | None) -> None:
    found = shopify_order(with_line(sku=sku))
    assert (found["lines"][0]["sku_code"], found["hold_reasons"]) == (None, ["sku_unmapped"])


@pytest.mark.parametrize(
    ("properties", "gift"),
    [
        ([{"name": "_gift", "value": "true"}], True),
        ([{"name": "Is gift", "value": True}], True),
        ([{"name": "gift", "value": "no"}], False),
        ([{"name": "Gift message", "value": "Hi"}], False),
        (None, False),
    ],
)
def test_a_gift_is_marked_by_a_property(properties: Any, gift: bool) -> None:
    assert shopify_order(with_line(properties=properties))["lines"][0]["is_gift"] is gift


def test_the_first_parcel_that_was_sent_is_the_order_s() -> None:
    parcels = [
        {"status": "cancelled", "created_at": "2026-01-16T08:00:00-05:00", "tracking_company": "A", "tracking_number": "1"},
        {"status": "success", "created_at": "2026-01-16T10:00:00-05:00", "tracking_company": "B", "tracking_number": "2"},
        {"status": "success", "created_at": "2026-01-16T09:00:00-05:00", "tracking_company": "C", "tracking_number": "3"},
    ]
    found = shopify_order(order(fulfillment_status="fulfilled", fulfillments=parcels))
    assert (found["shipped_at"], found["logistics"]) == ("2026-01-16T14:00:00Z", {"carrier": "B", "tracking_no": "2"})


def test_ids_are_text() -> None:
    found = shopify_order(order())
    assert [found["channel_order_id"], found["lines"][0]["channel_line_id"], found["buyer"]["ref"]] == [
        "6100000000001",
        "8100000000001",
        "7100000000001",
    ]


def test_unknown_fields_are_accepted_and_noted() -> None:
    found = shopify_order(with_line(brand_new=1) | {"novelty": True})
    assert [(note["path"], note["kind"]) for note in found["drift"]] == [
        ("novelty", "unknown_field"),
        ("line_items[].brand_new", "unknown_field"),
    ]


@pytest.mark.parametrize("name", ["id", "line_items", "total_price", "currency"])
def test_what_an_order_needs_is_asked_for_by_name(name: str) -> None:
    assert code(order(**{name: None, "total_price_set": None})) == "order.missing_field"


def test_an_error_answer_is_no_order() -> None:
    assert code({"errors": "Not Found"}) == "order.error_response"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(ORDERS["create"])), odd_values)
def test_an_odd_field_is_a_named_problem_or_a_canonical_order(field: str, value: object) -> None:
    problem, found = outcome(shopify_order, order(**{field: value}))
    assert found is None or CanonicalOrder.model_validate(found)
    assert problem in {None, "order.missing_field", "order.wrong_type", "money.invalid", "currency.invalid", "time.invalid"}
