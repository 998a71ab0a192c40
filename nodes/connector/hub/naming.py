"""How the hub names an order that a node holds."""

from __future__ import annotations

from typing import Any, cast

from engine.sdk import HeldOrder, Item


def as_in_hub(order: Item) -> HeldOrder:
    """A part of a split order counts as its order: that is what the hub keeps, and of which a newer version may come."""
    channel, shop_id = (str(order.get(name) or "") for name in ("channel", "shop_id"))
    number = part_of_order(order) or str(order.get("channel_order_id") or "")
    return HeldOrder(channel, shop_id, number, str(order.get("version") or order.get("updated_at") or ""))


def part_of_order(order: Item) -> str | None:
    """The number of the order that this is a part of."""
    part = order.get("part")
    found = cast("dict[str, Any]", part).get("of_order") if isinstance(part, dict) else None
    return found if isinstance(found, str) and found else None
