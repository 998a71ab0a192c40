"""What moves in one flow: counts at its nodes, open incidents, runs, and which draft and version are held."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.app import Orderloom
from engine.run.tally import NodeTally
from engine.run.taps import Tapped
from engine.store.ports import RunState

LOOK_EVERY: Final = 0.5
AT_MOST_EVERY: Final = 1.0
AT_LEAST_EVERY: Final = 10.0
_ENDS: Final[tuple[RunState, ...]] = ("done", "parked", "failed", "cancelled")
_NOTHING: Final = NodeTally()


@dataclass(frozen=True, slots=True)
class NodeCounts:
    """Since the process started; ``ms`` is a mean duration, ``open`` how many incidents stand open here now."""

    items: int
    failed: int
    out: Mapping[str, int]
    calls: int
    ms: float | None
    open: int


@dataclass(frozen=True, slots=True)
class FlowCounts:
    """``version`` is the published one and ``draft`` the draft's ETag, ``None`` where there is none; ``runs`` by state."""

    version: int | None
    since: str
    draft: str | None
    nodes: Mapping[str, NodeCounts]
    runs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Reading:
    mark: tuple[int, ...]
    at: float
    counts: FlowCounts


class FlowFeeds:
    """One reading of a flow serves everybody who watches it."""

    def __init__(self, orderloom: Orderloom) -> None:
        self._orderloom = orderloom
        self._readings: dict[str, _Reading] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def watch(self, flow: str, closing: asyncio.Event) -> AsyncGenerator[FlowCounts | Tapped]:
        """Until ``closing``: counts at once, whenever something moved, and every few seconds; and what passes the taps meanwhile.

        Raises ``NotFound``.
        """
        seen: FlowCounts | None = None
        number, taps = 0, self._orderloom.world.taps
        with taps.watching(flow):
            while not closing.is_set():
                counts = await self.current(flow)
                if counts is not seen:
                    seen = counts
                    yield counts
                for tapped in taps.since(flow, number):
                    number = tapped.number
                    yield tapped
                await _until(closing, LOOK_EVERY)

    async def current(self, flow: str) -> FlowCounts:
        """The last reading while nothing has moved since, else a new one; never more than one a second. Raises ``NotFound``."""
        async with self._locks[flow]:
            held, mark = self._readings.get(flow), self._mark(flow)
            if held is not None and not _is_over(held, mark):
                return held.counts
            reading = self._readings[flow] = _Reading(mark, time.monotonic(), await self._read(flow))
            return reading.counts

    def _mark(self, flow: str) -> tuple[int, ...]:
        """Costs no query: what this process has counted, ended, saved and taken up."""
        orderloom = self._orderloom
        ended = sum(orderloom.dispatcher.ended[flow, state] for state in _ENDS)
        moves = orderloom.world.tally.moves(flow)
        return moves, ended, orderloom.dispatcher.waiting, orderloom.store.drafts_saved(), orderloom.flows.version(flow) or 0

    async def _read(self, flow: str) -> FlowCounts:
        store = self._orderloom.store
        record = await store.flow(flow)
        runs = {state: count for (name, state), count in sorted((await store.run_counts()).items()) if name == flow}
        incidents = {step: count for (name, step), count in (await store.incident_counts()).items() if name == flow}
        since = self._orderloom.started_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        return FlowCounts(record.published, since, record.draft_etag, await self._nodes(flow, incidents), runs)

    async def _nodes(self, flow: str, incidents: Mapping[str, int]) -> dict[str, NodeCounts]:
        """Those of the published version, and whatever else has something to show."""
        plan, tally = await self._orderloom.flows.newest(flow), self._orderloom.world.tally.nodes(flow)
        slugs = dict.fromkeys([*(plan.by_slug if plan else ()), *tally, *incidents])
        return {slug: _counts(tally.get(slug, _NOTHING), incidents.get(slug, 0)) for slug in slugs}


def _is_over(held: _Reading, mark: tuple[int, ...]) -> bool:
    age = time.monotonic() - held.at
    return age >= (AT_MOST_EVERY if mark != held.mark else AT_LEAST_EVERY)


def _counts(tally: NodeTally, incidents: int) -> NodeCounts:
    ms = None if tally.ms is None else round(tally.ms, 3)
    return NodeCounts(tally.items, tally.failed, dict(tally.out), tally.calls, ms, incidents)


async def _until(closing: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return
