"""Looks into runs and orders for people: recomputed from the facts, personal data masked by the classes that lineage knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from engine.errors import InputInvalid, Problem
from engine.flow.lineage import Carried
from engine.json_text import read_kept
from engine.node.items import Item
from engine.order import CanonicalOrder
from engine.privacy.classes import DataClass, FieldClass, field_classes
from engine.privacy.item import mask_item
from engine.recompute import recompute
from engine.run.effects import Asked, EffectRequest
from engine.run.facts import Ending, Recorded, read_facts
from engine.run.plan import Step
from engine.run.view import ShownItem, ShownRequest, StepState, StepView, unread, views_of
from engine.store.operations import ENDS
from engine.store.ports import HubOrder

if TYPE_CHECKING:
    from engine.app import Orderloom

__all__ = [
    "ShownItem",
    "ShownRequest",
    "StepState",
    "StepView",
    "asked_at",
    "ending_of",
    "masked_body",
    "masked_order",
    "order_classes",
    "steps_of",
]
_MARK = FieldClass(DataClass.INTERNAL)
_MARKS = ("priority", "tags[]", "rules_version", "lines[].platform_sku", "lines[].sku_matched", "lines[].bound_to")


async def steps_of(app: Orderloom, run_id: int, plain: Collection[str] = ()) -> list[StepView]:
    """Every step of a run, in topological order. Raises ``NotFound`` for an unknown run or erased data.

    ``plain`` names steps whose items and requests are given as they are, to somebody who brought these data himself.
    """
    try:
        found = await recompute(app.store, app.flows, run_id)
    except InputInvalid as error:  # its event cannot be read
        run, event = await app.store.run(run_id), await app.store.event(run_id)
        plan = await app.flows.plan_at(run.flow, run.version)
        return unread(plan, event.trigger, error.problems[0], over=run.state in ENDS)
    return views_of(found.execution, [_asked(*one, found.recorded) for one in found.effects.requests], plain)


async def asked_at(app: Orderloom, run_id: int, effect: str) -> tuple[EffectRequest, Item] | None:
    """What a run asks by one effect, and the item for which it does, masked; ``None`` where it does not ask that any more."""
    found = await recompute(app.store, app.flows, run_id)
    execution = found.execution
    for step, key, identity, request in found.effects.requests:
        if identity == effect:
            items = [item for own, item in execution.inputs[step.index] if own == key]
            return request, mask_item(items[0] if items else {}, execution.plan.carried.get((step.slug, "in"), Carried()).fields)
    return None


async def ending_of(app: Orderloom, run_id: int) -> Ending | None:
    """How a node ended a run ahead of its end; ``None`` also where the data were erased."""
    if (await app.store.event(run_id)).erased:
        return None
    return read_facts(await app.store.facts(run_id)).ending


def masked_order(order: HubOrder) -> Item:
    """A canonical order of the hub as a person may see it."""
    return masked_body(order.body)


def masked_body(body: bytes) -> Item:
    """The same of any of its versions."""
    return mask_item(read_kept(body), order_classes())


def order_classes() -> Mapping[str, FieldClass]:
    """The fields of a canonical order, and the marks that nodes of ours add."""
    return {**field_classes(CanonicalOrder), **dict.fromkeys(_MARKS, _MARK)}


def _asked(step: Step, key: str, identity: str, request: EffectRequest, recorded: Recorded) -> Asked:
    entry = recorded.results.get(identity, {})
    failed = entry.get("failed")
    problem = Problem(failed["code"], tuple(failed["where"]), failed["fields"]) if failed else None
    return Asked(step.slug, key, identity, request, entry.get("ok"), problem)
