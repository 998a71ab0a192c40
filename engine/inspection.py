"""Looks into runs and orders for people: recomputed from the facts, personal data masked by the classes that lineage knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from engine.errors import Problem
from engine.flow.lineage import Carried
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.json_text import read_json
from engine.node.items import Item
from engine.order import CanonicalOrder
from engine.privacy.classes import DataClass, FieldClass, field_classes
from engine.privacy.item import mask_item
from engine.run.effects import EffectRequest
from engine.run.execution import Execution
from engine.run.facts import Recorded, read_facts
from engine.run.journaled import RecordedEffects
from engine.run.live import scope_of
from engine.run.plan import Step
from engine.run.view import Asked, ShownItem, ShownRequest, StepState, StepView, views_of
from engine.store.ports import HubOrder

if TYPE_CHECKING:
    from engine.app import Orderloom

__all__ = ["ShownItem", "ShownRequest", "StepState", "StepView", "asked_at", "masked_order", "order_classes", "steps_of"]
_MARK = FieldClass(DataClass.INTERNAL)


async def steps_of(app: Orderloom, run_id: int, plain: Collection[str] = ()) -> list[StepView]:
    """Every step of a run, in topological order. Raises ``NotFound`` for an unknown run or erased data.

    ``plain`` names steps whose items and requests are given as they are, to somebody who brought these data himself.
    """
    execution, effects, recorded = await _recomputed(app, run_id)
    return views_of(execution, [_asked(*one, recorded) for one in effects.requests], plain)


async def asked_at(app: Orderloom, run_id: int, effect: str) -> tuple[EffectRequest, Item] | None:
    """What a run asks by one effect, and the item for which it does, masked; ``None`` where it does not ask that any more."""
    execution, effects, _ = await _recomputed(app, run_id)
    for step, key, identity, request in effects.requests:
        if identity == effect:
            items = [item for own, item in execution.inputs[step.index] if own == key]
            return request, mask_item(items[0] if items else {}, execution.plan.carried.get((step.slug, "in"), Carried()).fields)
    return None


async def _recomputed(app: Orderloom, run_id: int) -> tuple[Execution, RecordedEffects, Recorded]:
    event = await app.store.event(run_id)
    plan = await app.flows.plan_at(event.flow, event.version)
    arrival = read_delivery(plan.by_slug[event.trigger], unpack(await app.store.event_body(run_id)))
    recorded = read_facts(await app.store.facts(run_id))
    recorded.cancelled = False  # what was done before is shown too; what was not, is pending
    effects = RecordedEffects(event, recorded)
    execution = Execution(plan, event.trigger, arrival.items, scope_of(plan, event, arrival.channel, arrival.shop_id), effects, recorded)
    await execution.run()
    return execution, effects, recorded


def masked_order(order: HubOrder) -> Item:
    """A canonical order of the hub as a person may see it."""
    return mask_item(read_json(order.body), order_classes())


def order_classes() -> Mapping[str, FieldClass]:
    """The fields of a canonical order, and the marks that ``rule.tag_order`` adds."""
    return {**field_classes(CanonicalOrder), "priority": _MARK, "tags[]": _MARK}


def _asked(step: Step, key: str, identity: str, request: EffectRequest, recorded: Recorded) -> Asked:
    entry = recorded.results.get(identity, {})
    failed = entry.get("failed")
    problem = Problem(failed["code"], tuple(failed["where"]), failed["fields"]) if failed else None
    return Asked(step.slug, key, identity, request, entry.get("ok"), problem)
