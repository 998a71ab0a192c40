"""A window of time read from its last page to its first, as platforms demand whose lists are sorted by time of change.

An order that changes meanwhile leaves the window and moves all behind it one place forward: read forward, one of them would be jumped
over. The first look is at page 1, which tells how many there are; the last one is at page 1 again. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple

from engine.sdk import Delivery, Item, NodeError, Portion, digest, instant, write_json
from nodes.connector.arrivals import text_at
from nodes.connector.windows import Listed, Window


class Page(NamedTuple):
    """Whole orders, and how many there are in the window."""

    orders: Sequence[Item]
    total: int


class Names(NamedTuple):
    """Which fields of an order are its number and its time of change, which is in ``zone``."""

    number: str
    changed: str
    zone: str


def number_of(window: Window) -> int:
    """The page to ask for."""
    return window.mark if isinstance(window.mark, int) and window.mark > 0 else 1


def portion(window: Window, page: Page, size: int, names: Names, now: datetime) -> Portion:
    """What a page brought: those of its orders that were not taken before, and where the next look goes on."""
    by_name = {one.name: (one, order) for one, order in listed(page.orders, names, window.until)}
    fresh = [one for one, _ in by_name.values() if one.name not in window.seen]
    taken = window.with_taken(fresh)
    ahead = _before(window.mark, page.total, size)
    cursor = taken.ended() if ahead is None else taken.at(ahead)
    deliveries = [Delivery(write_json(by_name[one.name][1])) for one in fresh]
    return Portion(deliveries, cursor, ahead is not None or window.behind(now))


def _before(mark: Any, total: int, size: int) -> int | None:
    if isinstance(mark, int) and mark > 0:
        return mark - 1 if mark > 1 else None
    last = ceil(total / size)
    return last if last > 1 else None


def listed(orders: Iterable[Item], names: Names, otherwise: datetime) -> Iterable[tuple[Listed, Item]]:
    """Known by its content: an order may change twice in the second that is its version, and one without a number or a time is taken
    as well, for what is wrong with it shows later.
    """
    for order in orders:
        number, changed = text_at(order, names.number), text_at(order, names.changed)
        yield Listed(f"{number} {digest(order)[:16]}", _moment(changed, names.zone) or otherwise), order


def _moment(text: str | None, zone: str) -> datetime | None:
    try:
        return instant(text, zone)
    except NodeError:
        return None
