"""Orders of Shopify as canonical orders: where they stand, and what holds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.order.statuses import may_ship
from nodes.connector.shopify.canonical import shopify_order
from nodes.connector.shopify.status import FINANCIAL
from tests.nodes.shopify_samples import MAPS, ORDERS, order


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


@pytest.mark.parametrize(
    ("change", "path", "kind"),
    [
        (lambda payload: payload.update(refunds=None), "refunds", "missing"),
        (lambda payload: payload.update(refunds="changed"), "refunds", "type"),
        (lambda payload: payload["refunds"][0].update(refund_line_items=None), "refunds[].refund_line_items", "missing"),
        (
            lambda payload: payload["refunds"][0]["refund_line_items"][0].update(line_item_id=None),
            "refunds[].refund_line_items[].line_item_id",
            "missing",
        ),
        (
            lambda payload: payload["refunds"][0]["refund_line_items"][0].update(line_item_id=1),
            "refunds[].refund_line_items[].line_item_id",
            "differs",
        ),
    ],
)
def test_a_refund_that_does_not_say_what_it_is_about_is_noted(change: Callable[[dict[str, Any]], object], path: str, kind: str) -> None:
    payload = order("partially_refunded")
    change(payload)
    found = shopify_order(payload)
    assert (path, kind) in [(note["path"], note["kind"]) for note in found["drift"]]
    assert (found["payment_status"], found["refund_status"]) == ("partially_refunded", "succeeded")


def _first_line(payload: dict[str, Any]) -> dict[str, Any]:
    return payload["refunds"][0]["refund_line_items"][0]


def test_a_refund_of_the_postage_alone_is_nothing_to_note() -> None:
    payload = order("partially_refunded")
    payload["refunds"][0]["refund_line_items"] = []
    assert shopify_order(payload)["drift"] == []
