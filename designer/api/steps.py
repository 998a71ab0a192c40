"""Steps of a run or of a trial, with the data on their wires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from designer.api.shapes import ProblemShown, raw
from engine.catalogue import explain, text
from engine.errors import Problem
from engine.inspection import ShownItem, ShownRequest, StepView


@dataclass(frozen=True, slots=True)
class ItemShown:
    key: str
    item: Any


@dataclass(frozen=True, slots=True)
class FailureShown:
    item_key: str
    problem: ProblemShown


@dataclass(frozen=True, slots=True)
class RequestShown:
    """``id`` is the idempotency key; ``answer`` is null while nothing is recorded."""

    id: str
    item_key: str
    request: Any
    answer: Any
    failed: ProblemShown | None


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step with the data on its wires, personal data masked; ``dropped`` items left it by no port."""

    slug: str
    use: str
    label: str
    state: str
    inputs: Sequence[ItemShown]
    outputs: Mapping[str, Sequence[ItemShown]]
    requests: Sequence[RequestShown]
    failures: Sequence[FailureShown]
    dropped: int


def step_shown(view: StepView, language: str) -> StepShown:
    return StepShown(
        slug=view.slug,
        use=view.use,
        label=text(view.label, language),
        state=view.state,
        inputs=_items(view.inputs),
        outputs={port: _items(items) for port, items in view.outputs.items()},
        requests=[_request(request, language) for request in view.requests],
        failures=[FailureShown(key, _problem(problem, language)) for key, problem in view.failures],
        dropped=view.dropped,
    )


def _items(items: Sequence[ShownItem]) -> list[ItemShown]:
    return [ItemShown(one.key, raw(one.item)) for one in items]


def _request(shown: ShownRequest, language: str) -> RequestShown:
    failed = _problem(shown.failed, language) if shown.failed else None
    return RequestShown(shown.id, shown.item_key, raw(shown.request), raw(shown.answer), failed)


def _problem(problem: Problem, language: str) -> ProblemShown:
    return ProblemShown(**explain(problem, language))
