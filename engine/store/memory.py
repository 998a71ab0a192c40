"""The store in memory, for sandboxes and tests: the same behaviour, nothing on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import msgspec

from engine.errors import Conflict, Problem
from engine.store.filters import EVERY_EVENT, OPEN_INCIDENTS, EventFilter, IncidentFilter, is_between
from engine.store.memory_alarms import MemoryAlarms
from engine.store.memory_call_log import MemoryCallLog
from engine.store.memory_calls import MemoryCalls
from engine.store.memory_campaigns import MemoryCampaigns
from engine.store.memory_cleansing import MemoryCleansing
from engine.store.memory_consignments import MemoryConsignments
from engine.store.memory_contracts import MemoryContracts
from engine.store.memory_journal import Kept, MemoryJournal, check_fact
from engine.store.memory_notices import MemoryNotices
from engine.store.memory_orders import MemoryOrders
from engine.store.memory_parcels import MemoryParcels
from engine.store.memory_reconciliations import MemoryReconciliations
from engine.store.memory_retention import MemoryRetention
from engine.store.memory_shares import MemoryShares
from engine.store.memory_sheets import MemorySheets
from engine.store.memory_shipments import MemoryShipments
from engine.store.memory_sources import MemorySources
from engine.store.memory_standing import MemoryStanding
from engine.store.memory_stock import MemoryStock
from engine.store.memory_traffic import MemoryTraffic
from engine.store.memory_waits import MemoryWaits
from engine.store.order_keys import end_of
from engine.store.pages import newest_first
from engine.store.ports import (
    OPEN_STATES,
    RESTING_STATES,
    CallLog,
    Due,
    DueKind,
    Event,
    Fact,
    Incident,
    IncidentState,
    Journal,
    Page,
    Recording,
    Run,
    RunFilter,
    RunState,
)
from engine.store.problems import not_found

T = TypeVar("T")


class MemoryStore(
    MemoryOrders, MemoryNotices, MemoryWaits, MemoryCalls, MemoryStanding, MemoryRetention, MemorySources, MemoryReconciliations,
    MemoryAlarms, MemoryCleansing, MemoryContracts, MemoryTraffic, MemoryShares, MemoryStock, MemoryParcels, MemorySheets,
    MemoryCampaigns,
    MemoryShipments,
    MemoryConsignments,
):  # fmt: skip
    """``beside``: another one whose events and runs this one shares, as that of another process would."""

    def __init__(self, beside: MemoryStore | None = None) -> None:
        super().__init__()
        self._kept = Kept() if beside is None else beside.kept
        self._mine = MemoryJournal(self._kept)
        self.journal: Journal = self._mine
        self.call_log: CallLog = MemoryCallLog()

    @property
    def kept(self) -> Kept:
        """What all that stand beside each other share."""
        return self._kept

    @property
    def owner(self) -> int:
        return self._mine.claim.owner

    async def open(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do; what is kept stays readable."""

    def signing_key(self) -> bytes:
        return b"in memory"

    async def due(self, now: datetime) -> Due:
        found: dict[DueKind, bool] = {
            "waits": bool(await self.due_waits(now)),
            "holds": bool(await self.overtaken_holds()),
            "notices": bool(self._kept.notices),
            "messages": bool(await self.due_messages(now)),
            "recordings": bool(self._kept.traffic_keys),
        }
        return Due(await self.change_mark(), frozenset(kind for kind, there in found.items() if there))

    async def event(self, event_id: int) -> Event:
        return _found(self._kept.events.get(event_id), "event.unknown")

    async def event_body(self, event_id: int) -> bytes:
        return _found(self._kept.bodies.get(event_id), "event.erased" if event_id in self._kept.events else "event.unknown")

    async def facts(self, event_id: int) -> Sequence[Fact]:
        facts = self._kept.facts.get(event_id, {})
        if (await self.event(event_id)).erased and facts:
            raise not_found("event.erased")
        return [fact for _, fact in sorted(facts.items())]

    async def recordings(self, event_ids: Sequence[int]) -> Mapping[int, Recording]:
        bodies = self._kept.bodies
        return {event_id: Recording(bodies[event_id], await self.facts(event_id)) for event_id in event_ids if event_id in bodies}

    async def events(self, where: EventFilter = EVERY_EVENT, *, limit: int = 50, cursor: str | None = None) -> Page[Event]:
        keys = self._order_keys(where.order)
        matching = (event for event in self._kept.events.values() if (keys is None or event.order_key in keys) and _fits(event, where))
        return newest_first(matching, lambda event: event.id, limit, cursor)

    async def events_of_order(self, order_key: str) -> Sequence[Event]:
        return [event for event in self._kept.events.values() if event.order_key == order_key]

    async def run(self, run_id: int) -> Run:
        return _found(self._kept.runs.get(run_id), "run.unknown")

    async def move_run(self, fact: Fact, version: int, fingerprint: str) -> None:
        run = await self.run(fact.event_id)
        if run.state not in RESTING_STATES:
            raise Conflict(Problem("run.not_movable", (str(run.id),), {"state": run.state}))
        check_fact(self._kept, fact)
        self._kept.facts.setdefault(run.id, {})[fact.number] = fact
        self._kept.events[run.id] = msgspec.structs.replace(self._kept.events[run.id], version=version)
        self._kept.runs[run.id] = replace(run, state="queued", ended_at=None, version=version, fingerprint=fingerprint)
        self._kept.claims[run.id] = self._mine.claim

    async def runs(self, where: RunFilter, *, limit: int = 50, cursor: str | None = None) -> Page[Run]:
        keys = self._order_keys(where.order)
        matching = (
            run
            for run in self._kept.runs.values()
            if where.flow in (None, run.flow)
            and where.state in (None, run.state)
            and (keys is None or run.order_key in keys)
            and is_between(run.accepted_at, where.since, where.until)
        )
        return newest_first(matching, lambda run: run.id, limit, cursor)

    async def run_counts(self) -> Mapping[tuple[str, RunState], int]:
        return Counter((run.flow, run.state) for run in self._kept.runs.values())

    async def run_counts_since(self, since: datetime) -> Mapping[str, int]:
        return Counter(run.flow for run in self._kept.runs.values() if run.accepted_at >= since)

    async def accepted_by_second(self, since: datetime) -> Mapping[int, int]:
        times = (run.accepted_at for run in self._kept.runs.values() if run.accepted_at >= since)
        return Counter(int((at - since).total_seconds()) for at in times)

    async def open_runs(self, *, after: int = 0, limit: int | None = None) -> Sequence[Event]:
        if after == 0:
            await self.adopt_runs()
        claims, claim = self._kept.claims, self._mine.claim
        runs = (run.id for run in self._kept.runs.values() if run.state in OPEN_STATES and claims[run.id] == claim and run.id > after)
        return [self._kept.events[run_id] for run_id in sorted(runs)[:limit]]

    async def adopt_runs(self) -> Sequence[Event]:
        return [self._kept.events[run_id] for run_id in self._kept.adopt(self._mine.claim)]

    async def parked_order_keys(self) -> Sequence[tuple[str, str]]:
        return list({(run.flow, run.order_key): None for run in self._kept.runs.values() if run.state == "parked"})

    async def incidents(self, where: IncidentFilter = OPEN_INCIDENTS, *, limit: int = 50, cursor: str | None = None) -> Page[Incident]:
        keys = self._order_keys(where.order)
        matching = (
            one
            for one in self._kept.incidents.values()
            if where.state in (None, one.state)
            and where.run_id in (None, one.run_id)
            and where.flow in (None, one.flow)
            and where.step in (None, one.step)
            and (where.code is None or f"{one.code}.".startswith(f"{where.code}."))
            and (keys is None or self._kept.runs[one.run_id].order_key in keys)
        )
        return newest_first(matching, lambda incident: incident.id, limit, cursor)

    async def incident_counts(self) -> Mapping[tuple[str, str], int]:
        return Counter((one.flow, one.step) for one in self._kept.incidents.values() if one.state == "open")

    async def incident(self, incident_id: int) -> Incident:
        return _found(self._kept.incidents.get(incident_id), "incident.unknown")

    async def close_incident(self, incident_id: int, state: IncidentState, fact: Fact) -> None:
        incident = await self.incident(incident_id)
        if incident.run_id != fact.event_id:
            raise not_found("incident.unknown")
        if incident.state != "open":
            raise Conflict(Problem("incident.closed", fields={"state": incident.state}))
        check_fact(self._kept, fact)
        self._kept.facts.setdefault(fact.event_id, {})[fact.number] = fact
        self._kept.incidents[incident_id] = replace(incident, state=state, closed_at=fact.at)
        self._kept.runs[fact.event_id] = replace(self._kept.runs[fact.event_id], state="queued", ended_at=None)
        self._kept.claims[fact.event_id] = self._mine.claim
        await self.audit(fact.actor, "incident.close", str(incident_id), {"run": str(fact.event_id), "state": state})

    def _order_keys(self, text: str | None) -> set[str] | None:
        if text is None:
            return None
        brought = {order.event_id for _, order in self._kept.orders.values() if text in (order.channel_order_id, order.display_no)}
        on_their_way = (run.order_key for run in self._kept.runs.values() if run.state != "done" and run.order_key.endswith(end_of(text)))
        return {text, *(self._kept.runs[event_id].order_key for event_id in brought), *on_their_way}


def _found(value: T | None, code: str) -> T:
    if value is None:
        raise not_found(code)
    return value


def _fits(event: Event, where: EventFilter) -> bool:
    marked = {None: True, "conflict": event.conflict, "cancellation": event.passes}
    return (
        where.flow in (None, event.flow)
        and where.trigger in (None, event.trigger)
        and marked[where.mark]
        and is_between(event.received_at, where.since, where.until)
    )
