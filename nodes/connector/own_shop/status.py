"""The own shop's words for the state of an order, in canonical ones.

The state is the order's own ``status`` if it has one, else it follows from the type of the event and the times in the order.
"""

from __future__ import annotations

from engine.sdk import Source

STATUS = {
    **{
        word: word
        for word in (
            "pending_payment", "paid_hold", "awaiting_fulfillment", "partially_shipped", "shipped",
            "delivered", "completed", "cancelled", "closed_refunded",
        )
    },
    "pending": "pending_payment",
    "unpaid": "pending_payment",
    "on_hold": "paid_hold",
    "paid": "awaiting_fulfillment",
    "processing": "awaiting_fulfillment",
    "canceled": "cancelled",
    "refunded": "closed_refunded",
}  # fmt: skip
OF_EVENT = {
    "order.paid": "awaiting_fulfillment",
    "order.partially_shipped": "partially_shipped",
    "order.shipped": "shipped",
    "order.delivered": "delivered",
    "order.completed": "completed",
    "order.cancelled": "cancelled",
    "order.canceled": "cancelled",
    "order.refunded": "closed_refunded",
}
"""Events that state where the order stands."""

FROM_TIMES = frozenset({"order.created", "order.updated", "order.refund_requested"})
"""Events after which the times in the order tell where it stands."""

REFUND = {word: word for word in ("none", "requested", "returning", "processing", "refused", "closed", "succeeded")}
_TIMES = (
    ("cancelled_at", "cancelled"),
    ("completed_at", "completed"),
    ("delivered_at", "delivered"),
    ("shipped_at", "shipped"),
    ("paid_at", "awaiting_fulfillment"),
)


def order_status(order: Source, event: str | None) -> str:
    """``event`` is the envelope's type; ``None`` for a bare order. An event or status that we do not know is ``unknown``, and held."""
    if event is not None and event not in OF_EVENT and event not in FROM_TIMES:
        order.findings.unmapped("type", event)
        return "unknown"
    ended = OF_EVENT.get(event or "")
    if ended in ("cancelled", "closed_refunded"):
        return _after_refund(order) if _is_partial(order) else ended
    if order.raw("status") is not None:
        return order.word("status", STATUS, "unknown")
    return ended or next((status for key, status in _TIMES if order.raw(key)), "pending_payment")


def payment_status(order: Source, status: str, event: str | None) -> str:
    if status == "closed_refunded":
        return "refunded"
    if event == "order.refunded" and _is_partial(order):
        return "partially_refunded"
    if status == "pending_payment" or not (order.raw("paid_at") or event == "order.paid"):
        return "unpaid" if status in ("pending_payment", "cancelled", "unknown") else "paid"
    return "refunded" if event == "order.refunded" else "paid"


def refund_status(order: Source, status: str, event: str | None) -> str:
    if order.raw("refund_status") is not None:
        return order.word("refund_status", REFUND, "requested")
    if event == "order.refund_requested":
        return "requested"
    return "succeeded" if event == "order.refunded" or status == "closed_refunded" else "none"


def _is_partial(order: Source) -> bool:
    """Whether a refund event returns less than was paid."""
    money, currency = order.child("amounts"), order.text("currency") or "CNY"
    refunded, paid = money.money("refunded", currency), money.money("paid", currency)
    return refunded is not None and paid is not None and refunded < paid


def _after_refund(order: Source) -> str:
    if order.raw("status") is not None:
        return order.word("status", STATUS, "unknown")
    return next((status for key, status in _TIMES if order.raw(key)), "unknown")
