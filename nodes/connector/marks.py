"""A window of time read from mark to mark, as platforms offer whose lists go by a cursor: what changes meanwhile moves nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from engine.sdk import Delivery, Item, Portion, write_json
from nodes.connector.arrivals import as_item
from nodes.connector.pages import Names, listed
from nodes.connector.windows import Window


def portion(window: Window, orders: Sequence[Item], ahead: str | None, names: Names, headers: Mapping[str, str]) -> Portion:
    """Those of the orders that were not taken before, and where the next look goes on: at the mark ``ahead``, or after the window.

    ``headers``: what each delivery says beside its order.
    """
    by_name = {one.name: (one, order) for one, order in listed(orders, names, window.until)}
    fresh = [one for one, _ in by_name.values() if one.name not in window.seen]
    taken = window.with_taken(fresh)
    deliveries = [Delivery(write_json(by_name[one.name][1]), headers) for one in fresh]
    if ahead is not None and ahead != window.mark:
        return Portion(deliveries, taken.at(ahead), more=True)
    return Portion(deliveries, taken.ended(), more=taken.aside is not None)


def anew(window: Window) -> Portion:
    """The window from its beginning, where the platform no longer knows the mark."""
    return Portion([], replace(window, mark=None).at(None), more=True)


def mark_of(window: Window) -> str | None:
    return window.mark if isinstance(window.mark, str) else None


def items_at(body: Any, key: str) -> list[Item] | None:
    """The objects of a list in an answer; ``None`` where there is no such list."""
    rows: Any = as_item(body).get(key)
    if not isinstance(rows, list):
        return None
    found = [cast("Item", row) for row in cast("list[Any]", rows) if isinstance(row, dict)]
    return found if len(found) == len(cast("list[Any]", rows)) else None
