"""The orders that a simulated channel holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class KeptOrder:
    """``body``: the order as the platform's detail call shows it. All times are aware; ``listed_from``: when lists begin to show it.

    ``history``: the states it had, with the time of each; ``notes``: what a channel keeps beside (a waybill, say).
    """

    id: str
    state: str
    body: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    listed_from: datetime
    history: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    notes: dict[str, Any] = field(default_factory=dict[str, Any])


class KeptOrders:
    """By id, in the order of their creation."""

    def __init__(self) -> None:
        self._by_id: dict[str, KeptOrder] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[KeptOrder]:
        return iter(self._by_id.values())

    def add(self, order: KeptOrder) -> None:
        self._by_id[order.id] = order

    def find(self, order_id: str) -> KeptOrder | None:
        return self._by_id.get(order_id)

    def changed(self, since: datetime, until: datetime, now: datetime) -> list[KeptOrder]:
        """Those changed from ``since`` to ``until`` (both counted), newest first, that lists show by now."""
        found = [one for one in self if since <= one.updated_at <= until and one.listed_from <= now]
        return sorted(found, key=lambda one: (one.updated_at, one.id), reverse=True)

    def created(self, since: datetime, until: datetime, now: datetime) -> list[KeptOrder]:
        """The same by time of creation."""
        found = [one for one in self if since <= one.created_at <= until and one.listed_from <= now]
        return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)
