"""A past run, computed again from its event and its facts."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import OrderloomError
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.intake.published import PublishedFlows
from engine.run.execution import Execution
from engine.run.facts import Recorded, read_facts, tried
from engine.run.live import scope_of
from engine.run.mended import mended_plan
from engine.run.recorded import RecordedEffects
from engine.store.ports import OPEN_STATES, Fact, Incident, Store


@dataclass(frozen=True, slots=True)
class Recomputed:
    """``execution`` has run; ``effects`` holds what it asked for."""

    execution: Execution
    effects: RecordedEffects
    recorded: Recorded


async def recompute(store: Store, flows: PublishedFlows, run_id: int, *more: Fact) -> Recomputed:
    """A run as its facts have it; ``more`` are facts that it might get.

    Raises ``NotFound`` for an unknown run or erased data, ``FlowInvalid`` where a node type has gone since.
    """
    event = await store.event(run_id)
    recorded = read_facts([*await store.facts(run_id), *more])
    plan = mended_plan(await flows.plan_at(event.flow, event.version), recorded)
    arrival = read_delivery(plan.by_slug[event.trigger], unpack(await store.event_body(run_id)), recorded.terms)
    recorded.terms = arrival.terms
    recorded.cancelled = False  # what was done before is shown too; what was not, is pending
    at_work = (await store.run(run_id)).state in OPEN_STATES
    if at_work:
        recorded.intentions.clear()
    effects = RecordedEffects(event, recorded)
    execution = Execution(plan, event.trigger, arrival.items, scope_of(plan, event, arrival.channel, arrival.shop_id), effects, recorded)
    await execution.run()
    if at_work:  # a call that is put together and not answered is just being made
        recorded.compositions.clear()
    return Recomputed(execution, effects, recorded)


@dataclass(frozen=True, slots=True)
class BatchCall:
    """``called``: the key under which a step calls for all its items together; ``tried``: it has since the last new key."""

    called: str
    tried: bool


async def batch_call(store: Store, flows: PublishedFlows, incident: Incident) -> BatchCall | None:
    """Nothing where each item of the step calls for itself."""
    try:
        plan = await flows.plan_at(incident.flow, (await store.run(incident.run_id)).version)
        step = plan.by_slug.get(incident.step)
        if step is None or not step.type.is_batch or not step.type.is_effect:
            return None
        found = await recompute(store, flows, incident.run_id)
    except OrderloomError:
        return None
    box = found.execution.inputs[step.index]
    return BatchCall(box[0][0], tried(found.recorded, (step.slug, box[0][0]))) if box else None
