"""Pinduoduo's codes for the state of an order, in canonical words.

An order ships only if it is confirmed, its group is complete, no refund is under way and risk control has let it go: four fields of
equal weight. Source: the status maps of the order domain; field documentation of pdd.order.information.get.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.sdk import Source, to_utc

ZONE = "+08:00"
"""Answers hold times without an offset, always Beijing's. Only what is asked for counts in seconds since 1970."""

ORDER = {"1": "awaiting_fulfillment", "2": "shipped", "3": "completed"}
"""``order_status``; 0 means that something is wrong with the order: no state of ours, so it is held."""

_CONFIRM = {"0": "open", "1": "confirmed", "2": "cancelled"}
_GROUP = {"0": "open", "1": "complete", "2": "failed"}
_RISK = {"0": "none", "1": "review"}
REFUND = {"1": "none", "2": "requested", "3": "processing", "4": "succeeded"}
AFTER_SALES = {
    "0": "none",
    "2": "requested",
    "3": "requested",
    "4": "processing",
    "5": "processing",
    "6": "refused",
    "7": "returning",
    "8": "processing",
    "9": "closed",
    "10": "succeeded",
    "11": "closed",
    "12": "closed",
    "13": "closed",
}
REFUND_IN_PROGRESS = frozenset({"requested", "returning", "processing"})
_STEP = {"0": "unpaid", "1": "deposit_paid", "2": "paid"}


def order_status(order: Source) -> str:
    """The order's status. Whatever forbids shipping holds it, each for its own reason; a code that we do not know makes it unknown."""
    confirm, group = _code(order, "confirm_status", _CONFIRM), _code(order, "group_status", _GROUP)
    refund, risk = _code(order, "refund_status", REFUND), _code(order, "risk_control_status", _RISK)
    sent = _code(order, "order_status", ORDER)
    if confirm == "cancelled" or group == "failed":
        return "cancelled"
    if refund == "succeeded":
        return "closed_refunded"
    if sent != "awaiting_fulfillment":
        return sent or "unknown"
    if None in (confirm, group, refund, risk):
        return "unknown"
    if confirm == "open" and group == "complete" and not _is_paid(order):
        return "pending_payment"
    _hold(order, group, risk, confirm)
    return "paid_hold" if order.findings.hold_reasons else "awaiting_fulfillment"


def payment_status(order: Source, status: str) -> str:
    """From the confirmation, the deposit's stage and the refund."""
    if _known(order, "refund_status", REFUND) == "succeeded":
        return "refunded"
    step = deposit(order)
    if step is not None and step != "paid":
        return step
    is_paid = _is_paid(order) or _known(order, "confirm_status", _CONFIRM) == "confirmed"
    if not is_paid and "pay_time" not in order.data:  # an order that is not paid has the field, with nothing in it
        order.findings.note(order.at("pay_time"), "missing")
    return "paid" if is_paid and status != "pending_payment" else "unpaid"


def refund_status(order: Source) -> str:
    """The after-sales code tells most; where it tells nothing the order's own refund code stands.

    A code that we do not know counts as requested: it holds the order instead of shipping it.
    """
    own = _known(order, "refund_status", REFUND) or "requested"
    told = "none" if order.raw("after_sales_status") is None else _code(order, "after_sales_status", AFTER_SALES) or "requested"
    return own if own == "succeeded" or told == "none" else told


def is_refunding(order: Source, refund: str) -> bool:
    """Whether a refund is under way by either code."""
    return refund in REFUND_IN_PROGRESS or _known(order, "refund_status", REFUND) in REFUND_IN_PROGRESS


def deposit(order: Source) -> str | None:
    """How much of an order with a deposit is paid; ``None`` for an ordinary order."""
    step = order.child("step_order_info")
    if not step.data:
        return None
    return _code(step, "step_trade_status", _STEP) or "unpaid"


def _hold(order: Source, group: str | None, risk: str | None, confirm: str | None) -> None:
    findings = order.findings
    if group == "open":
        findings.hold("group_incomplete")
    if risk == "review":
        findings.hold("risk_review")
    if deposit(order) not in (None, "paid"):
        findings.hold("presale_unpaid")
    if confirm == "open" and not findings.hold_reasons:
        findings.hold("platform_hold")


def _code(order: Source, key: str, words: Mapping[str, str]) -> str | None:
    """The word for a documented number; one that came as text is taken and noted. ``None``, a note and a hold for any other."""
    value = order.raw(key)
    digits = _digits(value)
    if digits is not None and isinstance(value, str):
        order.findings.note(order.at(key), "type", "string")
    found = words.get(digits or "")
    if found is None:
        order.findings.unmapped(order.at(key), None if value is None else digits or "other")
    return found


def _known(order: Source, key: str, words: Mapping[str, str]) -> str | None:
    """The same where what is wrong with the code was noted before."""
    return words.get(_digits(order.raw(key)) or "")


def _is_paid(order: Source) -> bool:
    return to_utc(order.raw("pay_time"), ZONE, path=order.at("pay_time")) is not None


def _digits(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() else None
