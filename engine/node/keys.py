"""Event keys and ordering keys (rule R4)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.json_text import digest
from engine.node.triggers import Arrival


@dataclass(frozen=True, slots=True)
class Keys:
    event: str
    order: str
    content: str
    delivery: str | None


def keys_of(arrival: Arrival) -> Keys:
    """Event key: channel, shop, order id, version; without an order id or a version the digest of the content stands in."""
    content = digest(arrival.content if arrival.content is not None else list(arrival.items))
    parts = (arrival.channel, arrival.shop_id, arrival.order_id if arrival.order_id else f"?{content}")
    order = "|".join(_part(part) for part in parts)
    return Keys(
        event=f"{order}|{_part(arrival.version or content)}",
        order=order,
        content=content,
        delivery=f"{arrival.channel}|{_part(arrival.delivery_id)}" if arrival.delivery_id else None,
    )


def _part(text: str) -> str:
    return text.replace("%", "%25").replace("|", "%7C")
