"""Brings an order to a system again: alone, as the parcel that holds it, or as the parts that it was split into."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import NotFound, Problem
from engine.hub.leading import leader_of, led_by
from engine.hub.reconcile import Name
from engine.node.keys import order_key
from engine.recompute import recompute
from engine.resend import Call, Resent, calls_of, require_again, resume_run, send_call, was_answered
from engine.run.consigned import NEWER_IS_HELD, consignment_of, order_in
from engine.store.ports import Event, IncidentFilter

if TYPE_CHECKING:
    from engine.app import Orderloom


@dataclass(frozen=True, slots=True)
class Wanted:
    """``connections``: of the system that is to get it; ``part`` of ``parts``: that one alone, 0 for all of it."""

    name: Name
    connections: Collection[str]
    part: int = 0
    parts: int = 0


@dataclass(slots=True)
class Round:
    """What was done so far in one go: a parcel is sent once, however many of its orders are wanted. ``sent`` by idempotency key."""

    resumed: set[int] = field(default_factory=set[int])
    sent: dict[str, Resent] = field(default_factory=dict[str, Resent])


@dataclass(frozen=True, slots=True)
class _Carrier:
    """A run that may have brought the order. ``whole``: all of it is about this order, or about the parcel that it is in."""

    event: Event
    whole: bool


async def resend_order(app: Orderloom, wanted: Wanted, actor: str, done: Round) -> list[Resent]:
    """Resume what is parked of the order, else repeat its newest delivery: each call of it to one of the connections.

    Raises ``NotFound`` (``resend.no_delivery``) where no run ever delivered it.
    """
    carriers = await _carriers(app, wanted)
    for carrier in carriers:
        if carrier.event.id in done.resumed or await _resume(app, carrier, wanted, actor):
            done.resumed.add(carrier.event.id)
            return [Resent("resumed", carrier.event.id)]
    for carrier in carriers:
        if not carrier.event.erased and (sent := await _repeat(app, carrier, wanted, actor, done)):
            return sent
    raise NotFound(Problem("resend.no_delivery", (wanted.name[2],)))


async def _carriers(app: Orderloom, wanted: Wanted) -> list[_Carrier]:
    """Newest first: the order's own runs, and those that sent it along with others."""
    found = {event.id: _Carrier(event, whole=True) for event in await app.store.events_of_order(order_key(*wanted.name))}
    leader = await leader_of(app.store, wanted.name)
    others = {} if leader is None else dict.fromkeys(await led_by(app.store, leader), True)
    for sent in (*await app.store.consignments_of_order(*wanted.name), *await app.store.consignments_under(*wanted.name)):
        if sent.connection in wanted.connections:
            others.setdefault(sent.event_id, False)
    for run_id, whole in others.items():
        event = None if run_id in found else await _kept_event(app, run_id)
        if event is not None:
            found[run_id] = _Carrier(event, whole)
    return [carrier for _, carrier in sorted(found.items(), reverse=True)]


async def _kept_event(app: Orderloom, event_id: int) -> Event | None:
    try:
        return await app.store.event(event_id)
    except NotFound:  # its time of keeping is over
        return None


async def _resume(app: Orderloom, carrier: _Carrier, wanted: Wanted, actor: str) -> bool:
    """Of a run that is about other orders or parts too, only what is parked where it hands this one over."""
    run_id = carrier.event.id
    if carrier.whole and not wanted.part:
        return await resume_run(app, run_id, actor)
    if carrier.event.erased or not (await app.store.incidents(IncidentFilter("open", run_id), limit=1)).items:
        return False
    found = await recompute(app.store, app.flows, run_id)
    return await resume_run(app, run_id, actor, {(call.step.slug, call.key) for call in calls_of(found) if _brings(call, wanted)})


async def _repeat(app: Orderloom, carrier: _Carrier, wanted: Wanted, actor: str, done: Round) -> list[Resent]:
    """Nothing where this run never delivered the order."""
    found = await recompute(app.store, app.flows, carrier.event.id)
    answered = [call for call in calls_of(found) if _goes_to(call, wanted) and was_answered(found, call)]
    calls = [call for call in answered if _brings(call, wanted)]
    if not calls and carrier.whole and not wanted.part:  # what it sends is not told to be an order: then it is about this one
        calls = [call for call in answered if order_in(call.request.content) is None][:1]
    sent: list[Resent] = []
    for call in calls:
        if call.id not in done.sent:
            require_again(found, call, carrier.event.id)
            done.sent[call.id] = await send_call(app, carrier.event, call, actor)
            await _keep(app, call, carrier.event, done.sent[call.id])
        sent.append(done.sent[call.id])
    return sent


async def _keep(app: Orderloom, call: Call, event: Event, resent: Resent) -> None:
    """What the system took may have been sent before anybody kept what parcels hold."""
    one = consignment_of(call.request.connection, call.request.content, event.id, call.step.type.name)
    if one is not None and one.members and resent.how == "sent" and resent.status != NEWER_IS_HELD:
        await app.store.keep_consignments([one])


def _goes_to(call: Call, wanted: Wanted) -> bool:
    return call.request.connection in wanted.connections and call.request.content.get("method") == "POST"


def _brings(call: Call, wanted: Wanted) -> bool:
    """Whether a call hands over the order: by itself, in a parcel, or the part of it that is wanted."""
    one = consignment_of(call.request.connection, call.request.content, 0) if _goes_to(call, wanted) else None
    if one is None or (one.channel, one.shop_id) != wanted.name[:2]:
        return False
    shares = {(one.whole, one.part, one.parts)}
    shares |= {(each.channel_order_id, each.part or one.part, each.parts or one.parts) for each in one.members}
    about = (wanted.name[2], wanted.part, wanted.parts)
    return any(one == about if wanted.part else one[0] == wanted.name[2] for one in shares)
