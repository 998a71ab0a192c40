"""Reasons to hold an order, as rules add them. Pure."""

from __future__ import annotations

from typing import Any, cast

from engine.sdk import HoldReason, Item


def with_reason(order: Item, reason: HoldReason) -> Item:
    """The order with one reason more, named once."""
    stated: Any = order.get("hold_reasons")
    had = cast("list[Any]", stated) if isinstance(stated, list) else []
    return {**order, "hold_reasons": [*had, *([] if reason in had else [reason])]}
