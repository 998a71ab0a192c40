"""Alarms into SQL: what is raised or ended goes in one transaction with its messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from engine.json_text import canonical_json
from engine.store.alarms import FLOWS, AlarmMessage, MessageKind, NewAlarm
from engine.store.connection import Connection
from engine.store.counters import CHANGE_MARK, add_to_counters
from engine.store.ids import IdSequence
from engine.store.owners import Claim
from engine.store.problems import not_found
from engine.store.rows import insert
from engine.store.sql_audit import append_audit
from engine.store.times import to_micros

_RULE = "INSERT INTO alarm_rule (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body"
_ALARM = "INSERT INTO alarm (id, rule, subject, code, fields, state, raised_at) VALUES (?, ?, ?, ?, ?, 'raised', ?)"
_SAME = "SELECT 1 FROM alarm WHERE rule = ? AND subject = ? AND (state <> 'over' OR over_at > ?)"
_END = "UPDATE alarm SET state = 'over', over_at = ? WHERE id = ? AND state <> 'over'"
_TOLD = "SELECT DISTINCT receiver FROM alarm_message WHERE alarm_id = ?"
_ESCALATE = "UPDATE alarm SET escalated_at = ? WHERE id = ? AND state = 'raised' AND escalated_at IS NULL"
_ACKNOWLEDGE = "UPDATE alarm SET state = 'acknowledged', acknowledged_at = ?, acknowledged_by = ? WHERE id = ? AND state = 'raised'"
_MESSAGE = "INSERT INTO alarm_message (id, alarm_id, kind, receiver, due_at, state, attempts) VALUES"
_SETTLE = "UPDATE alarm_message SET state = ?, attempts = ?, problem = ?, due_at = ?, sent_at = ? WHERE id = ? AND state = 'waiting'"
_OLD = (
    "SELECT id FROM alarm WHERE state = 'over' AND over_at < ? "
    "AND NOT EXISTS (SELECT 1 FROM alarm_message WHERE alarm_message.alarm_id = alarm.id AND alarm_message.state = 'waiting')"
)
_DELAYS = (
    "INSERT INTO delay_minute (minute, owner, epoch, body) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (minute, owner, epoch) DO UPDATE SET body = excluded.body"
)


def save_rule(connection: Connection, name: str, document: bytes, actor: str) -> None:
    connection.execute(_RULE, (name, document))
    add_to_counters(connection, {CHANGE_MARK: 1})
    append_audit(connection, actor, "alarm_rule.save", name, {})


def delete_rule(connection: Connection, name: str, actor: str) -> None:
    if connection.execute("DELETE FROM alarm_rule WHERE name = ?", (name,)).rowcount == 0:
        raise not_found("alarm_rule.unknown", name=name)
    add_to_counters(connection, {CHANGE_MARK: 1})
    append_audit(connection, actor, "alarm_rule.delete", name, {})


def raise_alarm(connection: Connection, ids: IdSequence, alarm: NewAlarm, receivers: Collection[str], due_at: datetime) -> int | None:
    if connection.execute(_SAME, (alarm.rule, alarm.subject, to_micros(alarm.at))).fetchone() is not None:
        return None
    number, fields = ids.next(), canonical_json(dict(alarm.fields)).decode()
    connection.execute(_ALARM, (number, alarm.rule, alarm.subject, alarm.code, fields, to_micros(alarm.at)))
    _add(connection, ids, number, "raised", _due(receivers, alarm.at, due_at))
    return number


def end(connection: Connection, ids: IdSequence, alarm_id: int, at: datetime, due_at: datetime) -> bool:
    if connection.execute(_END, (to_micros(at), alarm_id)).rowcount == 0:
        return False
    told = [row[0] for row in connection.execute(_TOLD, (alarm_id,)).fetchall()]
    _add(connection, ids, alarm_id, "over", _due(told, at, due_at))
    return True


def escalate(connection: Connection, ids: IdSequence, alarm_id: int, at: datetime, receivers: Collection[str], due_at: datetime) -> bool:
    if connection.execute(_ESCALATE, (to_micros(at), alarm_id)).rowcount == 0:
        return False
    _add(connection, ids, alarm_id, "escalated", _due(receivers, at, due_at))
    return True


def acknowledge(connection: Connection, alarm_id: int, at: datetime, actor: str) -> bool:
    if connection.execute(_ACKNOWLEDGE, (to_micros(at), actor, alarm_id)).rowcount == 0:
        return False
    append_audit(connection, actor, "alarm.acknowledge", f"alarm:{alarm_id}", {})
    return True


def settle(connection: Connection, message: AlarmMessage) -> None:
    sent_at = None if message.sent_at is None else to_micros(message.sent_at)
    values = (message.state, message.attempts, message.problem, to_micros(message.due_at), sent_at, message.id)
    connection.execute(_SETTLE, values)


def delete_old(connection: Connection, before: int) -> int:
    rows = connection.execute(_OLD, (before,)).fetchall()
    connection.executemany("DELETE FROM alarm_message WHERE alarm_id = ?", rows)
    connection.executemany("DELETE FROM alarm WHERE id = ?", rows)
    return len(rows)


def keep_delays(connection: Connection, claim: Claim, minute: datetime, body: bytes) -> None:
    connection.execute(_DELAYS, (to_micros(minute), claim.owner, claim.epoch, body))


def _due(receivers: Iterable[str], at: datetime, due_at: datetime) -> Mapping[str, datetime]:
    return {receiver: at if receiver == FLOWS else due_at for receiver in receivers}


def _add(connection: Connection, ids: IdSequence, alarm_id: int, kind: MessageKind, due: Mapping[str, datetime]) -> None:
    rows = [(ids.next(), alarm_id, kind, receiver, to_micros(moment)) for receiver, moment in due.items()]
    insert(connection, _MESSAGE, "(?,?,?,?,?,'waiting',0)", rows)
