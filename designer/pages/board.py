"""The counts of the overview: read at most once a second, however many people look."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from time import monotonic
from typing import Any

from engine.app import Orderloom, now
from engine.inspection import masked_order
from engine.store.ports import HubOrder, Incident

FRESH_SECONDS = 0.9
SPAN_SECONDS = 60
UNSEEN_SECONDS = 3.0
"""Where nobody has looked for longer, what came in between is read from the store."""
NEWEST = 14


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """``masked`` is ``None`` where the personal data was erased."""

    order: HubOrder
    masked: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class FlowCounts:
    flow: str
    states: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``rate``: runs accepted in each of the last seconds, oldest first; ``more_incidents``: there are more than are listed."""

    flows: Sequence[FlowCounts]
    channels: Mapping[str, int]
    orders: Sequence[ShownOrder]
    incidents: Sequence[Incident]
    more_incidents: bool
    rate: Sequence[float]
    blocked: int = 0

    def count(self, *states: str) -> int:
        return sum(flow.states.get(state, 0) for flow in self.flows for state in states)

    @property
    def total(self) -> int:
        return sum(flow.total for flow in self.flows)


class Board:
    """One for each running engine."""

    def __init__(self, engine: Orderloom) -> None:
        self._engine = engine
        self._lock = asyncio.Lock()
        self._taken_at = float("-inf")
        self._totals: deque[tuple[float, int]] = deque(maxlen=SPAN_SECONDS + 2)
        self._last: Snapshot | None = None

    async def current(self) -> Snapshot:
        async with self._lock:
            if self._last is None or monotonic() - self._taken_at > FRESH_SECONDS:
                self._last = await self._take()
            return self._last

    async def _take(self) -> Snapshot:
        store = self._engine.store
        counts = await store.run_counts()
        orders = await store.orders(limit=NEWEST)
        incidents = await store.incidents(limit=5)
        total, before = sum(counts.values()), self._taken_at
        self._taken_at = monotonic()
        if self._taken_at - before > UNSEEN_SECONDS:
            self._totals.clear()
            self._totals.extend(
                totals_before(self._taken_at, total, await store.accepted_by_second(now() - timedelta(seconds=SPAN_SECONDS)))
            )
        self._totals.append((self._taken_at, total))
        return Snapshot(
            flows=_by_flow(counts, list(await store.published())),
            channels=dict(sorted((await store.order_counts()).items())),
            orders=[shown(order) for order in orders.items],
            incidents=incidents.items,
            more_incidents=incidents.next is not None,
            rate=per_second(self._totals),
            blocked=self._engine.standstill.last.blocked,
        )


def shown(order: HubOrder) -> ShownOrder:
    return ShownOrder(order, masked_order(order) if order.body else None)


def totals_before(at: float, total: int, accepted: Mapping[int, int]) -> list[tuple[float, int]]:
    """What readings at the end of each of the last seconds would have been; ``accepted``: the growth in each of them, oldest first."""
    readings: list[tuple[float, int]] = []
    for second in reversed(range(SPAN_SECONDS)):
        total -= accepted.get(second, 0)
        readings.append((at - SPAN_SECONDS + second, total))
    return readings[::-1]


def per_second(totals: Sequence[tuple[float, int]]) -> list[float]:
    """Growth of a total in each second up to the last reading, oldest first; where nobody looked for longer it is spread evenly."""
    rates = [0.0] * SPAN_SECONDS
    end = totals[-1][0] if totals else 0.0
    for (since, before), (at, after) in pairwise(totals):
        seconds = max(round(at - since), 1)
        for second in range(seconds):
            place = SPAN_SECONDS - 1 - round(end - at) - second
            if place >= 0:
                rates[place] += max(after - before, 0) / seconds
    return rates


def _by_flow(counts: Mapping[tuple[str, Any], int], published: Sequence[str]) -> list[FlowCounts]:
    flows: dict[str, dict[str, int]] = {name: {} for name in published}
    for (flow, state), number in counts.items():
        flows.setdefault(flow, {})[state] = number
    return [FlowCounts(flow, states) for flow, states in sorted(flows.items())]
