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
from nodes.connector.shopify.canonical import shopify_order
from nodes.connector.shopify.status import FINANCIAL

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
ORDERS: dict[str, Any] = read_json((DOMAIN / "shopify_order.json").read_bytes())
MAPS: dict[str, Any] = read_json((DOMAIN / "canonical_mapping.json").read_bytes())["status_maps"]
VARIANTS = ("create", "partially_refunded", "cancelled", "test_order")


def order(sample: str = "create", /, **changes: Any) -> dict[str, Any]:
    return copy.deepcopy(ORDERS[sample]) | changes


def with_line(**changes: Any) -> dict[str, Any]:
    found = order()
    found["line_items"][0].update(changes)
    return found


def money(amount: object, currency: str, shown: object = None, shown_currency: str | None = None) -> dict[str, Any]:
    """A price set: shop money, and presentment money if it differs."""
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": amount if shown is None else shown, "currency_code": shown_currency or currency},
    }


def plain(currency: str, price: str, paid: str, **changes: Any) -> dict[str, Any]:
    """One piece at ``price``, nothing else, in another currency."""
    found = order(
        currency=currency,
        presentment_currency=currency,
        total_line_items_price=price,
        subtotal_price=price,
        total_discounts="0",
        total_tax="0",
        total_price=paid,
        current_total_price=paid,
        total_shipping_price_set=money("0", currency),
        total_price_set=money(paid, currency),
    )
    found["line_items"][0].update(price=price, quantity=1, current_quantity=1, discount_allocations=[])
    return found | changes


def code(payload: dict[str, Any]) -> str:
    with pytest.raises(NodeError) as caught:
        shopify_order(payload)
    return caught.value.problem.code


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


def test_a_test_order_keeps_its_status_and_never_ships() -> None:
    found = shopify_order(ORDERS["test_order"])
    assert (found["status"], found["hold_reasons"], may_ship(found)) == ("awaiting_fulfillment", ["test_order"], False)


def test_a_cancelled_order_is_cancelled_whatever_is_fulfilled() -> None:
    found = shopify_order(order("cancelled", fulfillment_status="partial"))
    assert (found["status"], found["payment_status"], found["cancelled_at"]) == ("cancelled", "unpaid", "2026-01-16T01:00:00Z")


@pytest.mark.parametrize(
    ("word", "status"),
    [(None, "awaiting_fulfillment"), ("partial", "partially_shipped"), ("fulfilled", "shipped"), ("restocked", "cancelled")],
)
def test_every_fulfilment_status_of_the_facts_is_mapped(word: str | None, status: str) -> None:
    assert (shopify_order(order(fulfillment_status=word))["status"], MAPS["shopify_fulfillment"][word or "null"]) == (status, status)


def test_every_financial_status_of_the_facts_is_mapped() -> None:
    assert MAPS["shopify_financial"] == FINANCIAL


@pytest.mark.parametrize("changes", [{"fulfillment_status": "teleported"}, {"fulfillment_status": 7}])
def test_an_unknown_fulfilment_is_held_and_never_ships(changes: dict[str, Any]) -> None:
    found = shopify_order(order(**changes))
    assert (found["status"], "unmapped_status" in found["hold_reasons"], found["drift"][-1]["path"]) == (
        "unknown",
        True,
        "fulfillment_status",
    )


def test_an_unknown_financial_status_is_held() -> None:
    assert "unmapped_status" in shopify_order(order(financial_status="bartered"))["hold_reasons"]


@pytest.mark.parametrize("financial", ["pending", "authorized", "partially_paid"])
def test_what_is_not_paid_is_held_and_has_no_time_of_payment_until_a_part_is(financial: str) -> None:
    found = shopify_order(order(financial_status=financial))
    assert (found["hold_reasons"], found["paid_at"] is None) == (["payment_pending"], financial != "partially_paid")


def test_cash_on_delivery_ships_unpaid() -> None:
    found = shopify_order(order(financial_status="pending", payment_gateway_names=["Cash on Delivery (COD)"]))
    assert (found["payment_status"], found["hold_reasons"]) == ("unpaid", [])


def test_what_is_refunded_in_full_before_shipping_never_ships() -> None:
    found = shopify_order(order(financial_status="refunded"))
    assert (found["status"], found["payment_status"], found["refund_status"]) == ("closed_refunded", "refunded", "succeeded")


def test_a_partial_refund_is_told_by_order_and_line_and_leaves_what_was_paid() -> None:
    found = shopify_order(ORDERS["partially_refunded"])
    assert (found["payment_status"], found["refund_status"], found["lines"][0]["refund_status"]) == (
        "partially_refunded",
        "succeeded",
        "succeeded",
    )
    assert (found["amount"]["paid"], found["hold_reasons"]) == ("64.30", [])


def test_a_refund_whose_payment_is_pending_holds_the_order() -> None:
    payload = order("partially_refunded")
    payload["refunds"][0]["transactions"][0]["status"] = "pending"
    found = shopify_order(payload)
    assert (found["status"], found["refund_status"], found["hold_reasons"]) == ("paid_hold", "processing", ["refund_in_progress"])


@pytest.mark.parametrize("amount", [0, "0", "0.00", Decimal("0.0"), None])
def test_a_bare_zero_is_an_amount(amount: object) -> None:
    found = shopify_order(
        order(total_discounts="0.00", total_price="70.30", total_tax=0, current_total_price="70.30")
        | {"total_tax": amount, "total_price": "65.98", "current_total_price": "65.98"}
        | {"total_price_set": money("65.98", "USD")}
    )
    assert (found["amount"]["tax"], found["hold_reasons"], found["drift"]) == ("0.00", [], [])


def test_accounting_is_in_shop_money_and_what_the_buyer_saw_is_kept() -> None:
    payload = order(
        presentment_currency="EUR",
        total_price_set=money("64.30", "USD", "59.16", "EUR"),
        total_shipping_price_set=money("6.00", "USD", "5.52", "EUR"),
    )
    payload["line_items"][0]["price_set"] = money("29.99", "USD", "27.60", "EUR")
    payload["line_items"][0]["discount_allocations"][0]["amount_set"] = money("6.00", "USD", "5.52", "EUR")
    found = shopify_order(payload)
    assert (found["currency"], found["amount"]["paid"], found["amount"]["shipping"], found["lines"][0]["paid_share"]) == (
        "USD",
        "64.30",
        "6.00",
        "53.98",
    )
    assert (found["presentment"], found["hold_reasons"]) == ({"currency": "EUR", "paid": "59.16"}, [])


@pytest.mark.parametrize(
    ("currency", "price", "expected"),
    [("JPY", "10030", "10030"), ("JPY", "10030.00", "10030"), ("KWD", "1.234", "1.234"), ("KWD", "1.5", "1.500")],
)
def test_amounts_have_the_scale_of_their_currency(currency: str, price: str, expected: str) -> None:
    found = shopify_order(plain(currency, price, price))
    assert (found["amount"]["paid"], found["lines"][0]["unit_price"], found["amount"]["tax"], found["hold_reasons"]) == (
        expected, expected, {"JPY": "0", "KWD": "0.000"}[currency], [],
    )  # fmt: skip


def test_taxes_that_prices_include_are_not_added_again() -> None:
    found = shopify_order(
        order(taxes_included=True, total_price="59.98", current_total_price="59.98", total_price_set=money("59.98", "USD"))
    )
    assert (found["amount"]["tax"], found["hold_reasons"]) == ("4.32", [])


def test_tips_and_duties_are_part_of_what_was_paid() -> None:
    found = shopify_order(
        order(
            total_tip_received="5.00",
            original_total_duties_set=money("2.00", "USD"),
            total_price="71.30",
            current_total_price="71.30",
            total_price_set=money("71.30", "USD"),
        )
    )
    assert found["hold_reasons"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"total_price": "60.00", "current_total_price": "60.00", "total_price_set": None},
        {"total_line_items_price": "70.00"},
        {"total_discounts": "1.00"},
    ],
)
def test_amounts_that_do_not_add_up_are_held_and_left_as_they_are(changes: dict[str, Any]) -> None:
    found = shopify_order(order(**changes))
    assert (found["hold_reasons"], found["amount"]["paid"]) == (["amount_mismatch"], changes.get("total_price", "64.30"))


def test_after_an_edit_the_current_figures_hold() -> None:
    payload = order(current_total_price="35.15", current_total_discounts="3.00", current_total_tax="2.16")
    payload["line_items"][0]["current_quantity"] = 1
    found = shopify_order(payload)
    assert (found["lines"][0]["qty"], found["lines"][0]["paid_share"], found["amount"]["items"], found["amount"]["paid"]) == (
        1,
        "26.99",
        "29.99",
        "35.15",
    )
    assert found["hold_reasons"] == []


def test_an_edit_told_in_part_is_not_judged() -> None:
    payload = order(current_total_price="35.15")
    payload["line_items"][0]["current_quantity"] = 1
    found = shopify_order(payload)
    assert (found["amount"]["paid"], found["hold_reasons"]) == ("35.15", [])


def test_a_line_that_an_edit_removed_is_cancelled_and_needs_no_sku() -> None:
    payload = order()
    payload["line_items"].append(
        {**payload["line_items"][0], "id": 8100000000002, "sku": "", "quantity": 1, "current_quantity": 0, "discount_allocations": []}
    )
    found = shopify_order(payload)
    assert (found["lines"][1]["qty"], found["lines"][1]["status"], found["lines"][1]["paid_share"], found["hold_reasons"]) == (
        0,
        "cancelled",
        "0.00",
        [],
    )


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
@given(
    st.sampled_from(sorted(ORDERS["create"])),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=9),
        st.lists(st.integers(), max_size=2),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    ),
)
def test_an_odd_field_is_a_named_problem_or_a_canonical_order(field: str, value: object) -> None:
    problem, found = outcome(order(**{field: value}))
    assert found is None or CanonicalOrder.model_validate(found)
    assert problem in {None, "order.missing_field", "order.wrong_type", "money.invalid", "currency.invalid", "time.invalid"}


def outcome(payload: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    try:
        return None, shopify_order(payload)
    except NodeError as error:
        return error.problem.code, None
