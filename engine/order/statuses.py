"""The words of an order's life, and the one question that they answer together: may it ship?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

OrderStatus = Literal[
    "pending_payment", "paid_hold", "awaiting_fulfillment", "partially_shipped", "shipped",
    "delivered", "completed", "cancelled", "closed_refunded", "unknown",
]  # fmt: skip
"""What the channel says of the order. `unknown`: it said something that we do not know yet."""

PaymentStatus = Literal["unpaid", "deposit_paid", "paid", "partially_refunded", "refunded"]
RefundStatus = Literal["none", "requested", "returning", "processing", "refused", "closed", "succeeded"]

HoldReason = Literal[
    "platform_hold", "presale_unpaid", "group_incomplete", "risk_review", "refund_in_progress", "address_incomplete",
    "sku_unmapped", "amount_mismatch", "stock_short", "merge_wait", "remark_review", "blacklist", "future_dated",
    "unmapped_status", "test_order", "payment_pending", "number_mismatch",
]  # fmt: skip
"""Why an order must not ship although its status alone would let it."""

ORDER_STATUSES: tuple[str, ...] = get_args(OrderStatus)
PAYMENT_STATUSES: tuple[str, ...] = get_args(PaymentStatus)
REFUND_STATUSES: tuple[str, ...] = get_args(RefundStatus)
HOLD_REASONS: tuple[str, ...] = get_args(HoldReason)

TO_SHIP = frozenset({"awaiting_fulfillment", "partially_shipped"})
REFUND_IN_PROGRESS = frozenset({"requested", "returning", "processing"})
_BY_WEIGHT = ("processing", "returning", "requested", "succeeded", "refused", "closed", "none")


OVER = frozenset({"shipped", "delivered", "completed", "cancelled", "closed_refunded"})
"""Nothing of such an order is to ship any more: no reason holds it."""


def hold_reasons_of(order: Mapping[str, Any]) -> tuple[HoldReason, ...]:
    """Why an order must not ship as it is: the reasons that it states, each once, and a status that nobody knows."""
    if order.get("status") in OVER:
        return ()
    stated: Any = order.get("hold_reasons")
    given = [*cast("list[object]", stated)] if isinstance(stated, list) else []
    if order.get("status") == "unknown":
        given.append("unmapped_status")
    return tuple(dict.fromkeys(reason for reason in get_args(HoldReason) if reason in given))


def may_ship(order: Mapping[str, Any]) -> bool:
    """Whether (the rest of) a canonical order may go to the warehouse: a status to ship, and no reason to hold it."""
    return order.get("status") in TO_SHIP and not order.get("hold_reasons")


def overall_refund(line_refunds: list[str]) -> str:
    """The refund status of an order from those of its lines: what is under way weighs most, then what succeeded."""
    return next((status for status in _BY_WEIGHT if status in line_refunds), "none")
