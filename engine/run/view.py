"""What people see of an execution, whether it was computed again from a past run's facts or ran in the sandbox: everything masked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.errors import Problem
from engine.flow.lineage import Carried
from engine.node.items import Item
from engine.privacy.classes import FieldClass
from engine.privacy.item import mask_item
from engine.privacy.scrub import scrubbed
from engine.run.effects import EffectRequest
from engine.run.execution import Execution
from engine.run.masked_answer import masked_answer
from engine.run.masked_request import RequestMask
from engine.run.plan import Step
from engine.run.shown import request_json
from engine.run.step import Keyed, StepResult

StepState = Literal["done", "pending", "parked", "skipped"]
PENDING = "effect.pending"


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a step made, as it was, with its item key and idempotency key, and what became of it."""

    slug: str
    key: str
    id: str
    request: EffectRequest
    answer: Any = None
    failed: Problem | None = None


def views_of(execution: Execution, asked: Sequence[Asked], plain: Collection[str] = ()) -> list[StepView]:
    """Every step behind the trigger, in topological order. Steps of ``plain`` are shown as they are."""
    plan = execution.plan
    chosen, _ = plan.behind(execution.trigger)
    by_slug: dict[str, list[Asked]] = {}
    for one in asked:
        by_slug.setdefault(one.slug, []).append(one)
    steps = (plan.steps[index] for index in chosen)
    return [_Look(execution, step, step.slug in plain).view(by_slug.get(step.slug, ())) for step in steps]


def told(problem: Problem) -> Problem:
    """Problems hold no values; should a node's do so, numbers that identify people are masked."""
    return replace(problem, fields=scrubbed(dict(problem.fields)))


@dataclass(frozen=True, slots=True)
class _Look:
    execution: Execution
    step: Step
    plain: bool

    def view(self, asked: Sequence[Asked]) -> StepView:
        step = self.step
        result, inputs = self.execution.results[step.index], self.execution.inputs[step.index]
        failures = [(f.key, f.problem) for f in (result.failures if result else ())]
        real = [(key, told(problem)) for key, problem in failures if problem.code != PENDING]
        return StepView(
            slug=step.slug,
            use=step.type.use,
            label=step.type.label,
            state=_state(result, len(real), reached=bool(inputs)),
            inputs=() if step.type.is_trigger else self._items("in", inputs),
            outputs={port: self._items(port, sent) for port, sent in (result.outputs if result else {}).items()},
            requests=self._requests(asked, [item for _, item in inputs]),
            failures=real,
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
        return self.execution.plan.carried.get((self.step.slug, port), Carried()).fields


def _state(result: StepResult | None, real: int, *, reached: bool) -> StepState:
    if result is None or result.held or result.waiting or len(result.failures) > real:
        return "pending"
    if real:
        return "parked"
    return "done" if reached else "skipped"
