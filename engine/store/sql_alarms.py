"""Alarms, their rules and messages, and minutes of delays, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from engine.errors import Conflict, Problem
from engine.json_text import read_json
from engine.store import write_alarms
from engine.store.alarm_tables import AlarmMessageRow, AlarmRow, AlarmRuleRow, DelayMinuteRow
from engine.store.alarms import OPEN_ALARMS, Alarm, AlarmFilter, AlarmMessage, MinuteOfDelays, NewAlarm
from engine.store.database import Part
from engine.store.pages import bounds, page
from engine.store.problems import not_found
from engine.store.records import Page
from engine.store.times import to_micros


class SqlAlarms(Part):
    async def alarm_rules(self) -> Mapping[str, bytes]:
        rows = await self._database.read(lambda session: session.exec(select(AlarmRuleRow)).all())
        return {row.name: row.body for row in sorted(rows, key=lambda row: row.name)}

    async def save_alarm_rule(self, name: str, document: bytes, *, actor: str) -> None:
        await self._database.write(lambda connection: write_alarms.save_rule(connection, name, document, actor))

    async def delete_alarm_rule(self, name: str, *, actor: str) -> None:
        await self._database.write(lambda connection: write_alarms.delete_rule(connection, name, actor))

    async def raise_alarm(self, alarm: NewAlarm, receivers: Collection[str], due_at: datetime) -> int | None:
        ids = self._database.journal.ids
        return await self._database.write(lambda connection: write_alarms.raise_alarm(connection, ids, alarm, receivers, due_at))

    async def end_alarm(self, alarm_id: int, at: datetime, due_at: datetime) -> bool:
        ids = self._database.journal.ids
        return await self._database.write(lambda connection: write_alarms.end(connection, ids, alarm_id, at, due_at))

    async def escalate_alarm(self, alarm_id: int, at: datetime, receivers: Collection[str], due_at: datetime) -> bool:
        ids = self._database.journal.ids
        return await self._database.write(lambda connection: write_alarms.escalate(connection, ids, alarm_id, at, receivers, due_at))

    async def acknowledge_alarm(self, alarm_id: int, at: datetime, *, actor: str) -> None:
        if not await self._database.write(lambda connection: write_alarms.acknowledge(connection, alarm_id, at, actor)):
            raise Conflict(Problem("alarm.not_raised", (str(alarm_id),), {"state": (await self.alarm(alarm_id)).state}))

    async def alarms(self, where: AlarmFilter = OPEN_ALARMS, *, limit: int = 50, cursor: str | None = None) -> Page[Alarm]:
        limit, below = bounds(limit, cursor)

        def query(session: Session) -> Page[Alarm]:
            statement = select(AlarmRow).where(AlarmRow.id < below, *_conditions(where)).order_by(col(AlarmRow.id).desc())
            return page(session.exec(statement.limit(limit + 1)).all(), limit, lambda row: row.id, _as_alarm)

        return await self._database.read(query)

    async def alarm(self, alarm_id: int) -> Alarm:
        row = await self._database.get(AlarmRow, alarm_id)
        if row is None:
            raise not_found("alarm.unknown")
        return _as_alarm(row)

    async def due_messages(self, until: datetime, *, limit: int = 100) -> Sequence[AlarmMessage]:
        return await self._database.read(lambda session: _due(session, until, limit))

    async def messages_of(self, alarm_ids: Sequence[int]) -> Sequence[AlarmMessage]:
        statement = select(AlarmMessageRow).where(col(AlarmMessageRow.alarm_id).in_(alarm_ids)).order_by(col(AlarmMessageRow.id))
        return [_as_message(row) for row in await self._database.read(lambda session: session.exec(statement).all())]

    async def settle_message(self, message: AlarmMessage) -> None:
        await self._database.write(lambda connection: write_alarms.settle(connection, message))

    async def delete_alarms(self, before: datetime) -> int:
        return await self._database.write(lambda connection: write_alarms.delete_old(connection, to_micros(before)))

    async def keep_delays(self, minute: datetime, body: bytes) -> None:
        database = self._database
        await database.write(lambda connection: write_alarms.keep_delays(connection, database.claim, minute, body))

    async def delays(self, since: datetime) -> Sequence[MinuteOfDelays]:
        statement = select(DelayMinuteRow).where(DelayMinuteRow.minute >= since).order_by(col(DelayMinuteRow.minute))
        rows = await self._database.read(lambda session: session.exec(statement).all())
        return [MinuteOfDelays(row.minute, row.body) for row in rows]

    async def delete_delays(self, before: datetime) -> None:
        statement, value = "DELETE FROM delay_minute WHERE minute < ?", (to_micros(before),)
        await self._database.write(lambda connection: connection.execute(statement, value).rowcount)


def _conditions(where: AlarmFilter) -> list[Any]:
    conditions: list[Any] = []
    if where.state is not None:
        conditions.append(AlarmRow.state == "over" if where.state == "over" else AlarmRow.state != "over")
    if where.rule is not None:
        conditions.append(AlarmRow.rule == where.rule)
    return conditions


def sendable(until: Any) -> tuple[Any, ...]:
    """Of messages to send now: behind no other of the same alarm and receiver that still waits."""
    row, before = AlarmMessageRow, aliased(AlarmMessageRow)
    same = (col(before.alarm_id) == col(row.alarm_id), col(before.receiver) == col(row.receiver), col(before.id) < col(row.id))
    held = select(before.id).where(before.state == "waiting", *same).exists()
    return (row.state == "waiting", row.due_at <= until, ~held)


def _due(session: Session, until: datetime, limit: int) -> list[AlarmMessage]:
    statement = select(AlarmMessageRow).where(*sendable(until)).order_by(col(AlarmMessageRow.id)).limit(limit)
    return [_as_message(one) for one in session.exec(statement).all()]


def _as_alarm(row: AlarmRow) -> Alarm:
    fields = cast("dict[str, Any]", read_json(row.fields))
    state: Any = row.state
    return Alarm(
        row.id, row.rule, row.subject, row.code, fields, state,
        row.raised_at, row.acknowledged_at, row.acknowledged_by, row.escalated_at, row.over_at,
    )  # fmt: skip


def _as_message(row: AlarmMessageRow) -> AlarmMessage:
    kind: Any = row.kind
    state: Any = row.state
    return AlarmMessage(row.id, row.alarm_id, kind, row.receiver, row.due_at, state, row.attempts, row.problem, row.sent_at)
