"""A canonical order as the courier wants it. Pure."""

from __future__ import annotations

from typing import Any, Final, cast

from engine.sdk import Item, Kind, NodeError, get, mask, may_ship

REQUIRED: Final = ("name", "phone", "address")
REGION: Final = ("country", "province", "city", "district", "town", "zip")
_MASKED: Final = "*"


def reference_of(order: Item) -> str:
    """What the courier knows the parcel by: one for each order, whatever its version, so that an order never gets two labels."""
    names = (order.get("channel"), order.get("shop_id") or "-", order.get("channel_order_id"))
    if not (names[0] and names[2]):
        raise NodeError("courier.no_order_number", path="channel_order_id")
    return "/".join(str(name) for name in names)


def waybill_of(order: Item, service: str) -> dict[str, Any]:
    """The body of ``POST /labels``. The courier needs the receiver in clear; ``printed`` is what may stand on the parcel.

    Raises ``NodeError``: ``courier.may_not_ship``, ``courier.no_order_number``, ``courier.missing_receiver``, ``courier.masked_receiver``.
    """
    if not may_ship(order):
        raise NodeError("courier.may_not_ship", path="status")
    receiver = {name: _needed(order, f"receiver.{name}") for name in REQUIRED}
    region = {name: value for name in REGION if (value := get(order, f"receiver.{name}", None))}
    return {
        "reference": reference_of(order),
        "service": service,
        "receiver": {**receiver, **region},
        "printed": _printed(receiver),
        "pieces": _pieces(order),
    }


def _needed(order: Item, path: str) -> str:
    value = get(order, path, None)
    if not isinstance(value, str) or not value.strip():
        raise NodeError("courier.missing_receiver", path=path)
    if _MASKED in value:
        raise NodeError("courier.masked_receiver", path=path)
    return value


def _printed(receiver: dict[str, str]) -> dict[str, str | None]:
    """GB/T 41833: a label must not show whom it is for, or how to call them."""
    return {name: mask(value, Kind(name), "waybill") for name, value in receiver.items()}


def _pieces(order: Item) -> int:
    lines = cast("list[Item]", order.get("lines") or [])
    return sum(int(line.get("qty") or 0) for line in lines)
