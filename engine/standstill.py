"""Notices runs that stand still without an error, and says so by an incident that closes itself when they move on (rule R5).

A run that stands behind another one of its order has no incident of its own: it counts on the one of the run that holds it back.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from engine.dispatch import Dispatcher
from engine.errors import NotFound
from engine.store.ports import IncidentFilter, NewIncident, Run, Store
from engine.store.standing import NO_ITEM, Unmoved

log = logging.getLogger("orderloom.standstill")
CODE: Final = "run.stands_still"
Whereabouts = Literal["at_work", "in_line", "nowhere"]
"""Of a run, in this process."""
Cause = Literal["at_work", "no_place", "nobody", "overdue", "holds_back"]
MOST: Final = 100
"""Incidents that one look opens: where everything stands still, a hundred say so as well as all."""
PAGE: Final = 200
Limits = Mapping[tuple[str, str], timedelta]


@dataclass(frozen=True, slots=True)
class Standing:
    """``run_id``: the run that gets the incident; ``since``: when it moved last."""

    run_id: int
    cause: Cause
    since: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look found: runs that stand still, and events that are held back by one that is parked or waits.

    ``at``: when it was; ``None`` before the first one.
    """

    standing: int = 0
    blocked: int = 0
    at: datetime | None = None


def judge(one: Unmoved, where: Whereabouts, *, held: bool, progress: bool) -> Standing | None:
    """Why a run that has not moved for too long stands still; ``None`` where that is right, or said elsewhere.

    ``held``: the one in front lets later events wait; ``progress``: other runs of this process have ended lately.
    """
    if one.ahead is not None and held and not one.passes:
        return Standing(one.ahead, "holds_back", one.moved_at) if one.ahead_state == "waiting" else None
    if where == "at_work":
        return Standing(one.run_id, "at_work", one.moved_at)
    if where == "in_line":
        return None if progress else Standing(one.run_id, "no_place", one.moved_at)
    return Standing(one.run_id, "nobody", one.moved_at)


async def _of_no_trigger() -> Limits:
    return {}


class Standstill:
    """``look`` is called again and again. What it found is in the store, so that a restart neither forgets nor doubles it.

    ``rests``: whether there are runs in the store for which there is no room in memory. ``own``: limits of triggers, by flow and slug,
    in place of ``limit``.
    """

    def __init__(
        self, store: Store, dispatcher: Dispatcher, holds: Callable[[Run], Awaitable[bool]], now: Callable[[], datetime], limit: timedelta,
        rests: Callable[[], bool] = lambda: False, own: Callable[[], Awaitable[Limits]] = _of_no_trigger,
    ) -> None:  # fmt: skip
        self._store, self._dispatcher, self._holds, self._now, self._limit = store, dispatcher, holds, now, limit
        self._rests, self._own = rests, own
        self._limits: Limits = {}
        self._ended, self._ended_at = -1, now()
        self.last = Look()

    async def look(self) -> Look:
        now, self._limits = self._now(), await self._own()
        shortest = min([self._limit, *self._limits.values()])
        found, blocked = await self._unmoved(now, now - shortest, progress=self._progress(now))
        for wait in await self._store.due_waits(now - shortest, limit=MOST):
            if wait.due_at is None or wait.kind == "deadline":  # of a missed deadline another incident tells
                continue
            if now - wait.due_at >= await self._limit_of(wait.run_id):
                found.setdefault(wait.run_id, Standing(wait.run_id, "overdue", wait.due_at))
        await self._close_others(set(found), now)
        for one in list(found.values())[:MOST]:
            await self._open(one, now)
        self.last = Look(len(found), blocked, now)
        return self.last

    def _progress(self, now: datetime) -> bool:
        ended = self._dispatcher.ended.total()
        if ended != self._ended:
            self._ended, self._ended_at = ended, now
        return now - self._ended_at <= self._limit

    async def _limit_of(self, run_id: int) -> timedelta:
        if not self._limits:
            return self._limit
        event = await self._store.event(run_id)
        return self._limits.get((event.flow, event.trigger), self._limit)

    async def _unmoved(self, now: datetime, before: datetime, *, progress: bool) -> tuple[dict[int, Standing], int]:
        """By the run that gets the incident; and how many are held back."""
        found: dict[int, Standing] = {}
        blocked, after, held = 0, 0, dict[int, bool]()
        while page := await self._store.unmoved_runs(before, after=after, limit=PAGE):
            known = self._dispatcher.known()
            for one in page:
                after = one.run_id
                if now - one.moved_at <= self._limits.get((one.flow, one.trigger), self._limit):
                    continue
                if one.ahead is not None and one.ahead not in held:
                    held[one.ahead] = await self._holds_back(one.ahead)
                standing = judge(one, self._where(one.run_id, known), held=held.get(one.ahead or 0, False), progress=progress)
                blocked += one.ahead is not None and held[one.ahead] and one.ahead_state in ("parked", "waiting") and not one.passes
                if standing is not None:
                    found.setdefault(standing.run_id, standing)
        return found, blocked

    def _where(self, run_id: int, known: set[int]) -> Whereabouts:
        """What rests in the store because there is no room in memory stands in line too."""
        if self._dispatcher.at_work(run_id):
            return "at_work"
        return "in_line" if run_id in known or self._rests() else "nowhere"

    async def _holds_back(self, run_id: int) -> bool:
        run = await self._store.run(run_id)
        return run.state not in ("parked", "waiting") or await self._holds(run)

    async def _open(self, one: Standing, now: datetime) -> None:
        try:
            event = await self._store.event(one.run_id)
        except NotFound:
            return
        fields = {"rule": f"stands_{one.cause}", "reason": one.cause, "minutes": int((now - one.since).total_seconds() // 60)}
        incident = NewIncident(event.trigger, NO_ITEM, CODE, (event.flow, event.trigger), fields)
        if await self._store.open_incident(one.run_id, incident, now):
            log.warning("run stands still", extra={"run": str(one.run_id), "cause": one.cause})

    async def _close_others(self, standing: set[int], now: datetime) -> None:
        cursor: str | None = None
        while True:
            page = await self._store.incidents(IncidentFilter(code=CODE), limit=500, cursor=cursor)
            for incident in page.items:
                if incident.run_id not in standing:
                    await self._store.close_by_itself(incident.id, now)
            cursor = page.next
            if cursor is None:
                return
