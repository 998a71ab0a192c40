"""WooCommerce's words for the state of an order, in canonical ones.

Source: the status maps of the order domain; woocommerce-rest-api-docs, "Order properties".
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from engine.sdk import Source, sum_money

ZONE: Final = "UTC"
"""Of the ``*_gmt`` fields, which carry no offset. Their twins are in the site's zone, which the order does not name."""

STATUS: Final = {
    "checkout-draft": "pending_payment",
    "pending": "pending_payment",
    "on-hold": "paid_hold",
    "processing": "awaiting_fulfillment",
    "completed": "completed",
    "cancelled": "cancelled",
    "refunded": "closed_refunded",
    "failed": "cancelled",
    "trash": "cancelled",
}
CALLED_OFF: Final = frozenset({"cancelled", "refunded", "failed", "trash"})
ON_DELIVERY: Final = "cod"


def order_status(order: Source) -> str:
    """Shops add states of their own: one that we do not know is ``unknown``, and held. ``on-hold`` waits for a person there, so here too.

    Some answers write ``wc-`` before the word, as the shop's database does.
    """
    status = STATUS.get((order.text("status") or "").removeprefix("wc-"))
    if status is None:
        status = order.word("status", STATUS, "unknown")
    if status == "paid_hold":
        order.findings.hold("platform_hold")
    return status


def refunded(order: Source, currency: str) -> Decimal:
    """What was paid back so far. The totals of refunds are negative."""
    return sum_money(abs(one.money("total", currency) or Decimal(0)) for one in order.children("refunds"))


def payment_status(order: Source, status: str, back: Decimal, paid: Decimal) -> str:
    """``back``: what was refunded; ``paid``: the order's total. An order to ship that is neither paid nor cash on delivery is held."""
    if status == "closed_refunded" or (back and back >= paid):
        return "refunded"
    if back:
        return "partially_refunded"
    if order.time("date_paid_gmt", ZONE, "paid_at") is not None or status == "completed":
        return "paid"
    if status == "awaiting_fulfillment" and paid and order.text("payment_method") != ON_DELIVERY:
        order.findings.hold("payment_pending")
    return "paid" if status == "awaiting_fulfillment" and not paid else "unpaid"


def refund_status(order: Source, status: str) -> str:
    """A refund is done at once. An order does not tell which of its lines one is for: what is still to ship is held."""
    if status == "closed_refunded":
        return "succeeded"
    if not order.children("refunds"):
        return "none"
    if status == "awaiting_fulfillment":
        order.findings.hold("refund_in_progress")
    return "succeeded"
