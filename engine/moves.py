"""Moves a run that rests to another version of its flow, if that did everything so far in the same way (rule R12)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from engine.errors import Conflict, Problem
from engine.flow.calls import calls_from
from engine.flow.reader import read_flow
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.replay import AT_WORK
from engine.run.facts import read_facts
from engine.run.mended import mended_plan
from engine.run.moving import unmatched
from engine.run.plan import Plan
from engine.run.replay import look_back
from engine.store.ports import RESTING_STATES, Event, Wait, WaitFilter

if TYPE_CHECKING:
    from engine.app import Orderloom

DIVERGES: Final = "run.move_diverges"


async def move(app: Orderloom, run_id: int, version: int, actor: str) -> None:
    """The run goes on in that version, from where it is. Journaled and audited.

    Raises ``NotFound`` (``run.unknown``, ``flow.version_unknown``, ``event.erased``), ``FlowInvalid``, or ``Conflict``:
    ``run.not_movable``, ``run.same_version``, or ``run.move_diverges`` for each effect that does not match.
    """
    run, event = await app.store.run(run_id), await app.store.event(run_id)
    if run.state not in RESTING_STATES:
        raise Conflict(Problem("run.not_movable", (str(run_id),), {"state": run.state}))
    if run.version == version:
        raise Conflict(Problem("run.same_version", (str(run_id),), {"version": version}))
    kept = await app.store.version(run.flow, version)
    plan = Plan(read_flow(kept.document), app.registry, version, calls_from(kept.calls))
    began = read_flow((await app.store.version(run.flow, run.version)).document).nodes[event.trigger].use
    problems = await _against(app, event, plan, began)
    if problems:
        raise Conflict(problems)
    await app.moved(event, plan, actor)


async def _against(app: Orderloom, event: Event, plan: Plan, began: str) -> list[Problem]:
    """``began``: the type of the trigger by which the event came; the version of then need not be fit to run any more."""
    step = plan.by_slug.get(event.trigger)
    if step is None or step.disabled or step.type.name != began.partition("@")[0]:
        return [Problem(DIVERGES, (event.flow, event.trigger), _about(plan.version, "missing", began))]
    facts, waits = await app.store.facts(event.id), await _open_waits(app, event.id)
    arrival = read_delivery(step, unpack(await app.store.event_body(event.id)), read_facts(facts).terms)
    mended = mended_plan(plan, read_facts(facts))
    work = AT_WORK.submit(lambda: asyncio.run(look_back(mended, event, arrival, read_facts(facts))))
    looked = await asyncio.wrap_future(work)
    return [
        Problem(DIVERGES, (event.flow, one.step, one.item), _about(plan.version, one.how, one.effect))
        for one in unmatched(read_facts(facts), waits, looked.asked)
    ]


async def _open_waits(app: Orderloom, run_id: int) -> list[Wait]:
    found: list[Wait] = []
    cursor: str | None = None
    while True:
        page = await app.store.waits(WaitFilter(run_id=run_id), limit=500, cursor=cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


def _about(version: int, how: str, effect: str) -> dict[str, object]:
    return {"version": version, "rule": f"effect_{how}", "reason": how, "effect": effect}
