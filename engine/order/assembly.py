"""What the mappings of all channels do alike once their fields are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.json_text import digest
from engine.order.money import format_money, sum_money
from engine.order.reading import Findings
from engine.order.statuses import REFUND_IN_PROGRESS, TO_SHIP
from engine.privacy.classes import Kind
from engine.privacy.masks import mask

Order = dict[str, Any]


def amounts(currency: str, **amount: Decimal | None) -> dict[str, str | None]:
    """The ``amount`` part from exact amounts; ``None`` stays ``null``."""
    names = ("items", "discount_seller", "discount_platform", "shipping", "tax", "paid")
    return {name: money_text(amount.get(name), currency) for name in names}


def money_text(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else format_money(amount, currency)


def receiver(**field: str | None) -> dict[str, str | None]:
    """The ``receiver`` part with every key. Masks that the channel does not send are computed from the clear values.

    Blind indexes stay ``null``: a pure mapping holds no key.
    """
    part = {name: field.get(name) for name in _RECEIVER}
    for name, kind in (("name", Kind.NAME), ("phone", Kind.PHONE), ("address", Kind.ADDRESS)):
        part[f"{name}_mask"] = part[f"{name}_mask"] or mask(part[name], kind)
    return part


_RECEIVER = (
    "name", "phone", "address", "country", "province", "city", "district", "town", "zip",
    "name_mask", "phone_mask", "address_mask", "phone_bidx", "address_bidx", "token",
)  # fmt: skip


def hold_unmapped_skus(lines: Sequence[Mapping[str, Any]], findings: Findings) -> None:
    """A line that is to be delivered and names no SKU cannot be picked."""
    if any(line["sku_code"] is None and line["qty"] > 0 for line in lines):
        findings.hold("sku_unmapped")


def hold_amount_mismatch(lines: Sequence[tuple[Decimal, int]], items: Decimal, findings: Findings) -> None:
    """``lines``: unit price and quantity. Their sum must be what the channel states for the goods; it is never rebalanced."""
    if sum_money(price * quantity for price, quantity in lines) != items:
        findings.hold("amount_mismatch")


def hold_refund_in_progress(status: str, refunds: Sequence[tuple[str, str]], findings: Findings) -> str:
    """``refunds``: refund status and status of each line. A refund under way on goods that are still to ship holds them.

    Returns the order's status: ``paid_hold`` instead of ``awaiting_fulfillment``; a partial shipment keeps its own.
    """
    if status not in TO_SHIP or not any(refund in REFUND_IN_PROGRESS and line in TO_SHIP for refund, line in refunds):
        return status
    findings.hold("refund_in_progress")
    return "paid_hold" if status == "awaiting_fulfillment" else status


def hold_missing_address(order: Mapping[str, Any], findings: Findings) -> None:
    """An order that is to ship needs at least an address or a token for one."""
    to = order["receiver"]
    if order["status"] in TO_SHIP and not (to["address"] or to["token"]):
        findings.hold("address_incomplete")


def finish(order: Order, findings: Findings, payload: object) -> Order:
    """The order with its hold reasons, source times, drift notes and version. What is refunded in full ships no further."""
    if order["payment_status"] == "refunded":
        _close_refunded(order, findings)
    order["hold_reasons"] = list(findings.hold_reasons)
    order["time_sources"] = findings.time_sources
    order["drift"] = list(findings.drift.values())
    order["version"] = order["updated_at"] or digest(payload)
    return order


def _close_refunded(order: Order, findings: Findings) -> None:
    """All money is back: what is not sent yet is closed; the rest of a partial shipment waits for a person."""
    if order["status"] == "partially_shipped":
        findings.hold("refund_in_progress")
    elif order["status"] == "awaiting_fulfillment":
        order["status"] = "closed_refunded"
        for line in order["lines"]:
            line["status"] = "closed_refunded" if line["status"] in TO_SHIP else line["status"]
