"""What the hub keeps of a canonical order: projections that are not personal, and the whole order, to be sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from engine.errors import NodeError
from engine.json_text import digest, write_json
from engine.store.ports import Event, HubOrder

_NEEDED = ("channel", "channel_order_id", "status")


def to_hub_order(order: Mapping[str, Any], event: Event) -> HubOrder:
    """Raises ``NodeError`` with ``order.missing_field`` for an item that is no canonical order."""
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
        body=write_json(order),
        event_id=event.id,
        updated_at=event.received_at,
    )
