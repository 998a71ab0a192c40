"""The journal in memory: the same decisions over dictionaries. A write is done when the call returns, and so is its future."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from msgspec import structs

from engine.errors import Conflict, Problem
from engine.json_text import canonical_json, read_json
from engine.node.items import START_KEY
from engine.order.places import Ranking
from engine.store.alarms import Alarm, AlarmMessage
from engine.store.cleansing import RulesVersion, SkuMatch
from engine.store.consignments import Consignment
from engine.store.consignments import Place as ConsignmentPlace
from engine.store.contracts import FormChange, FormVersion, KeptContract
from engine.store.dedupe import Digester, Verdict, judge
from engine.store.dedupe import Kept as KeptEvent
from engine.store.hub import Came, outcome, with_outcome
from engine.store.ids import IdSequence
from engine.store.operations import ENDS, SHARE, deadline_effect, may_follow
from engine.store.owners import Claim
from engine.store.parcel_records import NewParcel, Parcel, Track, known_of, with_tracks
from engine.store.ports import (
    OPEN_STATES,
    Accepted,
    ChildRun,
    Event,
    Fact,
    HubOrder,
    HubOutcome,
    Incident,
    NewEvent,
    NewHold,
    NewIncident,
    NewWait,
    Notice,
    OrderVersion,
    Run,
    RunEnd,
    Wait,
)
from engine.store.problems import lost_owner, not_found
from engine.store.reconciliations import Reconciliation
from engine.store.sheets import Sheet
from engine.store.shipment_records import Shipment
from engine.store.slots import SLOTS
from engine.store.sold_states import CALLED_OFF, LEFT
from engine.store.stock_records import Place, StockDay, StockLevel, StockLimit, StockSource
from engine.store.traffic import Traffic, TrafficOrder
from engine.store.write_incidents import OVERDUE, closing_state
from engine.store.write_waits import opens_again

T = TypeVar("T")
Identity = tuple[str, str, str]
"""Of an order: channel, shop, channel order id."""


@dataclass(frozen=True, slots=True)
class KeptHold:
    order: NewHold
    ended_how: str = ""
    ended_by: str = ""


@dataclass(slots=True)
class Kept:
    """What is kept; dictionaries stay in the order of their first entry."""

    ids: IdSequence = field(default_factory=lambda: IdSequence(0))
    epochs: dict[int, int] = field(default_factory=dict[int, int])
    gone: set[int] = field(default_factory=set[int])
    """Slots that nobody holds any more."""
    claims: dict[int, Claim] = field(default_factory=dict[int, Claim])
    """Whose each run is."""
    seen: dict[bytes, KeptEvent] = field(default_factory=dict[bytes, KeptEvent])
    events: dict[int, Event] = field(default_factory=dict[int, Event])
    bodies: dict[int, bytes] = field(default_factory=dict[int, bytes])
    facts: dict[int, dict[int, Fact]] = field(default_factory=dict[int, "dict[int, Fact]"])
    runs: dict[int, Run] = field(default_factory=dict[int, Run])
    incidents: dict[int, Incident] = field(default_factory=dict[int, Incident])
    notices: dict[int, Notice] = field(default_factory=dict[int, Notice])
    waits: dict[int, Wait] = field(default_factory=dict[int, Wait])
    calls: dict[int, ChildRun] = field(default_factory=dict[int, ChildRun])
    sources: dict[tuple[str, str], Claim] = field(default_factory=dict[tuple[str, str], Claim])
    cursors: dict[tuple[str, str], bytes] = field(default_factory=dict[tuple[str, str], bytes])
    alarms: dict[int, Alarm] = field(default_factory=dict[int, Alarm])
    alarm_messages: dict[int, AlarmMessage] = field(default_factory=dict[int, AlarmMessage])
    alarm_rules: dict[str, bytes] = field(default_factory=dict[str, bytes])
    rules_versions: list[RulesVersion] = field(default_factory=list[RulesVersion])
    sku_matches: dict[int, SkuMatch] = field(default_factory=dict[int, SkuMatch])
    delays: dict[tuple[datetime, Claim], bytes] = field(default_factory=dict[tuple[datetime, Claim], bytes])
    orders: dict[tuple[str, str, str], tuple[int, HubOrder]] = field(default_factory=dict[tuple[str, str, str], "tuple[int, HubOrder]"])
    reconciliations: dict[tuple[str, str], Reconciliation] = field(default_factory=dict[tuple[str, str], Reconciliation])
    contracts: dict[str, KeptContract] = field(default_factory=dict[str, KeptContract])
    form_versions: dict[str, list[FormVersion]] = field(default_factory=dict[str, "list[FormVersion]"])
    form_changes: dict[int, FormChange] = field(default_factory=dict[int, FormChange])

    traffics: dict[int, Traffic] = field(default_factory=dict[int, Traffic])
    traffic_keys: dict[int, bytes] = field(default_factory=dict[int, bytes])
    traffic_orders: dict[int, dict[int, TrafficOrder]] = field(default_factory=dict[int, "dict[int, TrafficOrder]"])
    stock: dict[tuple[str, Place], StockLevel] = field(default_factory=dict[tuple[str, "Place"], StockLevel])
    stock_days: dict[tuple[str, Place, date], StockDay] = field(default_factory=dict[tuple[str, "Place", date], StockDay])
    stock_sources: dict[str, StockSource] = field(default_factory=dict[str, StockSource])
    stock_limits: dict[str, StockLimit] = field(default_factory=dict[str, StockLimit])
    parcels: dict[str, Parcel] = field(default_factory=dict[str, Parcel])
    tracks: dict[str, set[Track]] = field(default_factory=dict[str, "set[Track]"])
    places: dict[str, Ranking] = field(default_factory=dict[str, Ranking])
    shipments: dict[Identity, dict[str, Shipment]] = field(default_factory=dict["Identity", "dict[str, Shipment]"])
    consignments: dict[ConsignmentPlace, Consignment] = field(default_factory=dict["ConsignmentPlace", "Consignment"])
    sheets: dict[tuple[str, str], list[Sheet]] = field(default_factory=dict[tuple[str, str], "list[Sheet]"])

    versions: dict[Identity, list[OrderVersion]] = field(default_factory=dict["Identity", "list[OrderVersion]"])
    subjects: set[tuple[bytes, Identity, int]] = field(default_factory=set["tuple[bytes, Identity, int]"])
    held_orders: dict[int, KeptHold] = field(default_factory=dict[int, "KeptHold"])
    """By the id of their wait."""

    def take_claim(self) -> Claim:
        """The lowest slot that is free, in a new epoch."""
        number = next(number for number in SLOTS if number not in self.epochs or number in self.gone)
        self.gone.discard(number)
        return self.raise_epoch(number)

    def raise_epoch(self, number: int) -> Claim:
        self.epochs[number] = self.epochs.get(number, 0) + 1
        return Claim(number, self.epochs[number])

    def keep_consignments(self, sent: Iterable[Consignment]) -> None:
        for one in sent:
            self.consignments.pop(one.place, None)
            if one.members:
                self.consignments[one.place] = one

    def holds(self, claim: Claim) -> bool:
        return self.epochs[claim.owner] == claim.epoch

    def adopt(self, claim: Claim) -> list[int]:
        """As ``adopt`` in ``owners.py``."""
        found = {run.id: self.claims[run.id] for run in self.runs.values() if run.state in OPEN_STATES}
        for number in self.gone & {other.owner for other in found.values()} - {claim.owner}:
            self.raise_epoch(number)
        adopted = sorted(run_id for run_id, other in found.items() if not self.holds(other))
        self.claims |= dict.fromkeys(adopted, claim)
        return adopted


class MemoryJournal:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._digester = Digester(b"")
        self._claim = kept.take_claim()

    @property
    def claim(self) -> Claim:
        """A new one where the one before is lost."""
        if not self._kept.holds(self._claim):
            self._claim = self._kept.take_claim()
        return self._claim

    def put_event(self, event: NewEvent) -> Future[Accepted]:
        return _done(lambda: self._put_event(event))

    def put_fact(self, fact: Fact, end: RunEnd | None = None, *, decision: bool = False, sent: Sequence[Consignment] = ()) -> Future[None]:
        return _done(lambda: self._put_fact(fact, end, decision=decision, sent=sent))

    def end_run(self, event_id: int, end: RunEnd, *, decision: bool = False) -> Future[None]:
        return _done(lambda: self._end(event_id, end, decision=decision))

    def put_order(self, order: HubOrder, fact: Fact) -> Future[HubOutcome]:
        return _done(lambda: self._put_order(order, fact))

    def backlog(self) -> int:
        return 0

    def unheard(self) -> int:
        return 0

    def _put_event(self, event: NewEvent) -> Accepted:
        identity = self._digester.identity(event)
        verdict = judge(event, identity, self._digester, self._kept.seen.get)
        if verdict.first is not None:
            return Accepted(verdict.first, verdict.key, duplicate=True, conflict=verdict.conflict)
        if event.call is not None:
            self._require_caller(event.call.parent)
        event_id = self._kept.ids.next()
        self._kept.seen |= dict.fromkeys(verdict.digests, KeptEvent(identity.content, identity.delivery, event_id))
        self._open_run(event, event_id, verdict)
        return Accepted(event_id, verdict.key, duplicate=False, conflict=verdict.conflict)

    def _require_caller(self, parent: int) -> None:
        """What it hands over is read by its key."""
        if parent not in self._kept.events:
            raise not_found("event.unknown")
        if self._kept.events[parent].erased:
            raise not_found("event.erased")

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
        kept.claims[event_id] = self.claim
        kept.runs[event_id] = Run(
            event_id, event.flow, event.version, "queued", event.order_key, event.received_at, None, event.fingerprint
        )
        if event.call is not None:
            kept.calls[event_id] = ChildRun(event_id, event.call.parent, event.call.effect, event.call.depth)
        if event.share:
            kept.facts[event_id] = {SHARE: Fact(event_id, SHARE, "share", event.share, event.actor, event.received_at)}
        if event.deadline is not None:
            deadline = NewWait("deadline", deadline_effect(event_id), "", event.trigger, START_KEY, event.deadline)
            self._open_wait(kept.runs[event_id], deadline, event.received_at)

    def _put_fact(self, fact: Fact, end: RunEnd | None, *, decision: bool = False, sent: Sequence[Consignment] = ()) -> None:
        check_fact(self._kept, fact)
        self._check_owner(fact.event_id, decision=decision)
        self._kept.facts.setdefault(fact.event_id, {})[fact.number] = fact
        self._kept.keep_consignments(sent)
        if end is not None:
            self._end(fact.event_id, end, decision=decision)

    def _check_owner(self, run_id: int, *, decision: bool) -> None:
        if not decision and self._kept.claims[run_id] != self.claim:
            raise lost_owner()

    def _end(self, event_id: int, end: RunEnd, *, decision: bool) -> None:
        run = self._kept.runs.get(event_id)
        if run is None:
            raise not_found("run.unknown")
        self._check_owner(event_id, decision=decision)
        self._kept.claims[event_id] = self.claim
        if not may_follow(run.state, end.state):
            return
        self._kept.runs[event_id] = replace(run, state=end.state, ended_at=end.at if end.state in ENDS else None)
        self._settle_incidents(run, end)
        if end.waits or end.drops_waits or end.timed or end.state not in ("done", "parked"):
            self._settle_waits(run, end)

    def _settle_incidents(self, run: Run, end: RunEnd) -> None:
        kept = self._kept.incidents
        stays = set[str]() if end.state in ENDS else {OVERDUE}
        open_ones = (one for one in kept.values() if one.run_id == run.id and one.state == "open" and one.code not in stays)
        known = {(one.step, one.item_key): one for one in open_ones}
        found = {(incident.step, incident.item_key): incident for incident in end.incidents}
        for spot, incident in known.items():
            if spot not in found:
                kept[incident.id] = replace(incident, state=closing_state(end), closed_at=end.at)
        for spot, incident in found.items():
            if spot not in known:
                open_incident(self._kept, run, incident, end.at)
        if end.state == "failed":
            notice(self._kept, run.id, None)

    def _settle_waits(self, run: Run, end: RunEnd) -> None:
        kept = self._kept
        stays = set[str]() if end.state in ENDS else {"deadline"}
        known = {one.effect: one for one in kept.waits.values() if one.run_id == run.id and one.kind not in stays}
        wanted = {wait.effect: wait for wait in end.waits}
        for effect, wait in known.items():
            if wait.state == "open" and effect not in wanted:
                kept.waits[wait.id] = replace(wait, state="cancelled", closed_at=end.at)
        for effect, wait in wanted.items():
            if effect not in known:
                self._open_wait(run, wait, end.at)
            elif opens_again(known[effect].kind, known[effect].state):
                kept.waits[known[effect].id] = replace(known[effect], state="open", closed_at=None)
        over = [one for effect, one in known.items() if effect in wanted and one.state == "done" and not opens_again(one.kind, one.state)]
        if over and end.state in ("waiting", "parked"):
            kept.runs[run.id] = replace(kept.runs[run.id], state="queued")

    def _open_wait(self, run: Run, wait: NewWait, at: datetime) -> None:
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
            at,
        )
        if wait.hold is not None:
            self._kept.held_orders[wait_id] = KeptHold(wait.hold)

    def _put_order(self, order: HubOrder, fact: Fact) -> HubOutcome:
        check_fact(self._kept, fact)
        self._check_owner(fact.event_id, decision=False)
        result = keep_order(self._kept, order, fact)
        self._put_fact(structs.replace(fact, body=with_outcome(fact.body, result)), None)
        return result


def keep_order(kept: Kept, order: HubOrder, fact: Fact) -> HubOutcome:
    """The newest state, and the version that came."""
    identity = (order.channel, order.shop_id, order.channel_order_id)
    version_id = kept.ids.next()
    order_id, held = kept.orders.get(identity, (version_id, None))
    at = order.updated_at or fact.at
    came = Came(order.version, order.content, at)
    result = outcome(came, Came(held.version, held.content, held.updated_at) if held else None)
    if result in ("new", "changed"):
        kept.orders[identity] = (order_id, replace(order, event_id=fact.event_id, updated_at=at))
        _keep_parcel(kept, order.parcel)
    if result != "unchanged":
        kept.subjects.update((digest, identity, fact.event_id) for digest in order.subjects)
    body = b"" if result == "unchanged" else order.body
    version = OrderVersion(
        version_id, order.version, result, order.status, order.currency, order.amount_paid, order.hold_reasons, fact.event_id, at, body
    )
    kept.versions.setdefault(identity, []).append(version)
    if result in ("new", "changed") and order.status in CALLED_OFF and all(one.status not in LEFT for one in kept.versions[identity]):
        for ranking in kept.places.values():
            ranking.give_back(identity)
    return result


def _keep_parcel(kept: Kept, said: NewParcel | None) -> None:
    """A number that was corrected before a courier or a warehouse told of it is forgotten; the end of an order ends its parcels."""
    if said is None:
        return
    told = kept.shipments.get(said.order, {})
    for number, parcel in list(kept.parcels.items()):
        if parcel.order == said.order and number != said.id and parcel.state == "booked" and parcel.state_at is None and number not in told:
            del kept.parcels[number]
        elif parcel.order == said.order and said.order_over and parcel.open:
            kept.parcels[number] = replace(parcel, order_over=True)
    kept.parcels[said.id] = with_tracks(known_of(kept.parcels.get(said.id), said), kept.tracks.get(said.id, ()))


def open_incident(kept: Kept, run: Run, incident: NewIncident, at: datetime) -> None:
    incident_id = kept.ids.next()
    fields = read_json(canonical_json(dict(incident.fields)))
    where = tuple(incident.where)
    kept.incidents[incident_id] = Incident(
        incident_id, run.id, run.flow, incident.step, incident.item_key, incident.code, where, fields, "open", at
    )
    notice(kept, run.id, incident_id)


def notice(kept: Kept, run_id: int, incident_id: int | None) -> None:
    told = Notice(kept.ids.next(), run_id, incident_id)
    kept.notices[told.id] = told


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
