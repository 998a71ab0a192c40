"""Starts flows at their times. Each planned time is an event key (rule R4), so that none is used twice, whoever looks and however often."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal, Protocol, cast

from apscheduler.triggers.cron import CronTrigger

from engine.cron import read_cron
from engine.errors import OrderloomError
from engine.intake.accept import Intake
from engine.intake.published import PublishedFlows
from engine.json_text import write_json
from engine.node.triggers import Delivery
from engine.order import instant, utc_text
from engine.run.plan import Plan, Step
from engine.store.filters import EventFilter
from engine.store.ports import Store

log = logging.getLogger("orderloom.schedules")
IN_TIME: Final = timedelta(seconds=60)
"""A time that is noticed later than this was missed."""
MOST: Final = 1000
"""Missed times that are made up for: the newest; earlier ones are left out."""
_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Times(Protocol):
    """The parameters of a trigger that starts at times."""

    cron: str | None
    every: timedelta | None
    zone: str
    missed: Literal["once", "all", "skip"]


def times_after(times: Times, after: datetime, until: datetime) -> list[datetime]:
    """The planned times later than ``after`` and not later than ``until``, in UTC: the newest ``MOST`` of them, the earliest first."""
    return _by_span(times.every, after, until) if times.every is not None else _by_cron(times, after, until)


def next_after(times: Times, after: datetime) -> datetime | None:
    """The first planned time later than ``after``. Where clocks are put back, a time that occurs twice is used once."""
    if times.every is not None:
        return _EPOCH + ((after - _EPOCH) // times.every + 1) * times.every
    cron = _trigger(times.cron or "", times.zone)
    found: datetime | None = cron.get_next_fire_time(None, (after + timedelta(microseconds=1)).astimezone(cron.timezone))
    return None if found is None else found.astimezone(UTC)


def to_fire(planned: list[datetime], now: datetime, missed: Literal["once", "all", "skip"]) -> list[datetime]:
    """Which of the times that are due are used. Those in time always are, unless ``once`` makes one of all since the first missed one."""
    late = [moment for moment in planned if now - moment > IN_TIME]
    if missed == "all":
        return planned
    return planned[-1:] if missed == "once" and late else planned[len(late) :]


def _by_span(every: timedelta, after: datetime, until: datetime) -> list[datetime]:
    last = (until - _EPOCH) // every
    first = max((after - _EPOCH) // every + 1, last - MOST + 1)
    return [_EPOCH + number * every for number in range(first, last + 1)]


def _by_cron(times: Times, after: datetime, until: datetime) -> list[datetime]:
    """Looks back day by day, so that what is older than the newest is never counted up."""
    first = next_after(times, after)
    if first is None or first > until:
        return []
    found: list[datetime] = []
    end = until
    while end >= first and len(found) < MOST:
        start = max(after, end - _DAY)
        found = [*_between(times, start, end), *found]
        end = start
    return found[-MOST:]


def _between(times: Times, after: datetime, until: datetime) -> Iterator[datetime]:
    moment = next_after(times, after)
    while moment is not None and moment <= until:
        yield moment
        moment = next_after(times, moment)


@lru_cache(maxsize=500)
def _trigger(cron: str, zone: str) -> Any:
    return CronTrigger(**read_cron(cron)._asdict(), timezone=zone)


class Schedules:
    """``fire_due`` is called again and again; it remembers for each trigger up to which time it has looked."""

    def __init__(self, flows: PublishedFlows, store: Store, intake: Intake, now: Callable[[], datetime]) -> None:
        self._flows, self._store, self._intake, self._now = flows, store, intake, now
        self._looked: dict[tuple[str, int, str], datetime] = {}

    async def fire_due(self) -> int:
        """Start whatever is due. Returns how many events were new. What fails is looked at again next time."""
        count = 0
        for plan in await self._flows.starting("schedule"):
            for step in plan.triggers.values():
                if step.type.starts == "schedule" and not step.disabled:
                    count += await self._look(plan, step)
        return count

    async def _look(self, plan: Plan, step: Step) -> int:
        key, now = (plan.name, plan.version, step.slug), self._now()
        after = self._looked.get(key)
        if after is None:
            after = self._looked[key] = await self._begin(plan, step)
        times = cast("Times", step.params)
        planned = times_after(times, after, now)
        if times.missed == "all" and len(planned) == MOST and next_after(times, after) != planned[0]:
            log.warning("missed times left out", extra={"flow": plan.name, "trigger": step.slug, "before": utc_text(planned[0])})
        count = 0
        try:
            for moment in to_fire(planned, now, times.missed):
                count += await self._fire(plan, step, moment)
                self._looked[key] = moment
        except OrderloomError as error:
            log.warning("schedule waits", extra={"flow": plan.name, "trigger": step.slug, "code": error.problems[0].code})
            return count
        if planned:
            self._looked[key] = planned[-1]
        return count

    async def _begin(self, plan: Plan, step: Step) -> datetime:
        """The last time that was used, else when this version was published, whichever is later."""
        published = (await self._store.version(plan.name, plan.version)).at
        page = await self._store.events(EventFilter(flow=plan.name, trigger=step.slug), limit=1)
        last = instant(page.items[0].order_key.rpartition("|")[2]) if page.items else None
        return max(published, last) if last is not None else published

    async def _fire(self, plan: Plan, step: Step, moment: datetime) -> bool:
        body = write_json({"planned_at": utc_text(moment), "trigger": step.slug})
        accepted = await self._intake.accept(plan, step, Delivery(body), self._now(), actor="schedule")
        return not accepted.duplicate
