"""What people see of an execution, whether it was computed again from a past run's facts or ran in the sandbox: everything masked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.connection.masked_answer import masked_answer
from engine.errors import Problem
from engine.flow.lineage import Carried
from engine.node.items import START_KEY, Item
from engine.privacy.classes import FieldClass
from engine.privacy.item import mask_item
from engine.privacy.scrub import scrubbed
from engine.run.effects import Asked
from engine.run.execution import Execution
from engine.run.masked_request import RequestMask
from engine.run.plan import Plan, Step
from engine.run.shown import request_json
from engine.run.step import Keyed, StepResult

StepState = Literal["done", "pending", "parked", "skipped"]


@dataclass(frozen=True, slots=True)
class ShownItem:
    key: str
    item: Item


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """``id`` is the idempotency key; ``answer`` what came back (``None``: nothing yet); ``failed`` the problem of a final failure."""

    id: str
    item_key: str
    request: Mapping[str, Any]
    answer: Any = None
    failed: Problem | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a run, with all data masked. ``failures`` are (item key, problem); ``dropped`` items left by no port."""

    slug: str
    use: str
    label: str
    state: StepState
    inputs: Sequence[ShownItem]
    outputs: Mapping[str, Sequence[ShownItem]]
    requests: Sequence[ShownRequest]
    failures: Sequence[tuple[str, Problem]]
    dropped: int = 0


def views_of(execution: Execution, asked: Sequence[Asked], plain: Collection[str] = ()) -> list[StepView]:
    """Every step behind the trigger, in topological order. Steps of ``plain`` are shown as they are."""
    plan = execution.plan
    chosen = plan.behind[execution.trigger].steps
    by_slug: dict[str, list[Asked]] = {}
    for one in asked:
        by_slug.setdefault(one.slug.partition("/")[0], []).append(one)  # with what a flow asks that the step called
    steps = (plan.steps[index] for index in chosen)
    return [_Look(execution, step, step.slug in plain).view(by_slug.get(step.slug, ())) for step in steps]


def unread(plan: Plan, trigger: str, problem: Problem, *, over: bool) -> list[StepView]:
    """The same where the event could not be read, so that nothing reached any step; ``over``: the run has ended."""
    steps = [plan.steps[index] for index in plan.behind[trigger].steps]
    return [_idle(step, ((START_KEY, told(problem)),) if step.slug == trigger else (), over=over) for step in steps]


def _idle(step: Step, failures: Sequence[tuple[str, Problem]], *, over: bool) -> StepView:
    state = "parked" if failures else "skipped" if over else "pending"
    return StepView(step.slug, step.type.use, step.type.label, state, (), {}, (), failures)


def told(problem: Problem) -> Problem:
    """Problems hold no values; should a node's do so, numbers that identify people are masked."""
    return replace(problem, fields=scrubbed(dict(problem.fields)))


def classes_at(plan: Plan, slug: str, port: str) -> Mapping[str, FieldClass]:
    """The classes of the fields that leave a step by a port, or reach it (``in``)."""
    return plan.carried.get((slug, port), Carried()).fields


@dataclass(frozen=True, slots=True)
class _Look:
    execution: Execution
    step: Step
    plain: bool

    def view(self, asked: Sequence[Asked]) -> StepView:
        step = self.step
        result, inputs = self.execution.results[step.index], self.execution.inputs[step.index]
        failures = [(failure.key, told(failure.problem)) for failure in (result.failures if result else ())]
        return StepView(
            slug=step.slug,
            use=step.type.use,
            label=step.type.label,
            state=_state(result, reached=bool(inputs), ended=self.execution.ending is not None),
            inputs=() if step.type.is_trigger else self._items("in", inputs),
            outputs={port: self._items(port, sent) for port, sent in (result.outputs if result else {}).items()},
            requests=self._requests(asked, [item for _, item in inputs]),
            failures=failures,
            dropped=len(result.dropped) if result else 0,
        )

    def _items(self, port: str, items: Sequence[Keyed]) -> list[ShownItem]:
        classes = self._classes(port)
        return [ShownItem(key, item if self.plain else mask_item(item, classes)) for key, item in items]

    def _requests(self, asked: Sequence[Asked], items: Sequence[Item]) -> list[ShownRequest]:
        params = self.execution.plan.flow.nodes[self.step.slug].params
        mask = RequestMask(self.step, params, self._classes("in"), items)
        return [self._request(one, mask) for one in asked]

    def _request(self, one: Asked, mask: RequestMask) -> ShownRequest:
        shown = request_json(one.request, key=one.id)
        failed = told(one.failed) if one.failed else None
        if self.plain:
            return ShownRequest(one.id, one.key, shown, one.answer, failed)
        return ShownRequest(one.id, one.key, mask(shown), masked_answer(one.answer), failed)

    def _classes(self, port: str) -> Mapping[str, FieldClass]:
        return classes_at(self.execution.plan, self.step.slug, port)


def _state(result: StepResult | None, *, reached: bool, ended: bool) -> StepState:
    if result is None or result.held or result.waiting:
        return "skipped" if ended else "pending"
    if result.failures:
        return "parked"
    return "done" if reached else "skipped"
