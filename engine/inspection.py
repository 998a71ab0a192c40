"""Looks into runs and orders for people: recomputed from the facts, personal data masked by the classes that lineage knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from engine.errors import Problem
from engine.flow.lineage import Carried
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.json_text import read_json
from engine.node.items import Item
from engine.order import CanonicalOrder
from engine.privacy.classes import DataClass, FieldClass, Kind, field_classes
from engine.privacy.item import mask_item
from engine.privacy.masks import mask
from engine.run.effects import EffectRequest
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
_MARK = FieldClass(DataClass.INTERNAL)


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


async def steps_of(app: Orderloom, run_id: int, plain: Collection[str] = ()) -> list[StepView]:
    """Every step of a run, in topological order. Raises ``NotFound`` for an unknown run or erased data.

    ``plain`` names steps whose items and requests are given as they are, to somebody who brought these data himself.
    """
    event = await app.store.event(run_id)
    plan = await app.flows.plan_at(event.flow, event.version)
    arrival = read_delivery(plan.by_slug[event.trigger], unpack(await app.store.event_body(run_id)))
    recorded = read_facts(await app.store.facts(run_id))
    recorded.cancelled = False  # what was done before is shown too; what was not, is pending
    effects = RecordedEffects(event, recorded)
    execution = Execution(plan, event.trigger, arrival.items, scope_of(plan, event, arrival.channel, arrival.shop_id), effects, recorded)
    await execution.run()
    chosen, _ = plan.behind(event.trigger)
    look = _Look(plan, execution, effects, recorded)
    return [look.at(plan.steps[index], plain=plan.steps[index].slug in plain) for index in chosen]


def masked_order(order: HubOrder) -> Item:
    """A canonical order of the hub as a person may see it."""
    return mask_item(read_json(order.body), order_classes())


def order_classes() -> Mapping[str, FieldClass]:
    """The fields of a canonical order, and the marks that ``rule.tag_order`` adds."""
    return {**field_classes(CanonicalOrder), "priority": _MARK, "tags[]": _MARK}


@dataclass(frozen=True, slots=True)
class _Look:
    plan: Plan
    execution: Execution
    effects: RecordedEffects
    recorded: Recorded

    def at(self, step: Step, *, plain: bool) -> StepView:
        result, inputs = self.execution.results[step.index], self.execution.inputs[step.index]
        failures = [(f.key, f.problem) for f in (result.failures if result else ())]
        real = [(key, problem) for key, problem in failures if problem.code != PENDING]
        return StepView(
            slug=step.slug,
            use=step.type.use,
            label=step.type.label,
            state=_state(result is not None, len(failures), len(real), bool(inputs)),
            inputs=() if step.type.is_trigger else self._items(step, "in", inputs, plain=plain),
            outputs={port: self._items(step, port, sent, plain=plain) for port, sent in (result.outputs if result else {}).items()},
            requests=[
                self._request(step, key, identity, request, plain=plain)
                for at, key, identity, request in self.effects.requests
                if at is step
            ],
            failures=real,
        )

    def _items(self, step: Step, port: str, items: Sequence[Keyed], *, plain: bool) -> list[ShownItem]:
        classes = self._classes(step, port)
        return [ShownItem(key, item if plain else mask_item(item, classes)) for key, item in items]

    def _request(self, step: Step, key: str, identity: str, request: EffectRequest, *, plain: bool) -> ShownRequest:
        shown = request_json(request, key=identity)
        if not plain:
            shown = {**shown, "body": self._body(step, shown["body"])}
        entry = self.recorded.results.get(identity, {})
        failed = entry.get("failed")
        problem = Problem(failed["code"], tuple(failed["where"]), failed["fields"]) if failed else None
        return ShownRequest(identity, key, shown, _scrubbed(entry.get("ok")), problem)

    def _body(self, step: Step, body: Any) -> Any:
        if isinstance(body, dict) and not _is_message(body):  # pyright: ignore[reportUnknownArgumentType]
            return mask_item(cast("Item", body), self._classes(step, "in"))
        return _scrubbed(body)

    def _classes(self, step: Step, port: str) -> Mapping[str, FieldClass]:
        return self.plan.carried.get((step.slug, port), Carried()).fields


def _state(ran: bool, failures: int, real: int, reached: bool) -> StepState:
    if not ran or failures > real:
        return "pending"
    if real:
        return "parked"
    return "done" if reached else "skipped"


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
