"""The journal in memory: the same decisions over dictionaries. A write is done when the call returns, and so is its future."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from msgspec import structs

from engine.errors import Conflict, Problem
from engine.json_text import canonical_json, read_json
from engine.store.dedupe import Digester, Verdict, judge
from engine.store.dedupe import Kept as KeptEvent
from engine.store.hub import outcome, with_outcome
from engine.store.ids import IdSequence
from engine.store.operations import ENDS
from engine.store.ports import Accepted, Event, Fact, HubOrder, HubOutcome, Incident, NewEvent, NewIncident, NewWait, Run, RunEnd, Wait
from engine.store.problems import not_found
from engine.store.write_incidents import closing_state

OWNER = 1
T = TypeVar("T")


@dataclass(slots=True)
class Kept:
    """What is kept; dictionaries stay in the order of their first entry."""

    ids: IdSequence = field(default_factory=lambda: IdSequence(OWNER))
    seen: dict[bytes, KeptEvent] = field(default_factory=dict[bytes, KeptEvent])
    events: dict[int, Event] = field(default_factory=dict[int, Event])
    bodies: dict[int, bytes] = field(default_factory=dict[int, bytes])
    facts: dict[int, dict[int, Fact]] = field(default_factory=dict[int, "dict[int, Fact]"])
    runs: dict[int, Run] = field(default_factory=dict[int, Run])
    incidents: dict[int, Incident] = field(default_factory=dict[int, Incident])
    waits: dict[int, Wait] = field(default_factory=dict[int, Wait])
    orders: dict[tuple[str, str, str], tuple[int, HubOrder]] = field(default_factory=dict[tuple[str, str, str], "tuple[int, HubOrder]"])


class MemoryJournal:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._digester = Digester(b"")

    def put_event(self, event: NewEvent) -> Future[Accepted]:
        return _done(lambda: self._put_event(event))

    def put_fact(self, fact: Fact, end: RunEnd | None = None) -> Future[None]:
        return _done(lambda: self._put_fact(fact, end))

    def end_run(self, event_id: int, end: RunEnd) -> Future[None]:
        return _done(lambda: self._end(event_id, end))

    def put_order(self, order: HubOrder, fact: Fact) -> Future[HubOutcome]:
        return _done(lambda: self._put_order(order, fact))

    def backlog(self) -> int:
        return 0

    def _put_event(self, event: NewEvent) -> Accepted:
        identity = self._digester.identity(event)
        verdict = judge(event, identity, self._digester, self._kept.seen.get)
        if verdict.first is not None:
            return Accepted(verdict.first, verdict.key, duplicate=True, conflict=verdict.conflict)
        event_id = self._kept.ids.next()
        self._kept.seen |= dict.fromkeys(verdict.digests, KeptEvent(identity.content, identity.delivery, event_id))
        self._open_run(event, event_id, verdict)
        return Accepted(event_id, verdict.key, duplicate=False, conflict=verdict.conflict)

    def _open_run(self, event: NewEvent, event_id: int, verdict: Verdict) -> None:
        kept = self._kept
        kept.events[event_id] = Event(
            event_id,
            event.flow,
            event.version,
            event.trigger,
            verdict.key,
            event.order_key,
            event.received_at,
            event.actor,
            event.passes,
            verdict.conflict,
        )
        kept.bodies[event_id] = event.body
        kept.runs[event_id] = Run(
            event_id, event.flow, event.version, "queued", event.order_key, event.received_at, None, event.fingerprint
        )

    def _put_fact(self, fact: Fact, end: RunEnd | None) -> None:
        check_fact(self._kept, fact)
        self._kept.facts.setdefault(fact.event_id, {})[fact.number] = fact
        if end is not None:
            self._end(fact.event_id, end)

    def _end(self, event_id: int, end: RunEnd) -> None:
        run = self._kept.runs.get(event_id)
        if run is None:
            raise not_found("run.unknown")
        self._kept.runs[event_id] = replace(run, state=end.state, ended_at=end.at if end.state in ENDS else None)
        self._settle_incidents(run, end)
        if end.waits or end.state not in ("done", "parked"):
            self._settle_waits(run, end)

    def _settle_incidents(self, run: Run, end: RunEnd) -> None:
        kept = self._kept.incidents
        known = {(one.step, one.item_key): one for one in kept.values() if one.run_id == run.id and one.state == "open"}
        found = {(incident.step, incident.item_key): incident for incident in end.incidents}
        for spot, incident in known.items():
            if spot not in found:
                kept[incident.id] = replace(incident, state=closing_state(end), closed_at=end.at)
        for spot, incident in found.items():
            if spot not in known:
                self._open_incident(run, incident, end)

    def _settle_waits(self, run: Run, end: RunEnd) -> None:
        kept = self._kept
        known = {one.effect: one for one in kept.waits.values() if one.run_id == run.id}
        wanted = {wait.effect: wait for wait in end.waits}
        for effect, wait in known.items():
            if wait.state == "open" and effect not in wanted:
                kept.waits[wait.id] = replace(wait, state="cancelled", closed_at=end.at)
        for effect, wait in wanted.items():
            if effect not in known:
                self._open_wait(run, wait, end)
        if end.state == "waiting" and any(known[effect].state != "open" for effect in wanted if effect in known):
            kept.runs[run.id] = replace(kept.runs[run.id], state="queued")

    def _open_wait(self, run: Run, wait: NewWait, end: RunEnd) -> None:
        wait_id = self._kept.ids.next()
        self._kept.waits[wait_id] = Wait(
            wait_id,
            run.id,
            run.flow,
            wait.step,
            wait.item_key,
            wait.kind,
            wait.effect,
            wait.digest,
            wait.due_at,
            wait.roles,
            "open",
            end.at,
        )

    def _open_incident(self, run: Run, incident: NewIncident, end: RunEnd) -> None:
        incident_id = self._kept.ids.next()
        fields = read_json(canonical_json(dict(incident.fields)))
        where = tuple(incident.where)
        self._kept.incidents[incident_id] = Incident(
            incident_id, run.id, run.flow, incident.step, incident.item_key, incident.code, where, fields, "open", end.at
        )

    def _put_order(self, order: HubOrder, fact: Fact) -> HubOutcome:
        check_fact(self._kept, fact)
        identity = (order.channel, order.shop_id, order.channel_order_id)
        order_id, held = self._kept.orders.get(identity, (0, None))
        result = outcome(order, held.version, held.content) if held else "new"
        if result in ("new", "changed"):
            updated = replace(order, event_id=fact.event_id, updated_at=order.updated_at or fact.at)
            self._kept.orders[identity] = (order_id or self._kept.ids.next(), updated)
        self._put_fact(structs.replace(fact, body=with_outcome(fact.body, result)), None)
        return result


def check_fact(kept: Kept, fact: Fact) -> None:
    if fact.event_id not in kept.events:
        raise not_found("event.unknown")
    if fact.number in kept.facts.get(fact.event_id, {}):
        raise Conflict(Problem("store.already_kept"))


def _done(write: Callable[[], T]) -> Future[T]:
    future: Future[T] = asyncio.get_running_loop().create_future()
    try:
        future.set_result(write())
    except Exception as error:  # noqa: BLE001  it belongs to whoever awaits
        future.set_exception(error)
    return future
