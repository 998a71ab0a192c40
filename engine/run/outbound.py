"""What a warehouse took as one order although it is not simply one: which orders of the channel, or which lines, are in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from engine.run.effects import EffectRequest

TO_WAREHOUSES: Final = "connector.to_wms"
"""The node whose orders a warehouse ships under the numbers that they have there."""
_NEWER_IS_HELD: Final = 409
"""By the contract for targets: what was sent is older than what the warehouse holds, and changes nothing there."""
Object = Mapping[str, Any]


def outbound_of(use: str, request: EffectRequest, result: Any) -> dict[str, Any] | None:
    """``{channel, shop_id, channel_order_id, orders: [{channel_order_id, part?, parts?, lines?}]}`` of an order that a node of type
    ``use`` has handed over; ``None`` where it is a whole order under its own number, or nothing was handed over.
    """
    if use != TO_WAREHOUSES or request.kind != "http" or result["status"] == _NEWER_IS_HELD:
        return None
    order = _object(request.content.get("json"))
    part, members = _part(order), _objects(order.get("merged_orders"))
    numbers = [str(member["channel_order_id"]) for member in members if member.get("channel_order_id")]
    numbers = list(dict.fromkeys(numbers)) or ([str(part["of_order"])] if part else [])
    if not numbers:
        return None
    lines = _objects(order.get("lines"))
    own = {number: [line for line in lines if not members or line.get("from_order") == number] for number in numbers}
    name = {name: str(order.get(name) or "") for name in ("channel", "shop_id", "channel_order_id")}
    inside = [number for number in numbers if own[number] or not part]
    return {**name, "orders": [{"channel_order_id": number, **_share(part, own[number])} for number in inside]}


def _share(part: Object, lines: list[Object]) -> dict[str, Any]:
    if not part:
        return {}
    ids = [str(line["channel_line_id"]) for line in lines if line.get("channel_line_id") is not None]
    return {"part": part["number"], "parts": part["of"], "lines": ids}


def _part(order: Object) -> Object:
    part = _object(order.get("part"))
    return part if part.get("of_order") and _is_count(part.get("number")) and _is_count(part.get("of")) else {}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _object(value: Any) -> Object:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Object]:
    return [_object(one) for one in cast("list[Any]", value) if isinstance(one, dict)] if isinstance(value, list) else []
