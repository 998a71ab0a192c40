"""Events and their facts, read from SQL and opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from engine.privacy.cipher import DataKey, open_sealed, place
from engine.store.database import LARGEST, Database, Part
from engine.store.filters import EVERY_EVENT, EventFilter
from engine.store.order_keys import order_keys
from engine.store.pages import bounds, page
from engine.store.ports import Event, Fact, Page, Recording
from engine.store.problems import not_found
from engine.store.short_words import whole_actor, whole_fact, whole_key
from engine.store.spans import within
from engine.store.tables import MARKS, EventRow, FactRow, RunRow

_WITHOUT_BODY = defer(EventRow.body)  # pyright: ignore[reportArgumentType]


class SqlEvents(Part):
    async def event(self, event_id: int) -> Event:
        _require_possible(event_id)
        found = await self._events([event_id])
        if not found:
            raise not_found("event.unknown")
        return found[0]

    async def event_body(self, event_id: int) -> bytes:
        _require_possible(event_id)
        database = self._database

        def query(session: Session) -> bytes:
            row = session.get(EventRow, event_id)
            if row is None:
                raise not_found("event.unknown")
            key = database.ring.get(row.key_id)
            if key is None:
                raise not_found("event.erased")
            return open_sealed(key, row.body, place("event", "body", event_id))

        return await database.read(query)

    async def facts(self, event_id: int) -> Sequence[Fact]:
        """In their order. Raises ``NotFound`` (``event.unknown``, ``event.erased``)."""
        _require_possible(event_id)
        database = self._database

        def query(session: Session) -> list[Fact]:
            rows = session.exec(select(FactRow).where(FactRow.event_id == event_id).order_by(col(FactRow.number))).all()
            key_id = session.exec(select(EventRow.key_id).where(EventRow.id == event_id)).first()
            if key_id is None:
                raise not_found("event.unknown")
            if not rows:
                return []
            key = database.ring.get(key_id)
            if key is None:
                raise not_found("event.erased")
            return [_as_fact(row, key) for row in rows]

        return await database.read(query)

    async def recordings(self, event_ids: Sequence[int]) -> Mapping[int, Recording]:
        """Body and facts of many events at once, at most 500; those that are unknown or erased are left out."""
        database = self._database
        chosen = select(EventRow.id, EventRow.key_id, EventRow.body).where(col(EventRow.id).in_(event_ids))
        every = select(FactRow).where(col(FactRow.event_id).in_(event_ids)).order_by(col(FactRow.event_id), col(FactRow.number))

        def query(session: Session) -> dict[int, Recording]:
            rows = session.exec(chosen).all()
            keys = {event_id: key for event_id, key_id, _ in rows if (key := database.ring.get(key_id)) is not None}
            facts: dict[int, list[Fact]] = {event_id: [] for event_id in keys}
            for row in session.exec(every).all():
                if row.event_id in keys:
                    facts[row.event_id].append(_as_fact(row, keys[row.event_id]))
            return {
                event_id: Recording(open_sealed(keys[event_id], body, place("event", "body", event_id)), facts[event_id])
                for event_id, _, body in rows
                if event_id in keys
            }

        return await database.read(query)

    async def events(self, where: EventFilter = EVERY_EVENT, *, limit: int = 50, cursor: str | None = None) -> Page[Event]:
        """Newest first."""
        limit, below = bounds(limit, cursor)
        database = self._database

        def query(session: Session) -> Page[Event]:
            newest = _newest(session, where, below).limit(limit + 1)
            chosen = select(EventRow).options(_WITHOUT_BODY).where(col(EventRow.id).in_(newest)).order_by(col(EventRow.id).desc())
            rows = session.exec(chosen).all()
            gone = database.ring.destroyed(row.key_id for row in rows)
            return page(rows, limit, lambda row: row.id, lambda row: as_event(row, erased=row.key_id in gone))

        return await database.read(query)

    async def events_of_order(self, order_key: str) -> Sequence[Event]:
        """Oldest first."""
        ids = await self._database.read(lambda session: session.exec(select(RunRow.id).where(RunRow.order_key == order_key)).all())
        return await self._events(ids)

    async def _events(self, ids: Sequence[int]) -> list[Event]:
        database = self._database
        return await database.read(lambda session: events_by_id(session, database, ids))


def _require_possible(event_id: int) -> None:
    """Raises ``NotFound`` (``event.unknown``) for a number that no row can have."""
    if abs(event_id) > LARGEST:
        raise not_found("event.unknown")


def _newest(session: Session, where: EventFilter, below: int) -> Any:
    """Ids, newest first. From the narrow table of runs, unless only the wide one of events can tell, which has indexes for that."""
    if where.trigger is None and where.mark is None:
        conditions = [RunRow.id < below, *within(col(RunRow.id), col(RunRow.accepted_at), where.since, where.until)]
        if where.order is not None:
            conditions.append(col(RunRow.order_key).in_(order_keys(session, where.order)))
        if where.flow is not None:
            conditions.append(RunRow.flow == where.flow)
        return select(RunRow.id).where(*conditions).order_by(col(RunRow.id).desc())
    return select(EventRow.id).where(EventRow.id < below, *_marked(session, where)).order_by(col(EventRow.id).desc())


def _marked(session: Session, where: EventFilter) -> list[Any]:
    conditions = within(col(EventRow.id), col(EventRow.received_at), where.since, where.until)
    if where.order is not None:
        same = select(RunRow.id).where(col(RunRow.order_key).in_(order_keys(session, where.order)))
        conditions.append(col(EventRow.id).in_(same))
    if where.flow is not None:
        conditions.append(EventRow.flow == where.flow)
    if where.trigger is not None:
        conditions.append(EventRow.trigger == where.trigger)
    if where.mark is not None:
        conditions.append(text(MARKS[where.mark]))
    return conditions


def events_by_id(session: Session, database: Database, ids: Sequence[int]) -> list[Event]:
    """Those events, oldest first."""
    rows: list[EventRow] = []
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        rows += session.exec(select(EventRow).options(_WITHOUT_BODY).where(col(EventRow.id).in_(some)).order_by(col(EventRow.id))).all()
    gone = database.ring.destroyed(row.key_id for row in rows)
    return sorted((as_event(row, erased=row.key_id in gone) for row in rows), key=lambda event: event.id)


def _as_fact(row: FactRow, key: DataKey) -> Fact:
    body = open_sealed(key, row.body, place("fact", "body", f"{row.event_id}/{row.number}"))
    kind, actor = whole_fact(row.kind, row.actor)
    return Fact(row.event_id, row.number, kind, body, actor, row.at)


def as_event(row: EventRow, *, erased: bool) -> Event:
    key, actor = whole_key(row.key, row.order_key), whole_actor(row.actor, row.flow, row.trigger)
    return Event(row.id, row.flow, row.version, row.trigger, key, row.order_key, row.received_at, actor, row.passes, row.conflict, erased)
