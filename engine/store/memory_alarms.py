"""Alarms, their rules and messages, and minutes of delays, in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.errors import Conflict, Problem
from engine.json_text import canonical_json, read_json
from engine.store.alarms import FLOWS, OPEN_ALARMS, Alarm, AlarmFilter, AlarmMessage, MessageKind, MinuteOfDelays, NewAlarm
from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import Kept, MemoryJournal
from engine.store.pages import bounds, page
from engine.store.problems import not_found
from engine.store.records import Page


class MemoryAlarms(MemoryDocuments):
    _kept: Kept
    _mine: MemoryJournal

    async def alarm_rules(self) -> Mapping[str, bytes]:
        return dict(sorted(self._kept.alarm_rules.items()))

    async def save_alarm_rule(self, name: str, document: bytes, *, actor: str) -> None:
        self._kept.alarm_rules[name] = document
        self._changes += 1
        await self.audit(actor, "alarm_rule.save", name, {})

    async def delete_alarm_rule(self, name: str, *, actor: str) -> None:
        if self._kept.alarm_rules.pop(name, None) is None:
            raise not_found("alarm_rule.unknown", name=name)
        self._changes += 1
        await self.audit(actor, "alarm_rule.delete", name, {})

    async def raise_alarm(self, alarm: NewAlarm, receivers: Collection[str], due_at: datetime) -> int | None:
        place = (alarm.rule, alarm.subject)
        same = [one for one in self._kept.alarms.values() if (one.rule, one.subject) == place]
        if any(one.over_at is None or one.over_at > alarm.at for one in same):
            return None
        number, fields = self._kept.ids.next(), read_json(canonical_json(dict(alarm.fields)))
        self._kept.alarms[number] = Alarm(number, *place, alarm.code, fields, "raised", alarm.at)
        self._add(number, "raised", receivers, alarm.at, due_at)
        return number

    async def end_alarm(self, alarm_id: int, at: datetime, due_at: datetime) -> bool:
        held = self._kept.alarms.get(alarm_id)
        if held is None or held.state == "over":
            return False
        self._kept.alarms[alarm_id] = replace(held, state="over", over_at=at)
        self._add(alarm_id, "over", [one.receiver for one in self._kept.alarm_messages.values() if one.alarm_id == alarm_id], at, due_at)
        return True

    async def escalate_alarm(self, alarm_id: int, at: datetime, receivers: Collection[str], due_at: datetime) -> bool:
        held = self._kept.alarms.get(alarm_id)
        if held is None or held.state != "raised" or held.escalated_at is not None:
            return False
        self._kept.alarms[alarm_id] = replace(held, escalated_at=at)
        self._add(alarm_id, "escalated", receivers, at, due_at)
        return True

    async def acknowledge_alarm(self, alarm_id: int, at: datetime, *, actor: str) -> None:
        held = await self.alarm(alarm_id)
        if held.state != "raised":
            raise Conflict(Problem("alarm.not_raised", (str(alarm_id),), {"state": held.state}))
        self._kept.alarms[alarm_id] = replace(held, state="acknowledged", acknowledged_at=at, acknowledged_by=actor)
        await self.audit(actor, "alarm.acknowledge", f"alarm:{alarm_id}", {})

    async def alarms(self, where: AlarmFilter = OPEN_ALARMS, *, limit: int = 50, cursor: str | None = None) -> Page[Alarm]:
        limit, below = bounds(limit, cursor)
        found = [one for number, one in sorted(self._kept.alarms.items(), reverse=True) if number < below and _fits(one, where)]
        return page(found, limit, lambda one: one.id, lambda one: one)

    async def alarm(self, alarm_id: int) -> Alarm:
        if alarm_id not in self._kept.alarms:
            raise not_found("alarm.unknown")
        return self._kept.alarms[alarm_id]

    async def due_messages(self, until: datetime, *, limit: int = 100) -> Sequence[AlarmMessage]:
        first: dict[tuple[int, str], AlarmMessage] = {}
        for _, one in sorted(self._kept.alarm_messages.items()):
            if one.state == "waiting":
                first.setdefault((one.alarm_id, one.receiver), one)
        return [one for one in sorted(first.values(), key=lambda one: one.id) if one.due_at <= until][:limit]

    async def messages_of(self, alarm_ids: Sequence[int]) -> Sequence[AlarmMessage]:
        return [one for _, one in sorted(self._kept.alarm_messages.items()) if one.alarm_id in alarm_ids]

    async def settle_message(self, message: AlarmMessage) -> None:
        held = self._kept.alarm_messages.get(message.id)
        if held is not None and held.state == "waiting":
            self._kept.alarm_messages[message.id] = message

    async def delete_alarms(self, before: datetime) -> int:
        waiting = {one.alarm_id for one in self._kept.alarm_messages.values() if one.state == "waiting"}
        ended = {number for number, one in self._kept.alarms.items() if one.over_at is not None and one.over_at < before}
        old = ended - waiting
        self._kept.alarms = {number: one for number, one in self._kept.alarms.items() if number not in old}
        messages = self._kept.alarm_messages.items()
        self._kept.alarm_messages = {number: one for number, one in messages if one.alarm_id not in old}
        return len(old)

    async def keep_delays(self, minute: datetime, body: bytes) -> None:
        self._kept.delays[minute, self._mine.claim] = body

    async def delays(self, since: datetime) -> Sequence[MinuteOfDelays]:
        found = sorted(self._kept.delays.items(), key=lambda one: one[0][0])
        return [MinuteOfDelays(minute, body) for (minute, _), body in found if minute >= since]

    async def delete_delays(self, before: datetime) -> None:
        self._kept.delays = {key: body for key, body in self._kept.delays.items() if key[0] >= before}

    def _add(self, alarm_id: int, kind: MessageKind, receivers: Iterable[str], at: datetime, due_at: datetime) -> None:
        for receiver in dict.fromkeys(receivers):
            number = self._kept.ids.next()
            self._kept.alarm_messages[number] = AlarmMessage(number, alarm_id, kind, receiver, at if receiver == FLOWS else due_at)


def _fits(alarm: Alarm, where: AlarmFilter) -> bool:
    is_open = alarm.state != "over"
    return where.state in (None, "open" if is_open else "over") and where.rule in (None, alarm.rule)
