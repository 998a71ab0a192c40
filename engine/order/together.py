"""Which orders may travel in one parcel: what speaks against it, and what must be equal. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeGuard, cast

from engine.json_text import canonical_json
from engine.order.statuses import REFUND_IN_PROGRESS, hold_reasons_of
from engine.privacy.blind import normalised
from engine.privacy.classes import Kind

MERGE_WAIT: Final = "merge_wait"
Obstacle = Literal["not_to_ship", "held", "on_delivery", "presale", "refund", "gift", "no_buyer", "no_receiver"]
_REGION: Final = ("country", "province", "city", "district", "town")


def apart(order: Mapping[str, Any]) -> Obstacle | None:
    """Why an order has to travel alone; ``None`` where nothing speaks against company."""
    if order.get("status") != "awaiting_fulfillment":
        return "not_to_ship"
    return _by_payment(order) or _by_whom(order)


def parcel_key(order: Mapping[str, Any]) -> bytes:
    """Equal for orders that may share a parcel: one shop, buyer, receiver, invoice, currency and warehouse. Personal: not to be kept."""
    own = [order.get(name) for name in ("channel", "shop_id", "currency", "warehouse")]
    return canonical_json([own, _buyer(order), _receiver(order), _invoice(order)])


def _by_payment(order: Mapping[str, Any]) -> Obstacle | None:
    payment, held = order.get("payment_status"), set(hold_reasons_of(order)) - {MERGE_WAIT}
    if payment == "deposit_paid" or "presale_unpaid" in held or order.get("presale") is True or _has(order, "presale", {True}):
        return "presale"
    if payment == "unpaid":
        return "on_delivery"
    refunds = REFUND_IN_PROGRESS | {"succeeded"}
    if payment in ("refunded", "partially_refunded") or order.get("refund_status") in refunds or _has(order, "refund_status", refunds):
        return "refund"
    return "held" if held else None


def _by_whom(order: Mapping[str, Any]) -> Obstacle | None:
    if order.get("is_gift") is True:
        return "gift"
    if _buyer(order) is None:
        return "no_buyer"
    return "no_receiver" if _receiver(order) is None else None


def _buyer(order: Mapping[str, Any]) -> list[str] | None:
    buyer = _part(order, "buyer")
    for name, kind in (("ref", Kind.TEXT), ("email", Kind.EMAIL), ("nick", Kind.TEXT)):
        if _is_clear(value := buyer.get(name)):
            return [name, normalised(value, kind)]
    return None


def _receiver(order: Mapping[str, Any]) -> list[str] | None:
    """In clear, or by the channel's handle together with all that is masked: a handle alone may differ for one receiver."""
    to = _part(order, "receiver")
    name, phone, address = (to.get(one) for one in ("name", "phone", "address"))
    region = [_text(to.get(one)) for one in _REGION]
    if _is_clear(name) and _is_clear(phone) and _is_clear(address):
        return ["clear", _text(name), normalised(phone, Kind.PHONE), *region, _text(address)]
    if not _text(to.get("token")):
        return None
    return ["handle", str(to["token"]), *(_text(one) for one in (name, phone, address)), *region]


def _invoice(order: Mapping[str, Any]) -> list[str]:
    invoice = _part(order, "invoice")
    return [_text(invoice.get("title")), _text(invoice.get("tax_no"))]


def _has(order: Mapping[str, Any], field: str, values: set[Any] | frozenset[str]) -> bool:
    lines: Any = order.get("lines")
    parts = cast("list[object]", lines) if isinstance(lines, list) else []
    found = (cast("dict[str, Any]", line).get(field) for line in parts if isinstance(line, dict))
    return any(value == one for value in found for one in values)


def _is_clear(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip()) and "*" not in value and not value.startswith("~")


def _text(value: object) -> str:
    return normalised(value, Kind.TEXT) if isinstance(value, str) else ""


def _part(order: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = order.get(name)
    return cast("dict[str, Any]", part) if isinstance(part, dict) else {}
