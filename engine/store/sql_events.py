"""Events and their facts, read from SQL and opened."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from engine.privacy.cipher import DataKey, open_sealed, place
from engine.store.database import Database, Part
from engine.store.pages import bounds, page
from engine.store.ports import Event, Fact, Page
from engine.store.problems import not_found
from engine.store.tables import EventRow, FactRow, RunRow

_WITHOUT_BODY = defer(EventRow.body)  # pyright: ignore[reportArgumentType]


class SqlEvents(Part):
    async def event(self, event_id: int) -> Event:
        found = await self._events([event_id])
        if not found:
            raise not_found("event.unknown")
        return found[0]

    async def event_body(self, event_id: int) -> bytes:
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

    async def events(self, *, flow: str | None = None, limit: int = 50, cursor: str | None = None) -> Page[Event]:
        limit, below = bounds(limit, cursor)
        database = self._database

        def query(session: Session) -> Page[Event]:
            newest = (
                select(RunRow.id)
                .where(RunRow.id < below, *(() if flow is None else (RunRow.flow == flow,)))
                .order_by(col(RunRow.id).desc())
                .limit(limit + 1)
            )
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
    return Fact(row.event_id, row.number, row.kind, body, row.actor, row.at)


def as_event(row: EventRow, *, erased: bool) -> Event:
    return Event(
        row.id, row.flow, row.version, row.trigger, row.key, row.order_key, row.received_at, row.actor, row.passes, row.conflict, erased
    )
