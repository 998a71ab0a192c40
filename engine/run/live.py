"""One live run from its event to its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.errors import Problem
from engine.node.items import Item, Scope
from engine.run.execution import Execution
from engine.run.facts import Recorded
from engine.run.journaled import JournaledEffects, World
from engine.run.plan import Plan
from engine.run.step import Failure
from engine.run.tally_again import count_again
from engine.store.ports import Event, NewIncident, RunEnd, RunState


def scope_of(plan: Plan, event: Event, channel: str, shop_id: str) -> Scope:
    """What the nodes of a run may know of its event."""
    facts: dict[str, Any] = {"id": str(event.id), "received_at": event.received_at, "trigger": event.trigger}
    facts.update(key=event.key, channel=channel, shop_id=shop_id)
    return Scope(facts, plan.scope_flow)


async def run_live(
    world: World, plan: Plan, event: Event, items: Sequence[Item], scope: Scope, recorded: Recorded, *, begun: bool = False
) -> RunState:
    """Execute, journal and end a run. Returns the state that is journaled; raises only when the journal itself fails.

    ``begun``: this process has executed it before, in vain. What a run did before, here or in an earlier process, is not counted again.
    """
    begun = begun or recorded.last > 0
    counters = world.tally.counters(plan)
    effects = JournaledEffects(world, counters, event, recorded, "system")
    execution = Execution(plan, event.trigger, items, scope, effects, recorded, None if begun else counters)
    await execution.run()
    if begun:
        count_again(counters.nodes, execution, effects.called)
    if effects.broken is not None:
        raise effects.broken
    failures = execution.parked
    if not failures and not execution.waiting and not execution.stopped and not recorded.cancelled:
        failures = [_diverged(entry) for entry in effects.unasked()]
    state = _state(execution, recorded, failures)
    incidents = [] if state == "cancelled" else [_incident(failure) for failure in failures]
    waits = [pending.wait for pending in execution.waiting] if state in ("waiting", "parked") else []
    await effects.end(RunEnd(state, world.now(), incidents, waits))
    return state


def _state(execution: Execution, recorded: Recorded, failures: Sequence[Failure]) -> RunState:
    if recorded.cancelled:
        return "cancelled"
    if execution.stopped:
        return "failed"
    if failures:
        return "parked"
    return "waiting" if execution.waiting else "done"


def _diverged(entry: dict[str, Any]) -> Failure:
    return Failure(entry["step"], entry["key"], {}, Problem("run.diverged", (entry["step"],), {"effect": entry["id"]}))


def _incident(failure: Failure) -> NewIncident:
    return NewIncident(failure.slug, failure.key, failure.problem.code, failure.problem.where, failure.problem.fields)
