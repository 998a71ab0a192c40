"""JD's words for the state of an order, in canonical ones.

Source: the status maps of the order domain; field documentation of jingdong.pop.order.get.
"""

from __future__ import annotations

from decimal import Decimal

from engine.sdk import Source, to_utc

ZONE = "+08:00"
"""JD writes times without an offset, always Beijing's."""

STATUS = {
    "WAIT_SELLER_STOCK_OUT": "awaiting_fulfillment",
    "WAIT_SELLER_DELIVERY": "awaiting_fulfillment",
    "WAIT_GOODS_RECEIVE_CONFIRM": "shipped",
    "FINISHED_L": "completed",
    "TRADE_CANCELED": "cancelled",
    "LOCKED": "paid_hold",
    "PAUSE": "paid_hold",
    "POP_ORDER_PAUSE": "paid_hold",
    "WAIT_SEND_CODE": "awaiting_fulfillment",
}
_HOLDS = {"LOCKED": "refund_in_progress", "PAUSE": "platform_hold", "POP_ORDER_PAUSE": "platform_hold"}
"""A locked order is being cancelled by its buyer: its goods must not leave."""

VIRTUAL = "WAIT_SEND_CODE"
_ON_DELIVERY = "1"


def order_status(order: Source) -> str:
    """The order's status. What forbids shipping is a hold with its reason; a word that we do not know makes it unknown, and held."""
    status = order.word("orderState", STATUS, "unknown")
    if reason := _HOLDS.get(state(order)):
        order.findings.hold(reason)
    return status


def payment_status(order: Source, status: str, due: Decimal) -> str:
    """From the way of payment and the time at which it was confirmed. ``due``: what the buyer pays in the end.

    An order that is paid online has a time of payment; one that says it has none and waits to be shipped is held.
    """
    if _paid_at(order) is not None or status == "completed":
        return "paid"
    if status == "cancelled" or pays_on_delivery(order):
        return "unpaid"
    if order.raw("paymentConfirmTime") is None or not due:
        return "paid"
    if status == "awaiting_fulfillment":
        order.findings.hold("payment_pending")
    return "unpaid"


def refund_status(order: Source) -> str:
    """An order tells of no refund but by its lock; applications for refunds come from an interface of their own."""
    return "requested" if state(order) == "LOCKED" else "none"


def pays_on_delivery(order: Source) -> bool:
    """``payType`` is a number with a word, such as 4-在线支付."""
    return (order.text("payType") or "").partition("-")[0].strip() == _ON_DELIVERY


def state(order: Source) -> str:
    return order.text("orderState") or ""


def _paid_at(order: Source) -> str | None:
    return to_utc(order.raw("paymentConfirmTime"), ZONE, path=order.at("paymentConfirmTime"))
