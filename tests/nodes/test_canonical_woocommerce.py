"""Orders of WooCommerce as canonical orders: form, times, names, states, money."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.json_text import read_json
from engine.order.model import CanonicalOrder
from engine.order.statuses import may_ship
from nodes.connector.woocommerce.canonical import woocommerce_order
from nodes.connector.woocommerce.status import STATUS
from tests.nodes.mutations import at, mutated
from tests.nodes.odd import odd_values, outcome

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
ORDERS: dict[str, Any] = read_json((DOMAIN / "woocommerce_order.json").read_bytes())
MAPS: dict[str, Any] = read_json((DOMAIN / "canonical_mapping.json").read_bytes())["status_maps"]
VARIANTS = ("created", "on_hold")


def order(sample: str = "created", /, **changes: Any) -> dict[str, Any]:
    return copy.deepcopy(ORDERS[sample]) | changes


def with_line(**changes: Any) -> dict[str, Any]:
    found = order()
    found["line_items"][0].update(changes)
    return found


def plain(currency: str, price: str, **changes: Any) -> dict[str, Any]:
    """One piece at a price, nothing else."""
    found = order(currency=currency, discount_total="0", shipping_total="0", total=price, coupon_lines=[], shipping_lines=[])
    found["line_items"][0].update(quantity=1, subtotal=price, total=price, price=Decimal(price))
    return found | changes


def code(payload: dict[str, Any]) -> str:
    with pytest.raises(NodeError) as caught:
        woocommerce_order(payload)
    return caught.value.problem.code


def test_the_sample_becomes_what_the_facts_expect() -> None:
    expected, found = ORDERS["expected_core"], woocommerce_order(ORDERS["created"])
    assert [found[name] for name in ("channel_order_id", "created_at", "status")] == [
        expected[name] for name in ("channel_order_id", "created_at", "status")
    ]
    amount = {f"{name}_minor": int(Decimal(found["amount"][name]) * 100) for name in ("paid", "shipping")}
    assert amount == {name: expected[name] for name in amount}
    assert int(Decimal(found["amount"]["discount_seller"]) * 100) == expected["discount_minor"]
    assert (sum(line["qty"] for line in found["lines"]), found["hold_reasons"], found["drift"]) == (expected["qty"], [], [])
    assert may_ship(found)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_order_has_exactly_the_canonical_form(name: str) -> None:
    found = woocommerce_order(ORDERS[name])
    assert CanonicalOrder.model_validate(found).model_dump(mode="json") == found


def test_times_are_the_ones_in_utc_and_keep_their_text() -> None:
    found = woocommerce_order(order(date_completed_gmt="2026-01-18T01:02:03"))
    names = ("created_at", "paid_at", "confirmed_at", "updated_at", "completed_at")
    assert [found[name] for name in names] == [
        "2026-01-16T02:00:00Z",
        "2026-01-16T02:00:04Z",
        "2026-01-16T02:00:04Z",
        "2026-01-16T02:00:05Z",
        "2026-01-18T01:02:03Z",
    ]
    assert found["time_sources"]["created_at"] == {"text": "2026-01-16T02:00:00", "zone": "UTC"}


def test_names_are_read_as_html_once() -> None:
    titles = [woocommerce_order(with_line(name=name))["lines"][0]["title"] for name in ("手工皂 &ndash; 薰衣草", "A &amp;amp; B", None)]
    assert titles == ["手工皂 – 薰衣草", "A &amp; B", None]


def test_attributes_of_the_shop_are_the_spec_and_words_of_the_buyer_are_not() -> None:
    meta = [
        {"key": "pa_colour", "value": "dark-blue", "display_key": "Colour", "display_value": "Dark &amp; blue"},
        {"key": "pa_size", "value": "l"},
        {"key": "Engraving", "value": "For Anna"},
        {"key": "pa_odd", "value": {"a": 1}},
    ]
    assert woocommerce_order(with_line(meta_data=meta))["lines"][0]["spec"] == "Dark & blue, l"


def test_an_empty_sku_holds_the_order() -> None:
    assert woocommerce_order(with_line(sku=""))["hold_reasons"] == ["sku_unmapped"]


@pytest.mark.parametrize(("price", "free"), [(0, True), (Decimal("0.00"), True), (Decimal("46.5"), False), (None, False)])
def test_what_costs_nothing_is_a_gift(price: object, free: bool) -> None:
    assert woocommerce_order(with_line(price=price))["lines"][0]["is_gift"] is free


def test_a_price_with_more_decimals_than_the_currency_is_borne() -> None:
    found = plain("CNY", "100.00")
    found["line_items"][0].update(quantity=3, price=Decimal("33.333333"))
    line = woocommerce_order(found)["lines"][0]
    assert (line["unit_price"], line["paid_share"]) == ("33.33", "100.00")


def test_a_guest_is_known_by_a_digest_of_the_address() -> None:
    refs = [woocommerce_order(order(customer_id=number))["buyer"]["ref"] for number in (0, 26)]
    assert (len(refs[0]), refs[1]) == (32, "26")
    assert "@" not in refs[0]


def test_the_buyer_s_phone_stands_in_and_network_data_does_not_come_over() -> None:
    found = woocommerce_order(order(shipping={**ORDERS["created"]["shipping"], "phone": ""}))
    assert found["receiver"]["phone"] == "19900000404"
    assert "192.0.2.10" not in str(found)


def test_a_parent_of_zero_is_none() -> None:
    assert [woocommerce_order(order(parent_id=number))["parent_channel_order_id"] for number in (0, 726000)] == [None, "726000"]


def test_an_order_without_an_address_is_held_unless_nothing_is_sent() -> None:
    bare = dict.fromkeys(ORDERS["created"]["shipping"], "")
    held = [woocommerce_order(order(shipping=bare, needs_processing=needs))["hold_reasons"] for needs in (True, False)]
    assert held == [["address_incomplete"], []]


@pytest.mark.parametrize("word", [word for word in MAPS["woo"] if word not in ("*", "checkout-draft")])
def test_states_are_those_of_the_map(word: str) -> None:
    found = woocommerce_order(order(status=word))
    assert found["status"] == MAPS["woo"][word] == STATUS[word]
    assert may_ship(found) == (word == "processing")
    assert woocommerce_order(order(status=f"wc-{word}"))["status"] == found["status"]


@pytest.mark.parametrize("word", ["packed", "checkout-draft", "", None, 7])
def test_a_state_of_the_shop_s_own_never_ships(word: object) -> None:
    found = woocommerce_order(order(status=word))
    assert not may_ship(found)
    assert found["status"] == ("pending_payment" if word == "checkout-draft" else "unknown")


def test_an_order_on_hold_there_is_held_here() -> None:
    found = woocommerce_order(ORDERS["on_hold"])
    assert (found["status"], found["payment_status"], found["hold_reasons"]) == ("paid_hold", "unpaid", ["platform_hold"])


@pytest.mark.parametrize(("method", "held"), [("alipay", ["payment_pending"]), ("cod", [])])
def test_an_unpaid_order_ships_only_if_the_courier_collects(method: str, held: list[str]) -> None:
    found = woocommerce_order(order(date_paid_gmt=None, payment_method=method))
    assert (found["payment_status"], found["hold_reasons"]) == ("unpaid", held)


def test_what_costs_nothing_is_paid() -> None:
    found = woocommerce_order(plain("CNY", "0.00", date_paid_gmt=None))
    assert (found["payment_status"], found["hold_reasons"]) == ("paid", [])


@pytest.mark.parametrize(
    ("refunds", "payment", "status"),
    [
        (["-10.00"], "partially_refunded", "awaiting_fulfillment"),
        (["-100.00", "-3.00"], "refunded", "closed_refunded"),
        (["103.00"], "refunded", "closed_refunded"),
    ],
)
def test_refunds_are_counted_and_hold_what_is_still_to_ship(refunds: list[str], payment: str, status: str) -> None:
    found = woocommerce_order(order(refunds=[{"id": 1, "total": total} for total in refunds]))
    assert (found["payment_status"], found["refund_status"], found["status"]) == (payment, "succeeded", status)
    assert not may_ship(found)


def test_a_partial_refund_of_a_completed_order_holds_nothing() -> None:
    found = woocommerce_order(order(status="completed", refunds=[{"id": 1, "total": "-10.00"}]))
    assert (found["payment_status"], found["hold_reasons"]) == ("partially_refunded", [])


@pytest.mark.parametrize(("currency", "price"), [("JPY", "10030"), ("KWD", "1.234"), ("CNY", "301.60")])
def test_amounts_have_the_scale_of_their_currency(currency: str, price: str) -> None:
    assert woocommerce_order(plain(currency, price))["amount"]["paid"] == price


@pytest.mark.parametrize("change", [{"total": "103.01"}, {"discount_total": "4.00"}, {"shipping_total": "9.99"}, {"total_tax": "1.00"}])
def test_what_does_not_add_up_is_held_and_left_as_it_is(change: dict[str, str]) -> None:
    found = woocommerce_order(order(**change))
    assert found["hold_reasons"] == ["amount_mismatch"]


def test_a_line_that_bears_another_discount_than_the_order_is_held() -> None:
    assert woocommerce_order(with_line(total="90.00"))["hold_reasons"] == ["amount_mismatch"]


def test_tax_and_fees_count() -> None:
    fees = [{"id": 4, "name": "Wrapping", "total": "3.00"}, {"id": 5, "name": "Bonus", "total": "-1.00"}]
    found = woocommerce_order(order(total="111.00", total_tax="6.00", fee_lines=fees))
    assert (found["hold_reasons"], found["amount"]["tax"], found["amount"]["paid"]) == ([], "6.00", "111.00")


def test_waybill_numbers_are_read_where_shipment_tracking_keeps_them() -> None:
    parcels = [{"tracking_provider": "", "custom_tracking_provider": "YTO", "tracking_number": "YT1"}, {"tracking_number": "YT2"}]
    found = woocommerce_order(
        order(meta_data=[{"id": 1, "key": "other"}, {"id": 2, "key": "_wc_shipment_tracking_items", "value": parcels}])
    )
    assert found["logistics"] == {"carrier": "YTO", "tracking_no": "YT1"}


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ({"id": 727001}, "order.thin_message"),
        ({"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}}, "order.error_response"),
        (order(id=0), "order.missing_field"),
        (order(line_items=[]), "order.missing_field"),
        (order(currency=""), "order.missing_field"),
        (order(total=None), "order.missing_field"),
        (order(total="a lot"), "money.invalid"),
        (with_line(quantity=-1), "order.wrong_type"),
        (order(date_created_gmt="yesterday"), "time.invalid"),
    ],
)
def test_what_is_no_order_is_named(payload: dict[str, Any], problem: str) -> None:
    assert code(payload) == problem


def test_fields_that_the_form_does_not_name_are_noted() -> None:
    found = woocommerce_order({**with_line(colour=1), "new_field": "x", "_links": {}})
    assert [note["path"] for note in found["drift"]] == ["new_field", "line_items[].colour"]


@settings(max_examples=150, deadline=None)
@given(where=st.sampled_from(sorted(ORDERS["created"])), value=odd_values)
def test_odd_values_are_refused_held_or_borne(where: str, value: Any) -> None:
    problem, found = outcome(woocommerce_order, order(**{where: value}))
    assert (problem is None) == (found is not None)
    if found is not None:
        CanonicalOrder.model_validate(found)


@pytest.mark.parametrize("how", ["dropped", "null", "renamed", "emptied"])
def test_what_decides_about_shipping_cannot_vanish(how: str) -> None:
    for key in ("status", "date_paid_gmt", "total", "currency", "line_items", "shipping"):
        assert at(ORDERS["created"], (key,))
        problem, found = outcome(woocommerce_order, mutated(ORDERS["created"], (key,), how))
        assert problem or (found and not may_ship(dict(found))), key
