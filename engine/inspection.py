"""Looks into runs and orders for people: recomputed from the facts, personal data masked by the classes that lineage knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import Problem
from engine.flow.lineage import Carried
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.json_text import read_json
from engine.node.items import Item
from engine.order import CanonicalOrder
from engine.privacy.classes import FieldClass, Kind, field_classes
from engine.privacy.item import mask_item
from engine.privacy.masks import mask
from engine.run.execution import Execution
from engine.run.facts import Recorded, read_facts
from engine.run.journaled import RecordedEffects
from engine.run.live import scope_of
from engine.run.plan import Plan, Step
from engine.run.shown import request_json
from engine.run.step import Keyed
from engine.store.ports import HubOrder

if TYPE_CHECKING:
    from engine.app import Orderloom

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
    """One step of a run. All items and requests are masked; ``failures`` are (item key, problem)."""

    slug: str
    use: str
    label: str
    state: StepState
    inputs: Sequence[ShownItem]
    outputs: Mapping[str, Sequence[ShownItem]]
    requests: Sequence[ShownRequest]
    failures: Sequence[tuple[str, Problem]]


async def steps_of(app: Orderloom, run_id: int) -> list[StepView]:
    """Every step of a run, in topological order. Raises ``NotFound`` for an unknown run or erased data."""
    event = await app.store.event(run_id)
    plan = await app.flows.plan_at(event.flow, event.version)
    arrival = read_delivery(plan.by_slug[event.trigger], unpack(await app.store.event_body(run_id)))
    recorded = read_facts(await app.store.facts(run_id))
    effects = RecordedEffects(event, recorded)
    execution = Execution(plan, event.trigger, arrival.items, scope_of(plan, event, arrival.channel, arrival.shop_id), effects, recorded)
    await execution.run()
    chosen, _ = plan.behind(event.trigger)
    return [_view(plan, plan.steps[index], execution, effects, recorded) for index in chosen]


def masked_order(order: HubOrder) -> Item:
    """A canonical order of the hub as a person may see it."""
    return mask_item(read_json(order.body), order_classes())


def order_classes() -> Mapping[str, FieldClass]:
    return field_classes(CanonicalOrder)


def _view(plan: Plan, step: Step, execution: Execution, effects: RecordedEffects, recorded: Recorded) -> StepView:
    result = execution.results[step.index]
    failures = [(f.key, f.problem) for f in (result.failures if result else ())]
    pending = any(problem.code == PENDING for _, problem in failures)
    real = [(key, problem) for key, problem in failures if problem.code != PENDING]
    inputs = execution.inputs[step.index]
    state: StepState = "pending" if pending or result is None else "parked" if real else "done" if inputs else "skipped"
    return StepView(
        slug=step.slug,
        use=step.type.use,
        label=step.type.label,
        state=state,
        inputs=() if step.type.is_trigger else _shown(inputs, plan.carried.get((step.slug, "in"))),
        outputs={port: _shown(sent, plan.carried.get((step.slug, port))) for port, sent in (result.outputs if result else {}).items()},
        requests=[
            _request(plan, step, key, identity, request_json(request, key=identity), recorded)
            for at, key, identity, request in effects.requests
            if at is step
        ],
        failures=real,
    )


def _shown(items: Sequence[Keyed], carried: Carried | None) -> list[ShownItem]:
    classes = (carried or Carried()).fields
    return [ShownItem(key, mask_item(item, classes)) for key, item in items]


def _request(plan: Plan, step: Step, key: str, identity: str, shown: dict[str, Any], recorded: Recorded) -> ShownRequest:
    classes = plan.carried.get((step.slug, "in"), Carried()).fields
    body = shown["body"]
    shown = {**shown, "body": mask_item(body, classes) if isinstance(body, dict) and not _is_message(body) else _scrubbed(body)}  # pyright: ignore[reportUnknownArgumentType]
    entry = recorded.results.get(identity, {})
    failed = entry.get("failed")
    problem = Problem(failed["code"], tuple(failed["where"]), failed["fields"]) if failed else None
    return ShownRequest(identity, key, shown, _scrubbed(entry.get("ok")), problem)


def _is_message(body: Mapping[str, Any]) -> bool:
    """Robot messages and mails were rendered from masked data; their words are shown, scrubbed."""
    return "msgtype" in body or "msg_type" in body or "subject" in body


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value, Kind.TEXT)
    if isinstance(value, dict):
        return {key: _scrubbed(child) for key, child in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_scrubbed(child) for child in value]  # pyright: ignore[reportUnknownVariableType]
    return value
