"""Recordings: begun and ended by people, filled from what the journal keeps of each order, never on an order's own path.

So a crash loses nothing of one: what was not taken yet is found in the store again.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from engine.errors import Conflict, InputInvalid, OrderloomError, Problem
from engine.flow.references import named_in
from engine.privacy.pseudonyms import KEY_BYTES, Pseudonyms
from engine.registry import Registry
from engine.replay.capture import capture, left_out
from engine.replay.cases import Versions
from engine.replay.report import forget_reports
from engine.replay.work import AT_WORK, ERASED
from engine.run.plan import Plan
from engine.store.filters import EventFilter
from engine.store.ports import OPEN_STATES, Event, NewTraffic, Recording, Store, Traffic, TrafficOrder

log = logging.getLogger("orderloom.recording")
MOST: Final = 5_000
LONGEST: Final = 7 * 24 * 60
"""Minutes."""
MOST_DAYS: Final = 90
AT_ONCE: Final = 25
AHEAD: Final = 200
"""So many orders that wait are passed over."""
_PAGE: Final = 500
SYSTEM: Final = "system"


class Recorder:
    """``look`` is called again and again while the service runs."""

    def __init__(self, store: Store, registry: Registry, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._versions = Versions(store, registry)
        self._taken: dict[int, set[int]] = {}
        self._looking = asyncio.Lock()

    async def begin(
        self, flow: str, actor: str, *, trigger: str = "", connection: str = "", most: int = 200, minutes: int = 60, days: int = 30
    ) -> Traffic:
        """Of a flow, or with an empty ``flow`` of all that use a ``connection``.

        Raises ``InputInvalid`` (``recording.limits``, ``recording.of_nothing``), ``NotFound`` (``flow.unknown``) or ``Conflict``
        (``recording.running``: the same is recorded already).
        """
        _require(flow, connection, most, minutes, days)
        if flow:
            await self._store.flow(flow)
        for one, _ in await self._store.open_traffics():
            if (one.flow, one.trigger, one.connection) == (flow, trigger, connection):
                raise Conflict(Problem("recording.running", fields={"recording": str(one.id)}))
        now = self._now()
        ends = now + timedelta(minutes=minutes)
        new = NewTraffic(flow, trigger, connection, most, now, ends, ends + timedelta(days=days), os.urandom(KEY_BYTES))
        return await self._store.traffic(await self._store.begin_traffic(new, actor=actor))

    async def end(self, number: int, actor: str) -> Traffic:
        """What has come until now is taken, also of runs that wait. Raises ``NotFound`` or ``Conflict`` (``recording.ended``)."""
        found = next(((one, key) for one, key in await self._store.open_traffics() if one.id == number), None)
        if found is None:
            await self._store.traffic(number)
            raise Conflict(Problem("recording.ended"))
        traffic, key = found
        await self._finish(replace(traffic, until=min(traffic.until, self._now())), key, actor)
        return await self._store.traffic(number)

    async def delete(self, number: int, actor: str) -> None:
        """With the reports of what was tried on it. Raises ``NotFound``."""
        await self._store.delete_traffic(number, actor=actor)
        await forget_reports(self._store, number)
        self._taken.pop(number, None)

    async def look(self) -> int:
        """Take what has come to rest, and end what is over. Returns how many orders were looked at."""
        taken = 0
        for traffic, key in await self._store.open_traffics():
            taken += await self._collect(traffic, key)
            over = self._now() >= traffic.until or len(self._taken[traffic.id]) >= traffic.most
            if over:
                await self._finish(traffic, key, SYSTEM)
        return taken

    async def tidy(self) -> None:
        """Delete what was to be kept until now."""
        for number in await self._store.old_traffics(self._now()):
            await self.delete(number, SYSTEM)

    async def _finish(self, traffic: Traffic, key: bytes, actor: str) -> None:
        while await self._collect(traffic, key, waiting=True):
            pass
        await self._store.end_traffic(traffic.id, self._now(), actor=actor)
        self._taken.pop(traffic.id, None)

    async def _collect(self, traffic: Traffic, key: bytes, *, waiting: bool = False) -> int:
        async with self._looking:
            taken = self._taken.get(traffic.id)
            if taken is None:
                taken = self._taken[traffic.id] = set(await self._store.traffic_events(traffic.id))
            events = await self._next(traffic, taken, waiting=waiting)
            if not events:
                return 0
            kept = await self._store.recordings([event.id for event in events])
            plans = {(event.flow, event.version): await self._plan(event) for event in events}
            work = AT_WORK.submit(lambda: asyncio.run(_captured(events, kept, plans, Pseudonyms(key))))
            await self._store.keep_traffic(traffic.id, await asyncio.wrap_future(work))
            taken.update(event.id for event in events)
            return len(events)

    async def _next(self, traffic: Traffic, taken: set[int], *, waiting: bool) -> list[Event]:
        """The oldest that have come to rest, as many as still fit: one that waits lets those behind it pass."""
        new = [event for event in await self._since(traffic) if event.id not in taken]
        found: list[Event] = []
        room = max(0, traffic.most - len(taken))
        for event in new[: room + AHEAD if room else 0]:
            state = (await self._store.run(event.id)).state
            if state not in OPEN_STATES and (waiting or state != "waiting"):
                found.append(event)
                if len(found) == min(AT_ONCE, room):
                    break
        return found

    async def _since(self, traffic: Traffic) -> list[Event]:
        """Oldest first."""
        where = EventFilter(flow=traffic.flow or None, trigger=traffic.trigger or None, since=traffic.began_at, until=traffic.until)
        found: list[Event] = []
        cursor: str | None = None
        while True:
            page = await self._store.events(where, limit=_PAGE, cursor=cursor)
            found += [event for event in page.items if not traffic.connection or await self._uses(event, traffic.connection)]
            cursor = page.next
            if cursor is None:
                return found[::-1]

    async def _uses(self, event: Event, connection: str) -> bool:
        plan = await self._plan(event)
        if isinstance(plan, str):
            return False
        steps = (plan.steps[index] for index in plan.behind[event.trigger].steps)
        return any(connection in set(named_in(plan.flow.nodes[step.slug].params)) for step in steps)

    async def _plan(self, event: Event) -> Plan | str:
        """Or why there is none."""
        try:
            return await self._versions.plan(event.flow, event.version)
        except OrderloomError as error:
            return error.problems[0].code


def _require(flow: str, connection: str, most: int, minutes: int, days: int) -> None:
    if bool(flow) == bool(connection):
        raise InputInvalid(Problem("recording.of_nothing"))
    if not (1 <= most <= MOST and 1 <= minutes <= LONGEST and 1 <= days <= MOST_DAYS):
        raise InputInvalid(Problem("recording.limits", fields={"most": MOST, "days": LONGEST // 1440, "kept": MOST_DAYS}))


async def _captured(
    events: Sequence[Event], kept: Mapping[int, Recording], plans: Mapping[tuple[str, int], Plan | str], pseudonyms: Pseudonyms
) -> list[TrafficOrder]:
    return [await _one(event, kept.get(event.id), plans[event.flow, event.version], pseudonyms) for event in events]


async def _one(event: Event, kept: Recording | None, plan: Plan | str, pseudonyms: Pseudonyms) -> TrafficOrder:
    if isinstance(plan, str):
        return left_out(event, plan)
    return left_out(event, ERASED) if kept is None else await capture(event, plan, kept, pseudonyms)
