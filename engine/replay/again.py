"""One past run from a chosen step on, in the sandbox: through its own version or another one, with its items or edited ones."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.errors import InputInvalid, NotFound, Problem
from engine.flow.reader import read_flow
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.node.items import Item
from engine.node.triggers import Arrival
from engine.privacy.classes import DataClass
from engine.registry import Registry
from engine.replay.cases import Versions, as_mended
from engine.replay.merge import merged
from engine.replay.target import Against, calls_against, target_of
from engine.replay.work import AT_WORK
from engine.run.changes import Change
from engine.run.facts import Recorded, read_facts
from engine.run.mended import mended_plan
from engine.run.past import shown
from engine.run.plan import Plan
from engine.run.replay import Looked, compared, look_back, run_onward
from engine.run.view import StepView, classes_at, views_of
from engine.store.ports import Event, Store

SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Rerun:
    """``steps``: the chosen one and all behind it, masked; ``changes``: what differs from the past run there."""

    steps: Sequence[StepView]
    changes: Sequence[Change]


async def rerun(
    store: Store,
    registry: Registry,
    run_id: int,
    step: str,
    against: Against | None = None,
    edits: Mapping[str, Any] | None = None,
    seconds: float = SECONDS,
) -> Rerun:
    """``against``: ``None`` is the run's own version. ``edits``: by item key, a JSON Merge Patch (RFC 7396) on the item that
    reached the step.

    Performs and keeps nothing. Raises ``NotFound`` (``run.unknown``, ``event.erased``; ``rerun.no_step``, ``rerun.no_item``),
    ``FlowInvalid``, or ``InputInvalid`` (``rerun.not_reached``, ``rerun.other_fields``, ``replay.too_long``).
    """
    event = await store.event(run_id)
    before = await Versions(store, registry).plan(event.flow, event.version)
    after = before if against is None else await _other(store, registry, event.flow, against)
    body, facts = await store.event_body(run_id), await store.facts(run_id)
    recorded = read_facts(facts), read_facts(facts)
    try:
        arrival = read_delivery(before.by_slug[event.trigger], unpack(body), recorded[0].terms)
    except InputInvalid:
        raise InputInvalid(Problem("rerun.not_reached", (event.flow, step))) from None
    work = AT_WORK.submit(lambda: asyncio.run(_again(before, after, step, event, arrival, recorded, edits or {})))
    try:
        return await asyncio.wait_for(asyncio.wrap_future(work), seconds)
    except TimeoutError:
        raise InputInvalid(Problem("replay.too_long", (event.flow, step), {"seconds": round(seconds)})) from None
    finally:
        recorded[0].cancelled = recorded[1].cancelled = True  # whatever is at work still ends with its step


async def _other(store: Store, registry: Registry, flow: str, against: Against) -> Plan:
    calls = await calls_against(store, registry, flow, against)
    return Plan(read_flow(await target_of(store, flow, against), flow), registry, calls=calls)


async def _again(
    before: Plan, after: Plan, step: str, event: Event, arrival: Arrival, recorded: tuple[Recorded, Recorded], edits: Mapping[str, Any]
) -> Rerun:
    same = after is before
    before = mended_plan(before, recorded[0])
    after = before if same else as_mended(after, recorded[1])
    past = await look_back(before, event, arrival, recorded[0])
    _require(past, after, step)
    again = await run_onward(after, step, event, arrival, recorded[1], past, _edited(past, step, edits))
    return Rerun(views_of(again.execution, shown(again.asked)), compared(past, again))


def _require(past: Looked, after: Plan, step: str) -> None:
    plan = past.execution.plan
    if step not in plan.by_slug or step not in after.by_slug:
        raise NotFound(Problem("rerun.no_step", (plan.name, step), {"step": step}))
    if not past.execution.inputs[plan.by_slug[step].index]:
        raise InputInvalid(Problem("rerun.not_reached", (plan.name, step)))
    if after is not plan and not _guards(after, plan, step):
        raise InputInvalid(Problem("rerun.other_fields", (plan.name, step)))


def _guards(after: Plan, before: Plan, step: str) -> bool:
    """Whether the other version shows nothing of what reaches the step that the run's own would hide."""
    known = classes_at(before, step, "in")
    return all(
        path in known and known[path].data_class <= DataClass.INTERNAL
        for path, declared in classes_at(after, step, "in").items()
        if declared.data_class <= DataClass.INTERNAL
    )


def _edited(past: Looked, step: str, edits: Mapping[str, Any]) -> dict[str, Item]:
    execution = past.execution
    items = dict(execution.inputs[execution.plan.by_slug[step].index])
    unknown = [key for key in edits if key not in items]
    if unknown:
        raise NotFound([Problem("rerun.no_item", (step, key)) for key in unknown])
    wrong = [key for key, patch in edits.items() if not isinstance(patch, dict)]
    if wrong:
        raise InputInvalid([Problem("input.not_an_object", (step, key), {"type": type(edits[key]).__name__}) for key in wrong])
    return {key: merged(items[key], patch) for key, patch in edits.items()}
