"""What a request hands to a target: which orders a parcel holds, or of which order it brings a part. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from engine.store.consignments import Consignment, Member

ORDERS: Final = "/orders"
NEWER_IS_HELD: Final = 409
"""By the contract for targets: what was sent is older than what the target holds, and changes nothing there."""
TO_WAREHOUSES: Final = "connector.to_wms"
"""The node whose orders a warehouse ships under the numbers that they have there."""
MOST_PARTS: Final = 10_000
Place = tuple[str, str, str]
Share = tuple[str, int, int]
"""The number of what was split, and which part of how many; 0 of 0 where it was not."""


def consignment_of(connection: str, content: Mapping[str, Any], event_id: int, use: str = "") -> Consignment | None:
    """``None`` for a request that hands over no order. Without members it hands over one whole order under its own number.

    ``use``: the name of the node type that sends it.
    """
    order = order_in(content)
    if order is None:
        return None
    channel, shop_id, number = name_of(order)
    share, merged = _share(_object(order.get("part")), number), _merged(order)
    is_led_by_a_part = bool(share[2]) and number in merged
    whole, part, parts = (number, 0, 0) if is_led_by_a_part else share
    members = _members(order, merged, share if is_led_by_a_part else (number, 0, 0), is_split=bool(parts))
    if parts and not merged:
        members = (Member(whole, _text(order.get("version")), lines=_ids(_lines(order))),)
    version, amount = _text(order.get("version")), _text(_object(order.get("amount")).get("paid"))
    day, ships = (_text(order.get("created_at")) or "")[:10], use == TO_WAREHOUSES
    return Consignment(connection, channel, shop_id, number, whole, part, parts, version, amount, day, event_id, members, ships)


def order_in(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The order that a request hands to a target by its contract, ``POST /orders``."""
    if content.get("method") != "POST" or content.get("path") != ORDERS:
        return None
    order = _object(content.get("json"))
    return order if order.get("channel_order_id") else None


def name_of(order: Mapping[str, Any]) -> Place:
    """Channel, shop and number, as the hub names orders."""
    return str(order.get("channel") or ""), str(order.get("shop_id") or ""), str(order["channel_order_id"])


def _merged(order: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """By number, those of the same channel and shop, which a source need not name: others are never merged. A parcel that all have left
    stands for those that left it last.
    """
    listed = order.get("merged_orders") or order.get("called_off")
    sources = [_object(one) for one in cast("list[object]", listed)] if isinstance(listed, list) else []
    channel, shop_id, _ = name_of(order)
    return {
        str(one["channel_order_id"]): one
        for one in sources
        if one.get("channel_order_id") and (one.get("channel") or channel, one.get("shop_id") or shop_id) == (channel, shop_id)
    }


def _members(order: Mapping[str, Any], merged: Mapping[str, Mapping[str, Any]], leader: Share, *, is_split: bool) -> tuple[Member, ...]:
    """``leader``: what the parcel's own number stands for, where its source does not say it."""
    lines, led = _lines(order), name_of(order)[2]
    found: list[Member] = []
    for number, source in sorted(merged.items()):
        told = _share(_object(source.get("part")), number)
        own = [line for line in lines if line.get("from_order") == number]
        found.append(
            _piece(number, source, own) if is_split else _member(number, source, told if told[2] or number != led else leader, own)
        )
    return tuple(found)


def _member(number: str, source: Mapping[str, Any], share: Share, own: Sequence[Mapping[str, Any]]) -> Member:
    whole, part, parts = share
    named, lines = (number, _ids(own)) if parts else ("", ())
    return Member(whole, _text(source.get("version")), _text(source.get("paid")), lines, part, parts, named)


def _piece(number: str, source: Mapping[str, Any], own: Sequence[Mapping[str, Any]]) -> Member:
    """Of a parcel that was split: an order of it may have nothing in this part."""
    return Member(number, _text(source.get("version")), _text(source.get("paid")), _ids(own) if own else None)


def _share(told: Mapping[str, Any], number: str) -> Share:
    whole, part, parts = told.get("of_order"), told.get("number"), told.get("of")
    if not isinstance(whole, str) or not whole or not _is_count(part) or not _is_count(parts):
        return number, 0, 0
    return whole, cast("int", part), cast("int", parts)


def _lines(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = order.get("lines")
    return [_object(one) for one in cast("list[object]", listed)] if isinstance(listed, list) else []


def _ids(lines: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(line["channel_line_id"]) for line in lines if line.get("channel_line_id") is not None)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_PARTS


def _object(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
