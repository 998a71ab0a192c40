"""One live run from its event to its end."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Sequence
from typing import Any

import msgspec

from engine.errors import Problem
from engine.node.items import Item, Scope
from engine.run.execution import Execution, answered
from engine.run.facts import Ending, Recorded
from engine.run.journaled import JournaledEffects
from engine.run.plan import Plan
from engine.run.seen import fetched_in, orders_in
from engine.run.step import Failure
from engine.run.tally_again import count_again
from engine.run.world import World
from engine.store.ports import Event, NewIncident, RunEnd, RunState

UNKNOWN = "effect.unknown_outcome"


def scope_of(plan: Plan, event: Event, channel: str, shop_id: str) -> Scope:
    """What the nodes of a run may know of its event."""
    facts: dict[str, Any] = {"id": str(event.id), "received_at": event.received_at, "trigger": event.trigger}
    facts.update(key=event.key, channel=channel, shop_id=shop_id)
    return Scope(facts, plan.scope_flow)


class Outcome(msgspec.Struct, frozen=True):
    """The state that is journaled and, for a flow that was called and is done, its answer."""

    state: RunState
    answer: Sequence[Item] | None = None


class LiveRun:
    """``execution`` goes first, in the way that its plan allows; then ``end`` journals what it has come to.

    ``begun``: this process has executed it before, in vain. What a run did before, here or in an earlier process, is not counted again.
    """

    __slots__ = ("_begun", "_counters", "_effects", "_event", "_recorded", "_world", "execution")

    def __init__(
        self, world: World, plan: Plan, event: Event, items: Sequence[Item], scope: Scope, recorded: Recorded, *, begun: bool
    ) -> None:
        self._world, self._event, self._recorded, self._begun = world, event, recorded, begun or recorded.last > 0
        self._counters = world.tally.counters(plan)
        self._effects = JournaledEffects(world, self._counters, event, recorded, "system")
        counters = None if self._begun else self._counters
        self.execution = Execution(plan, event.trigger, items, scope, self._effects, recorded, counters)

    def end(self) -> tuple[Future[None], Outcome]:
        """The outcome, and what resolves once it is durable. Raises when the journal did not take what the run did."""
        world, event, execution, recorded, effects = self._world, self._event, self.execution, self._recorded, self._effects
        plan = execution.plan
        if self._begun:
            count_again(self._counters.nodes, execution, effects.called)
        if effects.broken is not None:
            raise effects.broken
        if not self._begun:
            for order in orders_in(execution):
                world.seen.arrived(event, order)
        for slug, item in fetched_in(execution, effects.called):
            world.fetched(event, plan, slug, item)
        if world.taps.watched and plan.name in world.taps.watched:
            world.taps.take(event, execution, world.now())
        failures, ending = execution.parked, execution.ending
        if recorded.cancelled:
            failures = unknown(recorded, failures)
        elif not failures and not execution.waiting and not execution.stopped and ending is None:
            failures = [_diverged(entry) for entry in effects.unasked()]
        state = _state(execution, recorded, failures, ending)
        incidents = [incident_of(failure) for failure in failures]
        rests = state in ("waiting", "parked") and ending is None
        waits = [wait for pending in execution.waiting for wait in pending.waits] if rests else []
        drops = ending is not None or (effects.overtook and recorded.last > 0)
        kept = effects.end(RunEnd(state, world.now(), incidents, waits, drops, may_be_timed(plan, event.trigger)), ending)
        answers = state == "done" and plan.by_slug[event.trigger].type.starts == "call"
        return kept, Outcome(state, answered(execution) if answers else None)


async def run_live(
    world: World, plan: Plan, event: Event, items: Sequence[Item], scope: Scope, recorded: Recorded, *, begun: bool = False
) -> Outcome:
    """Execute, journal and end a run. Raises only when the journal itself fails."""
    live = LiveRun(world, plan, event, items, scope, recorded, begun=begun)
    await live.execution.run()
    kept, outcome = live.end()
    await kept
    return outcome


def run_at_once(
    world: World, plan: Plan, event: Event, items: Sequence[Item], scope: Scope, recorded: Recorded
) -> tuple[Future[None], Outcome]:
    """The same for a run that has no effects: nothing in it is waited for but its end."""
    live = LiveRun(world, plan, event, items, scope, recorded, begun=False)
    live.execution.run_pure()
    return live.end()


def _state(execution: Execution, recorded: Recorded, failures: Sequence[Failure], ending: Ending | None) -> RunState:
    """What failed before a node ended the run is not swept away: it is decided on first."""
    if recorded.cancelled:
        return "cancelled"
    if execution.stopped:
        return "failed"
    if failures:
        return "parked"
    if ending is not None:
        return ending.state
    return "waiting" if execution.waiting else "done"


def may_be_timed(plan: Plan, trigger: str) -> bool:
    """Whether a run that starts there may have a deadline: its own, or that of the run that called it."""
    policy = plan.flow.nodes[trigger].policy
    return plan.by_slug[trigger].type.starts == "call" or (policy is not None and policy.deadline is not None)


def unknown(recorded: Recorded, failures: Sequence[Failure] = ()) -> list[Failure]:
    """Of a cancelled run: the calls of which a person still has to say whether they happened (rule R12)."""
    found = {(one.slug, one.key): one for one in failures if one.problem.code == UNKNOWN}
    for entry in recorded.intentions.values():
        spot = (entry["step"], entry["key"])
        found.setdefault(spot, Failure(*spot, {}, Problem(UNKNOWN, (entry["step"],))))
    return list(found.values())


def _diverged(entry: dict[str, Any]) -> Failure:
    return Failure(entry["step"], entry["key"], {}, Problem("run.diverged", (entry["step"],), {"effect": entry["id"]}))


def incident_of(failure: Failure) -> NewIncident:
    return NewIncident(failure.slug, failure.key, failure.problem.code, failure.problem.where, failure.problem.fields)
