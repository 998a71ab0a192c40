"""Parked orders go on through a mended mapping, many at once; those that the hub holds because of a change are read anew."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import structs

from engine.bulk import Progress
from engine.errors import Conflict, InputInvalid, OrderloomError, Problem
from engine.intake.parcel import unpack
from engine.json_text import read_json, write_json
from engine.node.items import Item
from engine.node.terms import Terms, in_terms, terms_document
from engine.recompute import Recomputed, recompute
from engine.run.execution import Execution
from engine.run.facts import read_facts
from engine.run.seen import orders_in
from engine.store.ports import Event, EventFilter, Fact, FormChange, IncidentFilter
from engine.watch.contract.operation import Operation

if TYPE_CHECKING:
    from engine.app import Orderloom

log = logging.getLogger("orderloom.contract")
_LAST: Final = 2**62
"""The number of a fact that is only tried."""
_BEFORE: Final = timedelta(minutes=1)
"""Orders are looked at in portions: the first ones with a change may have come a little before it was seen."""
_PAGE: Final = 500


async def mend_parked(app: Orderloom, change_id: int, per_second: float, actor: str) -> Progress:
    """Sends parked orders on through the mapping that is in force, oldest first, in the background; orders that the hub holds because of
    the change are read once more.

    Raises ``NotFound`` or ``Conflict``: ``form_change.no_mapping``, ``bulk.running``.
    """
    change = await app.store.form_change(change_id)
    operation, terms = app.contracts.operation(change.operation), app.contracts.terms(change.operation)
    if terms is None:
        raise Conflict(Problem("form_change.no_mapping", (change.operation,)))
    decide = partial(_mend, app, operation, terms)
    concerned = await _concerned(app, operation)
    begun = await app.bulk.start(concerned, "mend", per_second, actor, lambda incident, _, who: decide(incident, who))
    app.bulk.beside(_read_anew(app, operation, terms, change, per_second, actor))
    return begun


async def _concerned(app: Orderloom, operation: Operation) -> list[int]:
    """Open incidents of orders that came in this form, oldest first."""
    found: list[tuple[int, int]] = []
    for flow in sorted({flow for flow, _ in operation.plans}):
        cursor: str | None = None
        while True:
            page = await app.store.incidents(IncidentFilter(flow=flow), limit=_PAGE, cursor=cursor)
            triggers = {one.id: (await app.store.event(one.run_id)).trigger for one in page.items}
            found += [(one.run_id, one.id) for one in page.items if (flow, triggers[one.id]) in operation.plans]
            cursor = page.next
            if cursor is None:
                break
    return [identity for _, identity in sorted(found)]


async def _mend(app: Orderloom, operation: Operation, terms: Terms, incident_id: int, actor: str) -> None:
    """Raises ``Conflict`` (``form_change.not_concerned``) or ``InputInvalid`` (``form_change.no_help``) for one that stays open."""
    incident = await app.open_incident(incident_id)
    event = await app.store.event(incident.run_id)
    if (event.flow, event.trigger) not in operation.plans:
        raise _not_concerned(incident_id)
    delivery, before = unpack(await app.store.event_body(event.id)), read_facts(await app.store.facts(event.id))
    known = before.terms or delivery.terms
    own = structs.replace(terms, envelopes=operation.form.envelopes)
    if known is not None and known.version >= own.version:
        raise _not_concerned(incident_id)
    body = {"step": incident.step, "key": incident.item_key, "terms": terms_document(own)}
    then = await recompute(app.store, app.flows, event.id)
    tried = await recompute(app.store, app.flows, event.id, Fact(event.id, _LAST, "mapping", write_json(body), "", event.received_at))
    spot = (incident.step, incident.item_key, incident.code)
    if spot in _failing(tried.execution) or _astray(tried) - _astray(then):
        raise InputInvalid(Problem("form_change.no_help", (str(incident_id),)))
    await app.close_incident(incident, "mapping", body, actor, "resumed")
    await app.store.audit(actor, "incident.map", f"incident:{incident_id}", {"operation": operation.form.name, "version": str(own.version)})


def _failing(execution: Execution) -> set[tuple[str, str, str]]:
    return {(failure.slug, failure.key, failure.problem.code) for failure in execution.parked}


def _astray(found: Recomputed) -> set[tuple[str, str]]:
    """Places whose recorded calls are no longer those that the run asks for (rule R1)."""
    recorded = found.recorded
    asked = {identity for _, _, identity, _ in found.effects.requests} | recorded.superseded
    diverged = {(failure.slug, failure.key) for failure in found.execution.parked if failure.problem.code == "run.diverged"}
    return diverged | {(entry["step"], entry["key"]) for identity, entry in recorded.results.items() if identity not in asked}


async def _read_anew(app: Orderloom, operation: Operation, terms: Terms, change: FormChange, per_second: float, actor: str) -> int:
    """Orders that went through before somebody decided, and that the hub holds because of it. Returns how many."""
    count = 0
    for flow, trigger in sorted(operation.plans):
        where = EventFilter(flow=flow, trigger=trigger, since=change.first_at - _BEFORE)
        cursor: str | None = None
        while True:
            page = await app.store.events(where, limit=_PAGE, cursor=cursor)
            for event in page.items:
                try:
                    is_read = await _read_one_anew(app, operation, terms, event, actor)
                except OrderloomError as error:
                    log.info("not read anew", extra={"run": str(event.id), "code": error.problems[0].code})
                    continue
                if is_read:
                    count += 1
                    await asyncio.sleep(1 / per_second)
            cursor = page.next
            if cursor is None:
                break
    if count:
        await app.store.audit(actor, "contract.read_anew", f"contract:{operation.form.name}", {"orders": str(count)})
    return count


async def _read_one_anew(app: Orderloom, operation: Operation, terms: Terms, event: Event, actor: str) -> bool:
    state = "" if event.erased else (await app.store.run(event.id)).state
    if state not in ("done", "waiting"):
        return False
    delivery = unpack(await app.store.event_body(event.id))
    own = structs.replace(terms, envelopes=operation.form.envelopes)
    body: Any = read_json(delivery.body)
    if (delivery.terms is not None and delivery.terms.version >= own.version) or not isinstance(body, dict):
        return False
    plan = await app.flows.newest(event.flow)
    step = plan.triggers.get(event.trigger) if plan is not None else None
    if plan is None or step is None or step.disabled or not await _is_held(app, event):
        return False
    if in_terms(cast("Item", body), own) == body and not await _fetched_otherwise(app, operation, event, own):
        return False
    told = structs.replace(delivery, terms=own)
    accepted = await app.intake.accept_anew(plan, step, told, app.world.now(), actor=actor)
    if state == "waiting" and not accepted.duplicate:  # it waits to be released, as an order that is read otherwise by now
        await app.cancel(event.id, actor)
    return not accepted.duplicate


async def _fetched_otherwise(app: Orderloom, operation: Operation, event: Event, own: Terms) -> bool:
    """Whether the terms change what a node of the run had fetched."""
    found = (await recompute(app.store, app.flows, event.id)).execution
    steps = [step for step in found.plan.fetching if step.type.form is not None and step.type.form.name == operation.form.name]
    results = [result for step in steps if (result := found.results[step.index]) is not None]
    return any(in_terms(item, own) != item for result in results for sent in result.outputs.values() for _, item in sent)


async def _is_held(app: Orderloom, event: Event) -> bool:
    """Whether the newest state of an order came by this event, and must not ship as it is."""
    for order in orders_in((await recompute(app.store, app.flows, event.id)).execution):
        held = await app.store.order(*(str(order.get(name) or "") for name in ("channel", "shop_id", "channel_order_id")))
        if held.event_id == event.id and held.hold_reasons:
            return True
    return False


def _not_concerned(incident_id: int) -> Conflict:
    return Conflict(Problem("form_change.not_concerned", (str(incident_id),)))
