"""The own shop's words for the state of an order, in canonical ones.

The state is the order's own ``status`` if it has one, else it follows from the type of the event and the times in the order.
"""

from __future__ import annotations

from engine.sdk import Source, overall_refund, to_utc

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
    return ended or next((status for key, status in _TIMES if _happened(order, key)), "pending_payment")


def payment_status(order: Source, status: str, event: str | None, refunds: list[str]) -> str:
    """``refunds``: the refund status of each line."""
    if status == "closed_refunded":
        return "refunded"
    if event == "order.refunded" and _is_partial(order):
        return "partially_refunded"
    if status == "pending_payment" or not (_happened(order, "paid_at") or event == "order.paid"):
        return "unpaid" if status in ("pending_payment", "cancelled", "unknown") else "paid"
    if event == "order.refunded" or all(refund == "succeeded" for refund in refunds):
        return "refunded"
    if order.text("refund_status") == "succeeded":
        return "partially_refunded" if _is_partial(order) or "succeeded" in refunds else "refunded"
    return "partially_refunded" if "succeeded" in refunds else "paid"


def refund_status(order: Source, status: str, event: str | None, lines: list[Source]) -> str:
    """The order's own word, else what the event says, else what its lines tell together."""
    if order.raw("refund_status") is not None:
        return order.word("refund_status", REFUND, "requested")
    if event == "order.refund_requested":
        return "requested"
    if event == "order.refunded" or status == "closed_refunded":
        return "succeeded"
    return overall_refund([line_refund(line) for line in lines])


def line_refund(line: Source) -> str:
    """A line's own refund status. One that we do not know counts as requested: it holds the order instead of shipping it."""
    return line.word("refund_status", REFUND, "requested") if line.raw("refund_status") is not None else "none"


def line_status(line: Source, order_status: str, refund: str) -> str:
    """A line's own status, else the order's. One that is refunded before it was sent is closed."""
    status = line.word("status", STATUS, "unknown") if line.raw("status") is not None else order_status
    return "closed_refunded" if refund == "succeeded" and status == "awaiting_fulfillment" else status


def _is_partial(order: Source) -> bool:
    """Whether a refund event returns less than was paid."""
    money, currency = order.child("amounts"), order.text("currency") or "CNY"
    refunded, paid = money.money("refunded", currency), money.money("paid", currency)
    return refunded is not None and paid is not None and refunded < paid


def _after_refund(order: Source) -> str:
    if order.raw("status") is not None:
        return order.word("status", STATUS, "unknown")
    return next((status for key, status in _TIMES if _happened(order, key)), "unknown")


def _happened(order: Source, key: str) -> bool:
    """Whether a time is there: a sentinel such as 0001-01-01 says that it is not."""
    return to_utc(order.raw(key), "UTC", path=order.at(key)) is not None
