"""What a request hands to a target: which orders a parcel holds, or of which order it brings a part. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from engine.store.consignments import Consignment, Member

ORDERS: Final = "/orders"
NEWER_IS_HELD: Final = 409
"""By the contract for targets: what was sent is older than what the target holds, and changes nothing there."""
MOST_PARTS: Final = 10_000
Place = tuple[str, str, str]


def consignment_of(connection: str, content: Mapping[str, Any], event_id: int) -> Consignment | None:
    """``None`` for a request that hands over no order. Without members it hands over one whole order under its own number."""
    order = order_in(content)
    if order is None:
        return None
    channel, shop_id, number = name_of(order)
    members = _merged(order)
    whole, part, parts = _part(order, number)
    if parts and any(one.channel_order_id == number for one in members):
        whole, part, parts = number, 0, 0  # what was split from an order leads a parcel
    version, amount = _text(order.get("version")), _text(_object(order.get("amount")).get("paid"))
    if parts and not members:
        members = {Member(whole, version)}
    by_number = tuple(sorted(members, key=lambda one: one.channel_order_id))
    day = (_text(order.get("created_at")) or "")[:10]
    return Consignment(connection, channel, shop_id, number, whole, part, parts, version, amount, day, event_id, by_number)


def order_in(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The order that a request hands to a target by its contract, ``POST /orders``."""
    if content.get("method") != "POST" or content.get("path") != ORDERS:
        return None
    order = _object(content.get("json"))
    return order if order.get("channel_order_id") else None


def name_of(order: Mapping[str, Any]) -> Place:
    """Channel, shop and number, as the hub names orders."""
    return str(order.get("channel") or ""), str(order.get("shop_id") or ""), str(order["channel_order_id"])


def _merged(order: Mapping[str, Any]) -> set[Member]:
    """Of the same channel and shop: others are never merged. A parcel that all have left stands for those that left it last."""
    listed = order.get("merged_orders") or order.get("called_off")
    sources = [_object(one) for one in cast("list[object]", listed)] if isinstance(listed, list) else []
    own = name_of(order)[:2]
    newest = {name[2]: one for one in sources if one.get("channel_order_id") and (name := name_of(one))[:2] == own}
    return {Member(number, _text(one.get("version")), _text(one.get("paid"))) for number, one in newest.items()}


def _part(order: Mapping[str, Any], number: str) -> tuple[str, int, int]:
    told = _object(order.get("part"))
    whole, part, parts = told.get("of_order"), told.get("number"), told.get("of")
    if not isinstance(whole, str) or not whole or not _is_count(part) or not _is_count(parts):
        return number, 0, 0
    return whole, cast("int", part), cast("int", parts)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_PARTS


def _object(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
