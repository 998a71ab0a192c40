"""A replay: event by event, oldest first, in a thread beside the loop that takes orders in. Only reads the store."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from engine.errors import InputInvalid, OrderloomError, Problem
from engine.flow.calls import NO_CALLS, Called
from engine.flow.reader import read_flow
from engine.registry import Registry
from engine.replay.cases import Case, Outcome, PlayedCase, Versions, outcome_of
from engine.replay.groups import Summary
from engine.replay.played import played_of
from engine.run.changes import Change
from engine.run.plan import Plan
from engine.store.filters import EventFilter
from engine.store.ports import Event, Recording, RunFilter, Store, TrafficOrder
from engine.threads import DaemonThreads

USUAL: Final = 10_000
MOST: Final = 50_000
"""Events in one replay: as many as are asked for unless told otherwise, and the most that may be asked for."""
_AT_ONCE: Final = 25
"""Events that are read, computed and handed on together: what is held in memory at a time, and how long an end is waited for."""
_PAGE: Final = 500
ERASED: Final = "event.erased"
AT_WORK = DaemonThreads(1, "replay")


@dataclass(frozen=True, slots=True)
class Span:
    """Events received from ``since`` on and before ``until``; aware times, ``None`` leaves an end open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """An event of which something else would become."""

    event: int
    order_key: str
    received_at: datetime
    changes: Sequence[Change]


@dataclass(slots=True)
class Counts:
    """``total`` events in the span, ``done`` so far: they are the ``same`` or ``differing``, or were passed over as ``erased`` or
    ``unreadable`` (by the code of the problem). ``captured``: requests that no recorded answer fitted; ``drifted``: runs that were
    recorded under other code than that which computed them again (rule R8).
    """

    total: int = 0
    done: int = 0
    same: int = 0
    differing: int = 0
    erased: int = 0
    captured: int = 0
    drifted: int = 0
    unreadable: Counter[str] = field(default_factory=Counter[str])


class Replay:
    """``counts`` and ``summary`` grow while ``orders`` is walked through; ``stop`` ends it after a few more events.

    ``document`` is the flow to compare with, ``calls`` what it gets of those that it calls; ``recording``: the orders of a recording are
    run, instead of those of the span. Raises ``FlowInvalid`` where it cannot run.
    """

    def __init__(
        self, store: Store, registry: Registry, flow: str, document: bytes, span: Span, limit: int = USUAL,
        calls: Mapping[str, Called] = NO_CALLS, recording: int | None = None,
    ) -> None:  # fmt: skip
        self.counts, self.summary = Counts(), Summary()
        self._recording = recording
        self._store, self._flow, self._span, self._limit = store, flow, span, limit
        self._after = Plan(read_flow(document, flow), registry, calls=calls)
        self._versions = Versions(store, registry)
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True

    @property
    def stopped(self) -> bool:
        return self._stopping

    async def orders(self, progressed: Callable[[Counts], None] = lambda _: None) -> AsyncGenerator[OrderChanges]:
        """Those that differ, oldest first. Raises ``InputInvalid`` (``replay.too_many``)."""
        async for cases in self._cases() if self._recording is None else self._recorded(self._recording):
            for outcome in await self._through(cases):
                self._count(outcome)
                if outcome.changes:
                    yield OrderChanges(outcome.event.id, outcome.event.order_key, outcome.event.received_at, outcome.changes)
            progressed(self.counts)
            if self._stopping:
                return

    async def _cases(self) -> AsyncGenerator[list[Case | PlayedCase | Outcome]]:
        events, prints = await self._events()
        self.counts.total = len(events)
        for start in range(0, len(events), _AT_ONCE):
            yield await self._read(events[start : start + _AT_ONCE], prints)

    async def _recorded(self, recording: int) -> AsyncGenerator[list[Case | PlayedCase | Outcome]]:
        await self._store.traffic(recording)
        orders: list[TrafficOrder] = []
        while page := await self._store.traffic_orders(recording, after=orders[-1].event_id if orders else 0, limit=_PAGE):
            orders += page
        mine = [one for one in orders if one.flow == self._flow]
        if orders and not mine:
            raise InputInvalid(Problem("recording.other_flow", (self._flow,), {"flows": sorted({one.flow for one in orders})}))
        self.counts.total = len(mine)
        for start in range(0, len(mine), _AT_ONCE):
            yield [await self._played(one) for one in mine[start : start + _AT_ONCE]]

    async def _played(self, order: TrafficOrder) -> PlayedCase | Outcome:
        try:
            if not order.reason:
                return PlayedCase(await self._versions.plan(order.flow, order.version), played_of(order))
            reason = order.reason
        except OrderloomError as error:
            reason = error.problems[0].code
        event = Event(
            order.event_id,
            order.flow,
            order.version,
            order.trigger,
            "",
            order.order_key,
            order.received_at,
            "",
            passes=False,
            conflict=False,
        )
        return Outcome(event, passed_over=reason)

    async def _events(self) -> tuple[list[Event], dict[int, str]]:
        """Oldest first, and the fingerprints of their runs."""
        since, until = self._span.since, self._span.until
        found: list[Event] = []
        cursor: str | None = None
        while True:
            page = await self._store.events(EventFilter(flow=self._flow, since=since, until=until), limit=_PAGE, cursor=cursor)
            found += page.items
            cursor = page.next
            if len(found) > self._limit:
                raise InputInvalid(Problem("replay.too_many", (self._flow,), {"limit": self._limit, "most": MOST}))
            if cursor is None:
                break
        prints: dict[int, str] = {}
        while True:
            runs = await self._store.runs(RunFilter(flow=self._flow, since=since, until=until), limit=_PAGE, cursor=cursor)
            prints.update((run.id, run.fingerprint) for run in runs.items)
            cursor = runs.next
            if cursor is None:
                return found[::-1], prints

    async def _read(self, events: Sequence[Event], prints: Mapping[int, str]) -> list[Case | PlayedCase | Outcome]:
        kept = await self._store.recordings([event.id for event in events])
        return [await self._case(event, kept.get(event.id), prints.get(event.id, "")) for event in events]

    async def _case(self, event: Event, kept: Recording | None, fingerprint: str) -> Case | Outcome:
        if kept is None:
            return Outcome(event, passed_over=ERASED)
        try:
            return Case(event, await self._versions.plan(event.flow, event.version), kept, fingerprint)
        except OrderloomError as error:
            return Outcome(event, passed_over=error.problems[0].code)

    async def _through(self, cases: Sequence[Case | PlayedCase | Outcome]) -> list[Outcome]:
        return await asyncio.wrap_future(AT_WORK.submit(lambda: asyncio.run(self._outcomes(cases))))

    async def _outcomes(self, cases: Sequence[Case | PlayedCase | Outcome]) -> list[Outcome]:
        return [case if isinstance(case, Outcome) else await outcome_of(case, self._after) for case in cases]

    def _count(self, outcome: Outcome) -> None:
        counts = self.counts
        counts.done += 1
        counts.captured += outcome.captured
        counts.drifted += outcome.drifted
        self.summary.add(outcome.event.order_key, outcome.changes, outcome.failures)
        if outcome.passed_over == ERASED:
            counts.erased += 1
        elif outcome.passed_over:
            counts.unreadable[outcome.passed_over] += 1
        elif outcome.changes:
            counts.differing += 1
        else:
            counts.same += 1
