"""What the hub keeps of a canonical order: projections that are not personal, and the whole order, to be sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from engine.errors import NodeError
from engine.hub.parcels import parcel_of_order
from engine.hub.subjects import subjects_of, with_indexes
from engine.json_text import digest, write_json
from engine.order import hold_reasons_of, instant, utc_text
from engine.store.ports import Event, HubOrder, OrderLine

_NEEDED = ("channel", "channel_order_id", "status")
_MOST: Final = 2**53


def to_hub_order(order: Mapping[str, Any], event: Event, key: bytes = b"") -> HubOrder:
    """``key`` is that of the blind index. Raises ``NodeError`` with ``order.missing_field`` for an item that is no canonical order."""
    for name in _NEEDED:
        if not order.get(name):
            raise NodeError("order.missing_field", name, field=name)
    amount: Any = order.get("amount")
    paid: Any = cast("dict[str, Any]", amount).get("paid") if isinstance(amount, dict) else None
    return HubOrder(
        channel=str(order["channel"]),
        shop_id=str(order.get("shop_id") or ""),
        channel_order_id=str(order["channel_order_id"]),
        version=str(order.get("version") or order.get("updated_at") or ""),
        content=digest(order),
        status=str(order["status"]),
        currency=str(order.get("currency") or ""),
        amount_paid=str(paid or ""),
        display_no=str(order.get("display_no") or order["channel_order_id"]),
        created_at=order.get("created_at"),
        priority=str(order.get("priority") or ""),
        body=write_json(with_indexes(order, key)),
        event_id=event.id,
        updated_at=event.received_at,
        hold_reasons=hold_reasons_of(order),
        lines=tuple(_lines(order)),
        subjects=subjects_of(order, key),
        ship_by_at=_utc(order.get("ship_by_at")),
        parcel=parcel_of_order(order, key),
    )


def _utc(value: object) -> str | None:
    try:
        moment = instant(value) if isinstance(value, str) else None
    except NodeError:
        return None
    return None if moment is None else utc_text(moment)


def _lines(order: Mapping[str, Any]) -> list[OrderLine]:
    lines: Any = order.get("lines")
    parts = cast("list[object]", lines) if isinstance(lines, list) else []
    return [_line(cast("dict[str, Any]", part)) for part in parts if isinstance(part, dict)]


def _line(part: Mapping[str, Any]) -> OrderLine:
    return OrderLine(_text(part.get("sku_code")), _quantity(part.get("qty")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _quantity(value: object) -> int:
    return max(0, min(value, _MOST)) if isinstance(value, int) and not isinstance(value, bool) else 0
