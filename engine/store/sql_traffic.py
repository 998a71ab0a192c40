"""Recordings of traffic, in SQL. Bodies are sealed with the master key, although only pseudonyms stand in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from engine.privacy.cipher import MasterKey, place
from engine.store.connection import Connection
from engine.store.database import Part
from engine.store.pages import bounds, page
from engine.store.problems import not_found
from engine.store.records import Page
from engine.store.rows import insert
from engine.store.sql_audit import append_audit
from engine.store.times import to_micros
from engine.store.traffic import NewTraffic, Traffic, TrafficOrder
from engine.store.traffic_tables import TrafficOrderRow, TrafficRow

_BEGIN = (
    'INSERT INTO traffic (id, flow, "trigger", connection, most, began_at, until, keep_until, actor, ended_at, "key") '
    "VALUES (?,?,?,?,?,?,?,?,?,NULL,?)"
)
_END = 'UPDATE traffic SET ended_at = ?, "key" = NULL WHERE id = ? AND ended_at IS NULL'
_KEEP = 'INSERT INTO traffic_order (traffic_id, event_id, flow, "trigger", version, order_key, received_at, calls, reason, body) VALUES'
_Counts = Mapping[int, Mapping[str, int]]


class SqlTraffic(Part):
    async def begin_traffic(self, new: NewTraffic, *, actor: str) -> int:
        database = self._database

        def begin(connection: Connection) -> int:
            number = database.journal.ids.next()
            times = (to_micros(new.began_at), to_micros(new.until), to_micros(new.keep_until))
            key = database.master.seal(new.key, _key_place(number))
            connection.execute(_BEGIN, (number, new.flow, new.trigger, new.connection, new.most, *times, actor, key))
            append_audit(connection, actor, "recording.begin", f"recording:{number}", {"flow": new.flow, "connection": new.connection})
            return number

        return await database.write(begin)

    async def traffic(self, traffic_id: int) -> Traffic:
        row = await self._database.get(TrafficRow, traffic_id)
        if row is None:
            raise not_found("recording.unknown")
        return _as_traffic(row, await self._database.read(lambda session: _counts(session, [traffic_id])))

    async def traffics(self, *, limit: int = 50, cursor: str | None = None) -> Page[Traffic]:
        limit, below = bounds(limit, cursor)

        def query(session: Session) -> Page[Traffic]:
            newest = select(TrafficRow).where(TrafficRow.id < below).order_by(col(TrafficRow.id).desc()).limit(limit + 1)
            rows = session.exec(newest).all()
            counts = _counts(session, [row.id for row in rows])
            return page(rows, limit, lambda row: row.id, lambda row: _as_traffic(row, counts))

        return await self._database.read(query)

    async def open_traffics(self) -> Sequence[tuple[Traffic, bytes]]:
        master = self._database.master

        def query(session: Session) -> list[tuple[Traffic, bytes]]:
            rows = session.exec(select(TrafficRow).where(col(TrafficRow.ended_at).is_(None)).order_by(col(TrafficRow.id))).all()
            counts = _counts(session, [row.id for row in rows])
            return [(_as_traffic(row, counts), master.open_sealed(row.key or b"", _key_place(row.id))) for row in rows]

        return await self._database.read(query)

    async def end_traffic(self, traffic_id: int, at: datetime, *, actor: str) -> bool:
        def end(connection: Connection) -> bool:
            ended = connection.execute(_END, (to_micros(at), traffic_id)).rowcount > 0
            if ended:
                append_audit(connection, actor, "recording.end", f"recording:{traffic_id}", {})
            return ended

        await self.traffic(traffic_id)
        return await self._database.write(end)

    async def delete_traffic(self, traffic_id: int, *, actor: str) -> None:
        def delete(connection: Connection) -> None:
            if connection.execute("DELETE FROM traffic WHERE id = ?", (traffic_id,)).rowcount == 0:
                raise not_found("recording.unknown")
            connection.execute("DELETE FROM traffic_order WHERE traffic_id = ?", (traffic_id,))
            append_audit(connection, actor, "recording.delete", f"recording:{traffic_id}", {})

        await self.traffic(traffic_id)
        await self._database.write(delete)

    async def old_traffics(self, before: datetime) -> Sequence[int]:
        statement = select(TrafficRow.id).where(TrafficRow.keep_until < before).order_by(col(TrafficRow.id))
        return await self._database.read(lambda session: session.exec(statement).all())

    async def keep_traffic(self, traffic_id: int, orders: Sequence[TrafficOrder]) -> int:
        master = self._database.master

        def keep(connection: Connection) -> int:
            if not connection.execute("SELECT 1 FROM traffic WHERE id = ? AND ended_at IS NULL", (traffic_id,)).fetchall():
                return 0
            rows = [_row(master, traffic_id, one) for one in orders]
            return insert(connection, _KEEP, "(?,?,?,?,?,?,?,?,?,?)", rows, "ON CONFLICT (traffic_id, event_id) DO NOTHING")

        return await self._database.write(keep)

    async def traffic_events(self, traffic_id: int) -> Collection[int]:
        statement = select(TrafficOrderRow.event_id).where(TrafficOrderRow.traffic_id == traffic_id)
        return set(await self._database.read(lambda session: session.exec(statement).all()))

    async def traffic_orders(self, traffic_id: int, *, after: int = 0, limit: int = 50) -> Sequence[TrafficOrder]:
        master = self._database.master
        mine = (TrafficOrderRow.traffic_id == traffic_id, TrafficOrderRow.event_id > after)
        statement = select(TrafficOrderRow).where(*mine).order_by(col(TrafficOrderRow.event_id)).limit(limit)
        return await self._database.read(lambda session: [_as_order(master, row) for row in session.exec(statement).all()])

    async def forget_traffic_of(self, event_id: int) -> None:
        def forget(connection: Connection) -> None:
            connection.execute("DELETE FROM traffic_order WHERE event_id = ?", (event_id,))

        await self._database.write(forget)


def _counts(session: Session, ids: Sequence[int]) -> _Counts:
    """By recording and reason; the empty reason is that of the orders which were taken."""
    mine, reason = col(TrafficOrderRow.traffic_id), col(TrafficOrderRow.reason)
    statement = select(mine, reason, func.count()).where(mine.in_(ids)).group_by(mine, reason)
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for traffic_id, why, count in session.exec(statement):
        found[traffic_id][why] = count
    return found


def _row(master: MasterKey, traffic_id: int, one: TrafficOrder) -> tuple[object, ...]:
    body = master.seal(one.body, _place(traffic_id, one.event_id)) if one.body else b""
    at = to_micros(one.received_at)
    return traffic_id, one.event_id, one.flow, one.trigger, one.version, one.order_key, at, one.calls, one.reason, body


def _as_order(master: MasterKey, row: TrafficOrderRow) -> TrafficOrder:
    body = master.open_sealed(row.body, _place(row.traffic_id, row.event_id)) if row.body else b""
    return TrafficOrder(row.event_id, row.flow, row.trigger, row.version, row.order_key, row.received_at, row.calls, body, row.reason)


def _as_traffic(row: TrafficRow, counts: _Counts) -> Traffic:
    found = dict(counts.get(row.id, {}))
    taken = found.pop("", 0)
    times = (row.began_at, row.until, row.keep_until)
    return Traffic(row.id, row.flow, row.trigger, row.connection, row.most, *times, row.actor, row.ended_at, taken, found)


def _place(traffic_id: int, event_id: int) -> str:
    return place("traffic_order", "body", f"{traffic_id}/{event_id}")


def _key_place(traffic_id: int) -> str:
    return place("traffic", "key", traffic_id)
