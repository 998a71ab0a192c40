"""Runs a flow in the sandbox: the same execution, effects captured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.node.keys import keys_of
from engine.node.triggers import Arrival
from engine.run.captured import CapturedEffects, SandboxHub
from engine.run.execution import UNTOUCHED, Execution
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
    hub: SandboxHub | None = None, received_at: datetime = SANDBOX_TIME, recorded: Recorded = UNTOUCHED,
) -> SandboxRun:  # fmt: skip
    """Run one event. ``number`` stands for the event's id; setting ``recorded.cancelled`` meanwhile ends it at the next step."""
    keys = keys_of(arrival)
    event = Event(
        number, plan.name, plan.version, step.slug, keys.event, keys.order, received_at, "sandbox", arrival.passes, conflict=False
    )
    effects = CapturedEffects(plan.name, event.key, answers, hub)
    execution = Execution(plan, step.slug, arrival.items, scope_of(plan, event, arrival.channel, arrival.shop_id), effects, recorded)
    await execution.run()
    return SandboxRun(event, execution, effects)
