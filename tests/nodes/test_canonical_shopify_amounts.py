"""Orders of Shopify as canonical orders: what was paid, in which money, and after which edits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from nodes.connector.shopify.canonical import shopify_order
from tests.nodes.shopify_samples import money, order, plain


@pytest.mark.parametrize("amount", [0, "0", "0.00", Decimal("0.0"), None])
def test_a_bare_zero_is_an_amount(amount: object) -> None:
    payload = order(total_discounts="0.00", total_tax=amount, total_price="65.98", current_total_price="65.98")
    payload["line_items"][0]["discount_allocations"] = []
    found = shopify_order(payload | {"total_price_set": money("65.98", "USD")})
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


@pytest.mark.parametrize("allocated", [[], None, [{"amount": "5.99"}], "changed"])
def test_a_discount_that_its_lines_do_not_bear_is_noted(allocated: object) -> None:
    payload = order()
    payload["line_items"][0]["discount_allocations"] = allocated
    found = shopify_order(payload)
    assert ("line_items[].discount_allocations", "differs") in [(note["path"], note["kind"]) for note in found["drift"]]
    assert (found["amount"]["paid"], found["hold_reasons"]) == ("64.30", [])


def test_a_discount_of_the_postage_is_borne_by_it() -> None:
    payload = order()
    payload["line_items"][0]["discount_allocations"] = []
    payload["shipping_lines"][0]["discount_allocations"] = [{"amount": "6.00"}]
    assert shopify_order(payload)["drift"] == []
