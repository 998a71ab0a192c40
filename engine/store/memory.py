"""The store in memory, for sandboxes and tests: the same behaviour, nothing on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from engine.errors import Conflict, Problem
from engine.store.filters import EVERY_EVENT, EVERY_ORDER, EventFilter, OrderFilter, is_between
from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import OWNER, Kept, MemoryJournal, check_fact
from engine.store.memory_waits import MemoryWaits
from engine.store.pages import bounds, page
from engine.store.ports import OPEN_STATES, Event, Fact, HubOrder, Incident, IncidentState, Journal, Page, Run, RunFilter, RunState
from engine.store.problems import not_found

T = TypeVar("T")


class MemoryStore(MemoryDocuments, MemoryWaits):
    def __init__(self) -> None:
        super().__init__()
        self._kept = Kept()
        self.journal: Journal = MemoryJournal(self._kept)
        self.owner: int = OWNER

    async def open(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do; what is kept stays readable."""

    def signing_key(self) -> bytes:
        return b"in memory"

    async def event(self, event_id: int) -> Event:
        return _found(self._kept.events.get(event_id), "event.unknown")

    async def event_body(self, event_id: int) -> bytes:
        return _found(self._kept.bodies.get(event_id), "event.unknown")

    async def facts(self, event_id: int) -> Sequence[Fact]:
        await self.event(event_id)
        return [fact for _, fact in sorted(self._kept.facts.get(event_id, {}).items())]

    async def events(self, where: EventFilter = EVERY_EVENT, *, limit: int = 50, cursor: str | None = None) -> Page[Event]:
        keys = self._order_keys(where.order)
        matching = (event for event in self._kept.events.values() if (keys is None or event.order_key in keys) and _fits(event, where))
        return _page(matching, lambda event: event.id, limit, cursor)

    async def events_of_order(self, order_key: str) -> Sequence[Event]:
        return [event for event in self._kept.events.values() if event.order_key == order_key]

    async def run(self, run_id: int) -> Run:
        return _found(self._kept.runs.get(run_id), "run.unknown")

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
        return _page(matching, lambda run: run.id, limit, cursor)

    async def run_counts(self) -> Mapping[tuple[str, RunState], int]:
        return Counter((run.flow, run.state) for run in self._kept.runs.values())

    async def run_counts_since(self, since: datetime) -> Mapping[str, int]:
        return Counter(run.flow for run in self._kept.runs.values() if run.accepted_at >= since)

    async def open_runs(self) -> Sequence[Event]:
        return [self._kept.events[run.id] for run in self._kept.runs.values() if run.state in OPEN_STATES]

    async def parked_order_keys(self) -> Sequence[tuple[str, str]]:
        return list({(run.flow, run.order_key): None for run in self._kept.runs.values() if run.state == "parked"})

    async def incidents(
        self,
        *,
        state: IncidentState | None = "open",
        run_id: int | None = None,
        flow: str | None = None,
        step: str | None = None,
        code: str | None = None,
        order: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Incident]:
        keys = self._order_keys(order)
        matching = (
            one
            for one in self._kept.incidents.values()
            if state in (None, one.state)
            and run_id in (None, one.run_id)
            and flow in (None, one.flow)
            and step in (None, one.step)
            and (code is None or f"{one.code}.".startswith(f"{code}."))
            and (keys is None or self._kept.runs[one.run_id].order_key in keys)
        )
        return _page(matching, lambda incident: incident.id, limit, cursor)

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
        await self.audit(fact.actor, "incident.close", str(incident_id), {"run": str(fact.event_id), "state": state})

    async def orders(self, where: OrderFilter = EVERY_ORDER, *, limit: int = 50, cursor: str | None = None) -> Page[HubOrder]:
        matching = [pair for pair in self._kept.orders.values() if _is_wanted(pair[1], where)]
        found = _page(matching, lambda pair: pair[0], limit, cursor)
        return Page([order for _, order in found.items], found.next)

    async def order(self, channel: str, shop_id: str, channel_order_id: str) -> HubOrder:
        return _found(self._kept.orders.get((channel, shop_id, channel_order_id)), "order.unknown")[1]

    async def order_counts(self) -> Mapping[str, int]:
        return Counter(order.channel for _, order in self._kept.orders.values())

    def _order_keys(self, text: str | None) -> set[str] | None:
        if text is None:
            return None
        brought = {order.event_id for _, order in self._kept.orders.values() if text in (order.channel_order_id, order.display_no)}
        return {text, *(self._kept.runs[event_id].order_key for event_id in brought)}


def _found(value: T | None, code: str) -> T:
    if value is None:
        raise not_found(code)
    return value


def _page(matching: Iterable[T], position: Callable[[T], int], limit: int, cursor: str | None) -> Page[T]:
    limit, below = bounds(limit, cursor)
    newest_first = sorted((one for one in matching if position(one) < below), key=position, reverse=True)
    return page(newest_first, limit, position, lambda one: one)


def _fits(event: Event, where: EventFilter) -> bool:
    marked = {None: True, "conflict": event.conflict, "cancellation": event.passes}
    return (
        where.flow in (None, event.flow)
        and where.trigger in (None, event.trigger)
        and marked[where.mark]
        and is_between(event.received_at, where.since, where.until)
    )


def _is_wanted(order: HubOrder, where: OrderFilter) -> bool:
    return (
        where.channel in (None, order.channel)
        and where.status in (None, order.status)
        and where.priority in (None, order.priority)
        and _has_number(order, where.text)
        and is_between(order.updated_at, where.since, where.until)
    )


def _has_number(order: HubOrder, text: str | None) -> bool:
    wanted = (text or "").lower()
    return wanted in order.channel_order_id.lower() or wanted in order.display_no.lower()
