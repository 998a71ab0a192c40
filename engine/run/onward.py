"""An execution that begins in the middle: one step and all behind it work again, the others keep what they made in a past run."""

from __future__ import annotations

from collections.abc import Mapping

from engine.node.items import Item, Scope
from engine.run.effects import Effects
from engine.run.execution import Execution
from engine.run.facts import Recorded
from engine.run.plan import Plan, Step
from engine.run.step import Keyed, StepResult


class Onward(Execution):
    """``trigger`` is the step to begin at. What reached it in ``before`` reaches it again, items of ``edits`` in the place of others.

    The plan may be another one than that of ``before``: steps beside the way are known by their slugs, and new ones made nothing.
    """

    def __init__(
        self, plan: Plan, slug: str, scope: Scope, effects: Effects, recorded: Recorded, before: Execution, edits: Mapping[str, Item]
    ) -> None:  # fmt: skip
        super().__init__(plan, slug, (), scope, effects, recorded)
        self._before = before
        then = before.plan.by_slug[slug]
        self.start = [(key, edits.get(key, item)) for key, item in before.inputs[then.index]]
        self._held = before.misses(then)

    def _begin(self) -> None:
        start = self.plan.by_slug[self.trigger]
        chosen = self.plan.behind[self.trigger].steps
        for step in self.plan.steps:
            if step.index not in chosen:
                self._take_over(step)
        if start.type.is_trigger:
            super()._begin()
            return
        if self._held:
            self._short.add(start.index)
        self._ready.append(start.index)

    def _collect(self, step: Step) -> list[Keyed]:
        return list(self.start) if step.slug == self.trigger else super()._collect(step)

    def _take_over(self, step: Step) -> None:
        """What the step of that name made then, and whether some of it is still to come."""
        then = self._before.plan.by_slug.get(step.slug)
        if then is None:
            return
        self.inputs[step.index] = self._before.inputs[then.index]
        result = self.results[step.index] = self._before.results[then.index]
        if self._before.misses(then):
            self._short.add(step.index)
        if result is not None and self._lacks(step, result):
            self._miss(step)

    def _lacks(self, step: Step, result: StepResult) -> bool:
        return bool(result.waiting or result.held or step.index in self._short or (result.failures and step.on_error != "route"))
