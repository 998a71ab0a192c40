"""Starts flows on incidents and failures of others. What is to be told lies in the store beside its cause until it is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, cast

from engine.catalogue import explain
from engine.errors import OrderloomError, Problem
from engine.intake.accept import Intake
from engine.intake.published import PublishedFlows
from engine.json_text import write_json
from engine.node.keys import order_number
from engine.node.triggers import Delivery
from engine.order import utc_text
from engine.privacy.classes import Kind
from engine.privacy.masks import mask
from engine.run.facts import read_facts
from engine.run.plan import Plan, Step
from engine.store.ports import Event, Notice, Store
from engine.store.problems import StoreUnavailable

log = logging.getLogger("orderloom.error_flows")
AT_ONCE: Final = 100
STARTS: Final = "incident"
ACTOR: Final = "incident"
CHILD_OF: Final = "run:"
"""The actor of an event that another run brought about."""


class Wanted(Protocol):
    """The parameters of a trigger that starts on incidents and failures. Empty lists mean all."""

    flows: Sequence[str]
    codes: Sequence[str]
    kinds: Sequence[str]
    language: str | None


@dataclass(frozen=True, slots=True)
class News:
    """An incident, or the failure of a run, without anything personal. ``key`` is that of the event it makes."""

    key: str
    kind: str
    event: Event
    step: str
    problem: Problem
    at: datetime
    incident: int | None = None


class ErrorFlows:
    """``tell`` is called again and again. A notice goes only when its events are durable; its key keeps them from being doubled.

    ``full`` says that more runs wait already than there is room for: what is to be told can wait, too.
    """

    def __init__(
        self, flows: PublishedFlows, store: Store, intake: Intake, now: Callable[[], datetime], language: str,
        full: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self._flows, self._store, self._intake, self._now, self._language = flows, store, intake, now, language
        self._full = full

    async def tell(self) -> int:
        """Start whatever is to be started. Returns how many events were new. What fails is looked at again next time."""
        count = 0
        while (notices := await self._store.notices(limit=AT_ONCE)) and not self._full():
            listeners = await self._listeners()
            found = [await self._news(notice) for notice in notices] if listeners else []
            starts = [self._start(plan, step, news) for news in found if news is not None for plan, step in listeners]
            count += sum(await asyncio.gather(*starts))
            await self._store.drop_notices([notice.id for notice in notices])
        return count

    async def _listeners(self) -> list[tuple[Plan, Step]]:
        plans = await self._flows.starting(STARTS)
        return [(plan, step) for plan in plans for step in plan.triggers.values() if step.type.starts == STARTS and not step.disabled]

    async def _news(self, notice: Notice) -> News | None:
        """``None`` where it is gone, or comes from an error flow itself: no loops."""
        try:
            event = await self._store.event(notice.run_id)
            if await self._listens(event):
                return None
            if notice.incident_id is None:
                return await self._failure(notice, event)
            incident = await self._store.incident(notice.incident_id)
        except StoreUnavailable:
            raise
        except OrderloomError as error:
            log.info("nothing to tell", extra={"run": str(notice.run_id), "code": error.problems[0].code})
            return None
        problem = Problem(incident.code, incident.where, incident.fields)
        return News(str(incident.id), "incident", event, incident.step, problem, incident.at, incident.id)

    async def _failure(self, notice: Notice, event: Event) -> News:
        run = await self._store.run(event.id)
        ending = None if event.erased else read_facts(await self._store.facts(event.id)).ending
        step = ending.step if ending is not None else event.trigger
        problem = Problem("run.stopped", (event.flow, step), {"reason": ending.reason}) if ending else Problem("run.failed", (event.flow,))
        return News(f"{event.id}.{notice.id}", "failed", event, step, problem, run.ended_at or self._now())

    async def _listens(self, event: Event) -> bool:
        """Whether an event belongs to an error flow, or to a run that one brought about."""
        while event.actor.startswith(CHILD_OF):
            event = await self._store.event(int(event.actor.removeprefix(CHILD_OF)))
        if event.actor == ACTOR:
            return True
        try:
            plan = await self._flows.plan_at(event.flow, event.version)
        except OrderloomError:
            return False
        return any(step.type.starts == STARTS for step in plan.triggers.values())

    async def _start(self, plan: Plan, step: Step, news: News) -> bool:
        wanted = cast("Wanted", step.params)
        if not is_wanted(wanted, news.event.flow, news.problem.code, news.kind):
            return False
        body = write_json(item_of(news, wanted.language or self._language))
        accepted = await self._intake.accept(plan, step, Delivery(body), self._now(), actor=ACTOR)
        return not accepted.duplicate


def is_wanted(wanted: Wanted, flow: str, code: str, kind: str) -> bool:
    """A code may be named by its part before a dot."""
    named = not wanted.codes or any(code == one or code.startswith(f"{one}.") for one in wanted.codes)
    return named and kind in wanted.kinds and (not wanted.flows or flow in wanted.flows)


def item_of(news: News, language: str) -> Mapping[str, Any]:
    """What the error flow starts with; texts in the given language, with whatever looks personal masked."""
    told = explain(news.problem, language)
    run = str(news.event.id)
    return {
        "key": news.key,
        "kind": news.kind,
        "incident": None if news.incident is None else str(news.incident),
        "run": run,
        "flow": news.event.flow,
        "step": news.step,
        "code": news.problem.code,
        "where": told["where"],
        "order": order_number(news.event.order_key),
        "text": mask(told["what"], Kind.TEXT) or "",
        "advice": mask(told["do"], Kind.TEXT) or "",
        "at": utc_text(news.at),
        "link": f"/runs/{run}",
    }
