"""Taobao's words for the state of a trade, in canonical ones.

Source: the status maps of the order domain; field documentation of taobao.trade.fullinfo.get.
"""

from __future__ import annotations

from engine.sdk import Source, to_utc

STATUS = {
    "TRADE_NO_CREATE_PAY": "pending_payment",
    "WAIT_BUYER_PAY": "pending_payment",
    "PAY_PENDING": "pending_payment",
    "WAIT_PRE_AUTH_CONFIRM": "paid_hold",
    "PAID_FORBID_CONSIGN": "paid_hold",
    "WAIT_SELLER_SEND_GOODS": "awaiting_fulfillment",
    "SELLER_CONSIGNED_PART": "partially_shipped",
    "WAIT_BUYER_CONFIRM_GOODS": "shipped",
    "TRADE_BUYER_SIGNED": "delivered",
    "TRADE_FINISHED": "completed",
    "TRADE_CLOSED": "closed_refunded",
    "TRADE_CLOSED_BY_TAOBAO": "cancelled",
}
REFUND = {
    "NO_REFUND": "none",
    "WAIT_SELLER_AGREE": "requested",
    "WAIT_BUYER_RETURN_GOODS": "returning",
    "WAIT_SELLER_CONFIRM_GOODS": "processing",
    "SELLER_REFUSE_BUYER": "refused",
    "CLOSED": "closed",
    "SUCCESS": "succeeded",
}
_HOLD_FLAGS = ("top_hold", "forbid_consign", "team_buy_hold", "ofp_hold", "share_group_hold", "is_sh_ship")
_FINAL_UNPAID = frozenset({"FRONT_NOPAID_FINAL_NOPAID", "FRONT_PAID_FINAL_NOPAID", "FRONT_PAID_FRONT_FORFEITED"})
_PART_SENT = "SELLER_CONSIGNED_PART"
_PRE_AUTHORISED = "WAIT_PRE_AUTH_CONFIRM"
_ON_DELIVERY = "cod"
"""Cash on delivery: to ship, although nobody has paid yet."""
_DEPOSIT_PAID = frozenset({"FRONT_PAID_FINAL_NOPAID", "FRONT_PAID_FRONT_FORFEITED"})
_TO_SHIP = frozenset({"awaiting_fulfillment", "partially_shipped"})
_OVER = frozenset({"delivered", "completed", "cancelled", "closed_refunded"})
_UNPAID = frozenset({"pending_payment", "cancelled"})


def trade_status(trade: Source) -> str:
    """The trade's status. Whatever forbids shipping holds it: a platform's flag, a group that is not complete, a final payment due."""
    status = trade.word("status", STATUS, "unknown")
    _hold_by_flags(trade, status)
    if status not in _OVER:
        _hold_presale(trade, status)
    held = trade.findings.hold_reasons
    return "paid_hold" if status == "awaiting_fulfillment" and held else status


def line_refund(line: Source) -> str:
    """A sub-order's refund status. One that we do not know counts as requested: it holds the order instead of shipping it.

    The platform always tells one (``NO_REFUND`` for none): where it is gone nobody knows, and the order is held.
    """
    if line.text("refund_status"):
        return line.word("refund_status", REFUND, "requested")
    line.findings.unmapped(line.at("refund_status"), None)
    return "none"


def line_status(line: Source, trade: Source, refund: str) -> str:
    """A sub-order's status; the trade's where the sub-order tells none. One that is refunded before it was sent is closed.

    Of a trade that is sent in part nobody knows then whether this one has gone: it is held.
    """
    told = trade.text("status")
    if line.text("status") or told == _PART_SENT:
        status = line.word("status", STATUS, "unknown")
    else:
        line.findings.note(line.at("status"), "missing")
        status = STATUS.get(told or "", "unknown")
    return "closed_refunded" if refund == "succeeded" and status == "awaiting_fulfillment" else status


def payment_status(trade: Source, status: str, line_refunds: list[str]) -> str:
    """From the status, the presale stage and the sub-orders' refunds."""
    if status == "closed_refunded" or (line_refunds and all(refund == "succeeded" for refund in line_refunds)):
        return "refunded"
    if trade.text("step_trade_status") in _DEPOSIT_PAID:
        return "deposit_paid"
    is_paid = to_utc(trade.raw("pay_time"), "+08:00", path=trade.at("pay_time")) is not None
    if status in _UNPAID or (not is_paid and not _must_be_paid(trade, status)):
        return "unpaid"
    if not is_paid:
        trade.findings.note(trade.at("pay_time"), "missing")
    return "partially_refunded" if "succeeded" in line_refunds else "paid"


def _must_be_paid(trade: Source, status: str) -> bool:
    """Whether a trade in this state has been paid, whatever its time of payment says."""
    waits = trade.text("status") == _PRE_AUTHORISED or trade.text("step_trade_status") in _FINAL_UNPAID
    return status != "unknown" and not waits and trade.text("type") != _ON_DELIVERY


def _hold_by_flags(trade: Source, status: str) -> None:
    flags = [flag for flag in _HOLD_FLAGS if trade.flag(flag)]
    forbidden = status == "paid_hold" or (status in _TO_SHIP and flags)
    if forbidden:
        trade.findings.hold("platform_hold")
    if forbidden and "team_buy_hold" in flags:
        trade.findings.hold("group_incomplete")


def _hold_presale(trade: Source, status: str) -> None:
    stage = trade.text("step_trade_status")
    if stage in _DEPOSIT_PAID or (stage in _FINAL_UNPAID and status in _TO_SHIP):
        trade.findings.hold("presale_unpaid")
    elif stage and stage not in _FINAL_UNPAID and stage != "FRONT_PAID_FINAL_PAID":
        trade.findings.unmapped(trade.at("step_trade_status"), stage)
