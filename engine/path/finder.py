"""Looks again and again for orders that have not reached a stage of their path in its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from engine.connection.gates import GateState
from engine.errors import OrderloomError
from engine.flow.references import connections_of
from engine.intake.published import PublishedFlows
from engine.node.keys import parts_of
from engine.path.stages import TIMED, Timed, stage_of
from engine.path.stuck import Cause, Resting, StuckOrder, Why, late_stage, why
from engine.path.times import ExpectedTimes, kept_times
from engine.run.facts import read_facts
from engine.run.plan import Plan
from engine.store.ports import Event, HubOrder, IncidentFilter, OrderFilter, Run, RunFilter, RunState, Store, WaitFilter

MOST: Final = 500
"""Of the runs that have not ended, the oldest so many are looked at in one go."""
LISTED: Final = 5000
UNFINISHED: Final[tuple[RunState, ...]] = ("parked", "waiting", "queued", "running", "cancelling")
TO_SHIP: Final = ("awaiting_fulfillment", "partially_shipped")
SHIPPED_EVERY: Final = timedelta(minutes=5)
"""Who is not shipped after days need not be looked for every few seconds."""


class AtWork(Protocol):
    def at_work(self, event_id: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class StuckFilter:
    """All parts hold together."""

    stage: Timed | None = None
    channel: str | None = None
    cause: Cause | None = None

    def fits(self, one: StuckOrder) -> bool:
        return self.stage in (None, one.stage) and self.channel in (None, one.channel) and self.cause in (None, one.why.cause)


@dataclass(frozen=True, slots=True)
class StuckLook:
    """What a look found, oldest first. ``more``: there may be others. ``at``: when; ``None`` before the first one."""

    orders: Sequence[StuckOrder] = ()
    more: bool = False
    at: datetime | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """By stage, with those at which nothing is late."""
        found = Counter(one.stage for one in self.orders)
        return {stage: found[stage] for stage in TIMED}

    @property
    def oldest(self) -> Mapping[str, str]:
        """The number of the order that is late the longest, by stage."""
        found: dict[str, str] = {}
        for one in self.orders:
            found.setdefault(one.stage, one.number)
        return found

    def chosen(self, where: StuckFilter) -> list[StuckOrder]:
        return [one for one in self.orders if where.fits(one)]


class StuckOrders:
    """``look`` is called again and again; ``last`` is what it found. ``gates``: how each connection is doing."""

    def __init__(
        self, store: Store, flows: PublishedFlows, work: AtWork, gates: Callable[[], Mapping[str, GateState]], now: Callable[[], datetime]
    ) -> None:
        self._store, self._flows, self._work, self._gates, self._now = store, flows, work, gates, now
        self._unshipped: tuple[datetime, list[StuckOrder]] | None = None
        self.last = StuckLook()

    async def look(self, *, fresh: bool = False) -> StuckLook:
        """``fresh``: what is not shipped is looked for now as well."""
        now, times = self._now(), (await kept_times(self._store)).times
        runs, more = await self._unfinished(now - timedelta(seconds=times.least("canonical", "wms", "finance")))
        found = [one async for one in self._late(runs, now, times)]
        known = {(one.channel, one.shop, one.number) for one in found}
        unshipped = [one for one in await self._not_shipped(now, times, fresh=fresh) if (one.channel, one.shop, one.number) not in known]
        self.last = StuckLook(sorted([*found, *unshipped], key=lambda one: (one.since, one.run_id or 0)), more, now)
        return self.last

    async def _unfinished(self, before: datetime) -> tuple[list[Run], bool]:
        found: list[Run] = []
        for state in UNFINISHED:
            cursor: str | None = None
            while len(found) < LISTED:
                page = await self._store.runs(RunFilter(state=state), limit=500, cursor=cursor)
                found += [run for run in page.items if run.accepted_at < before]
                cursor = page.next
                if cursor is None:
                    break
        found.sort(key=lambda run: run.id)
        return found[:MOST], len(found) > MOST

    async def _late(self, runs: Sequence[Run], now: datetime, times: ExpectedTimes) -> AsyncIterator[StuckOrder]:
        ahead = {one.run_id: one.ahead for one in await self._store.unmoved_runs(now, limit=MOST)}
        for run in runs:
            try:
                plan, event = await self._flows.plan_at(run.flow, run.version), await self._store.event(run.id)
                facts = read_facts(await self._store.facts(run.id))
            except OrderloomError:  # erased, or of a flow whose nodes have gone: its own page says so
                continue
            channel = (parts_of(run.order_key) or (run.order_key.partition("|")[0], "", ""))[0]
            done = {entry["step"] for entry in facts.results.values() if "ok" in entry}
            wanted = _stages(plan, event)
            reached = {name for name, slugs in wanted.items() if slugs & done}
            stage = late_stage(channel, run.accepted_at, now, wanted, reached, times)
            if stage is not None:
                attempts = {str(entry["step"]): int(entry["attempt"]) for entry in facts.backoffs.values()}
                yield await self._stuck(
                    run, plan, stage, times.of(channel, stage), Resting(run.state, attempts=attempts, ahead=ahead.get(run.id))
                )

    async def _stuck(self, run: Run, plan: Plan, stage: Timed, expected: int, resting: Resting) -> StuckOrder:
        incidents = (await self._store.incidents(IncidentFilter(run_id=run.id), limit=100)).items
        waits = (await self._store.waits(WaitFilter(run_id=run.id), limit=100)).items
        resting = replace(resting, incidents=incidents, waits=waits, at_work=self._work.at_work(run.id))
        channel, shop, number = parts_of(run.order_key) or (run.order_key.partition("|")[0], "", "")
        found = why(resting, _connections(plan), self._gates())
        return StuckOrder(
            channel, shop, number, stage, expected, run.accepted_at, found, run.id, run.flow, tuple(one.id for one in incidents)
        )

    async def _not_shipped(self, now: datetime, times: ExpectedTimes, *, fresh: bool) -> list[StuckOrder]:
        kept = self._unshipped
        if kept is not None and not fresh and now - kept[0] < SHIPPED_EVERY:
            return kept[1]
        before = now - timedelta(seconds=times.least("shipped"))
        found: list[StuckOrder] = []
        for status in TO_SHIP:
            page = await self._store.orders(OrderFilter(status=status, until=before), limit=MOST)
            found += [one for order in page.items if (one := _unshipped(order, now, times)) is not None]
        self._unshipped = (now, found)
        return found


def _stages(plan: Plan, event: Event) -> dict[str, set[str]]:
    """The nodes that end each stage which a run is to reach, by stage."""
    found: dict[str, set[str]] = {}
    for index in plan.behind[event.trigger][0]:
        step = plan.steps[index]
        stage = None if step.disabled else stage_of(step.type)
        if stage in ("canonical", "wms", "finance"):
            found.setdefault(stage, set()).add(step.slug)
    return found


def _connections(plan: Plan) -> dict[str, str]:
    named = {step.slug: connections_of(step.type, plan.flow.nodes[step.slug].params) for step in plan.steps}
    return {slug: first.name for slug, references in named.items() if (first := next(references, None)) is not None}


def _unshipped(order: HubOrder, now: datetime, times: ExpectedTimes) -> StuckOrder | None:
    """An order that has to be shipped and has not changed for too long."""
    since, expected = order.updated_at, times.of(order.channel, "shipped")
    if since is None or (now - since).total_seconds() <= expected:
        return None
    cause = Why("held", fields={"reasons": list(order.hold_reasons)}) if order.hold_reasons else Why("not_shipped")
    return StuckOrder(order.channel, order.shop_id, order.channel_order_id, "shipped", expected, since, cause)
