"""Runs a flow in the sandbox: the same execution, effects captured."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from engine.errors import NodeError, OrderloomError, Problem
from engine.node.items import Item
from engine.node.keys import keys_of
from engine.node.triggers import Arrival
from engine.run.calls import MOST_DEEP, FindPlan, no_flows
from engine.run.captured import CapturedEffects, SandboxHub
from engine.run.effects import Asked
from engine.run.execution import UNTOUCHED, Execution, answered
from engine.run.facts import Recorded
from engine.run.live import scope_of
from engine.run.plan import Plan, Step
from engine.store.ports import Event

SANDBOX_TIME = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SandboxRun:
    """A finished execution with the requests that it would have made."""

    event: Event
    execution: Execution
    effects: CapturedEffects


async def run_in_sandbox(
    plan: Plan, step: Step, arrival: Arrival, *, number: int = 1, answers: Mapping[str, Sequence[Any]] | None = None,
    hub: SandboxHub | None = None, received_at: datetime = SANDBOX_TIME, recorded: Recorded = UNTOUCHED, flows: FindPlan = no_flows,
) -> SandboxRun:  # fmt: skip
    """Run one event. ``number`` stands for the event's id; setting ``recorded.cancelled`` meanwhile ends it at the next step.

    ``flows``: those that it may call; they run inside, with their effects captured too.
    """
    keys = keys_of(arrival)
    event = Event(
        number, plan.name, plan.version, step.slug, keys.event, keys.order, received_at, "sandbox", arrival.passes, conflict=False
    )
    hub = hub or SandboxHub()
    inside = _Inside(flows, hub, event, arrival.channel, arrival.shop_id, recorded)
    effects = CapturedEffects(plan.name, event.key, answers, hub, inside, received_at)
    execution = Execution(plan, step.slug, arrival.items, scope_of(plan, event, arrival.channel, arrival.shop_id), effects, recorded)
    await execution.run()
    return SandboxRun(event, execution, effects)


@dataclass(frozen=True, slots=True)
class _Inside:
    """Runs the flows that a flow calls; ``depth``: how many calls lie above."""

    flows: FindPlan
    hub: SandboxHub
    event: Event
    channel: str
    shop_id: str
    recorded: Recorded
    depth: int = 1

    async def __call__(self, name: str, key: str, items: list[Item], made: list[Asked]) -> list[Item]:
        if self.depth > MOST_DEEP:
            raise NodeError("call.too_deep", limit=MOST_DEEP)
        plan = self.flows(name)
        if plan is None or plan.callee is None:
            raise NodeError("call.unknown_flow" if plan is None else "call.not_callable", flow=name)
        event = replace(self.event, flow=name, version=plan.version, trigger=plan.callee.slug, key=key, order_key=key)
        effects = CapturedEffects(
            name, key, None, self.hub, dataclasses.replace(self, event=event, depth=self.depth + 1), event.received_at
        )
        execution = Execution(plan, event.trigger, items, scope_of(plan, event, self.channel, self.shop_id), effects, self.recorded)
        await execution.run()
        made += effects.requests
        if execution.stopped:
            raise NodeError("call.failed", flow=name, run="")
        if execution.parked:
            failed = execution.parked[0].problem
            raise OrderloomError(Problem(failed.code, (name, *failed.where), failed.fields))
        if execution.ending is not None and execution.ending.state == "failed":
            raise NodeError("call.failed", flow=name, run="")
        return answered(execution)
