"""One recorded event once more: as it was, from its facts, and through another plan in the sandbox. Performs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.errors import OrderloomError
from engine.node.items import Item
from engine.node.triggers import Arrival
from engine.run.captured import CapturedEffects
from engine.run.changes import Change, changes
from engine.run.effects import EffectRequest, Suspended, effect_id, request_digest
from engine.run.execution import Execution
from engine.run.facts import Recorded
from engine.run.live import scope_of
from engine.run.made import Made, made
from engine.run.onward import Onward
from engine.run.past import Asking, PastEffects
from engine.run.plan import Plan, Step
from engine.store.ports import Event, NewWait


class ReplayEffects:
    """Answers a request as the journal did where the same step asked the same; any other is captured, and answered as in a sandbox.

    What has not been answered yet stays so. Of the hub it is known what it would say of an order with other content: that it is
    as new, or as old, as the one that it was given. What a flow would answer to another call is not known: the item waits.
    """

    def __init__(self, event: Event, recorded: Recorded, past: Iterable[Asking]) -> None:
        self.asked: list[Asking] = []
        self._event, self._recorded = event, recorded
        self._sandbox = CapturedEffects(event.flow, event.key)
        self._at: dict[tuple[str, str, int], Asking] = {}
        self._same: dict[tuple[str, str], Asking] = {}
        for one in past:
            self._at[one.slug, one.key, one.call] = one
            self._same.setdefault((one.slug, one.digest), one)

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        generation = self._recorded.generations.get((step.slug, key), 0)
        identity = effect_id(self._event.flow, step.slug, self._event.key, key, call, generation)
        asking = Asking(step.slug, key, call, identity, request_digest(request), request)
        self.asked.append(asking)
        try:
            asking.answer = await self._answer(step, asking)
        except (OrderloomError, Suspended) as error:
            asking.error = error
            raise
        return asking.answer

    def knows(self, step: Step, key: str, call: int) -> bool:
        there = self._at.get((step.slug, key, call))
        return there is not None and not isinstance(there.error, Suspended)

    async def settle(self, step: Step) -> None:
        """Nothing is durable here."""

    async def _answer(self, step: Step, asking: Asking) -> Any:
        there = self._at.get((asking.slug, asking.key, asking.call))
        known = there if there is not None and there.digest == asking.digest else self._same.get((asking.slug, asking.digest))
        if known is not None:
            if known.error is not None:
                raise known.error
            return known.answer
        asking.captured = True
        if asking.request.kind == "call":
            raise Suspended(NewWait("child", asking.id, asking.digest, asking.slug, asking.key))
        if asking.request.kind == "hub" and there is not None and isinstance(there.answer, str):
            return "changed" if there.answer == "unchanged" else there.answer
        if asking.request.kind == "rules" and there is not None and isinstance(there.answer, dict):
            return cast("dict[str, Any]", there.answer)  # those that applied then, also to other lines
        return await self._sandbox.perform(step, asking.key, asking.call, asking.request)


@dataclass(frozen=True, slots=True)
class Looked:
    """An execution, and all that it asked for."""

    execution: Execution
    asked: Sequence[Asking]


async def look_back(plan: Plan, event: Event, arrival: Arrival, recorded: Recorded) -> Looked:
    """The run as it was. What was not done before a cancellation is still to come."""
    recorded.cancelled, recorded.terms = False, arrival.terms
    effects = PastEffects(event, recorded)
    execution = Execution(plan, event.trigger, arrival.items, scope_of(plan, event, arrival.channel, arrival.shop_id), effects, recorded)
    await execution.run()
    return Looked(execution, effects.asked)


async def run_through(plan: Plan, event: Event, arrival: Arrival, recorded: Recorded, past: Iterable[Asking]) -> Looked:
    """The same event through another plan, answered by what the run asked in the past.

    Whether a node ends the run is decided anew; where the same one does, what had worked by then was chance, and the fact counts.
    """
    recorded.cancelled, recorded.terms = False, arrival.terms
    past, ending, recorded.ending = list(past), recorded.ending, None
    found = await _through(plan, event, arrival, recorded, past)
    new = found.execution.ending
    if ending is None or new is None or (ending.step, ending.key) != (new.step, new.key):
        return found
    recorded.ending = ending
    return await _through(plan, event, arrival, recorded, past)


async def _through(plan: Plan, event: Event, arrival: Arrival, recorded: Recorded, past: Sequence[Asking]) -> Looked:
    effects = ReplayEffects(event, recorded, past)
    execution = Execution(plan, event.trigger, arrival.items, scope_of(plan, event, arrival.channel, arrival.shop_id), effects, recorded)
    await execution.run()
    return Looked(execution, effects.asked)


async def run_onward(
    plan: Plan, slug: str, event: Event, arrival: Arrival, recorded: Recorded, before: Looked, edits: Mapping[str, Item]
) -> Looked:
    """From one step on, with the items that reached it then; ``edits`` put others in their place, by item key."""
    recorded.cancelled, recorded.terms = False, arrival.terms
    if edits or plan is not before.execution.plan:
        recorded.ending = None
    effects = ReplayEffects(event, recorded, before.asked)
    scope = scope_of(plan, event, arrival.channel, arrival.shop_id)
    execution = Onward(plan, slug, scope, effects, recorded, before.execution, edits)
    await execution.run()
    return Looked(execution, effects.asked)


def compared(before: Looked, after: Looked) -> list[Change]:
    """What the two make otherwise, in the order of the steps of ``before``. Of a run from one step on only what lies behind it counts."""
    old, new = made(before.execution, before.asked), made(after.execution, after.asked)
    if isinstance(after.execution, Onward):
        start = after.execution.trigger
        old, new = _behind(before.execution.plan, start, old), _behind(after.execution.plan, start, new)
    return changes(before.execution, old, after.execution, new)


def _behind(plan: Plan, slug: str, things: Made) -> Made:
    chosen = {plan.steps[index].slug for index in plan.behind[slug].steps}
    return {place: content for place, content in things.items() if place.step in chosen}
