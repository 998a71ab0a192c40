"""What the watch over connections, delays and orders asks of the store: rules, alarms, messages to be sent, minutes of delays.

An alarm is one episode: of one rule, about one subject, from when it was raised until it is over. At most one of a rule and
a subject is not over. Its messages are written in the transaction that raises or ends it, and wait there until they are sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from engine.store.records import Page

AlarmState = Literal["raised", "acknowledged", "over"]
MessageKind = Literal["raised", "escalated", "over"]
MessageState = Literal["waiting", "sent", "given_up"]
FLOWS = ""
"""The receiver of a message that goes to flows, and to no connection: no connection has this name."""


@dataclass(frozen=True, slots=True)
class NewAlarm:
    """``code`` and ``fields`` are those of a problem; nothing in them is personal."""

    rule: str
    subject: str
    code: str
    fields: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """``raised``: nobody has answered; ``acknowledged``: somebody looks after it; ``over``: what was wrong is well again."""

    id: int
    rule: str
    subject: str
    code: str
    fields: Mapping[str, Any]
    state: AlarmState
    raised_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    escalated_at: datetime | None = None
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlarmMessage:
    """``receiver``: a connection, or ``FLOWS``; ``due_at``: when it is sent, or tried again; ``problem``: code of the last failure."""

    id: int
    alarm_id: int
    kind: MessageKind
    receiver: str
    due_at: datetime
    state: MessageState = "waiting"
    attempts: int = 0
    problem: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """``state``: ``open`` means raised or acknowledged; ``None``: any."""

    state: Literal["open", "over"] | None = "open"
    rule: str | None = None


OPEN_ALARMS = AlarmFilter()


@dataclass(frozen=True, slots=True)
class MinuteOfDelays:
    """What one process measured in one minute; ``body`` is JSON."""

    minute: datetime
    body: bytes = field(repr=False)


class Alarms(Protocol):
    """``due_at``: when people are told; flows are told at once."""

    async def alarm_rules(self) -> Mapping[str, bytes]:
        """The documents (JSON) by name."""
        ...

    async def save_alarm_rule(self, name: str, document: bytes, *, actor: str) -> None: ...
    async def delete_alarm_rule(self, name: str, *, actor: str) -> None:
        """Raises ``NotFound`` (``alarm_rule.unknown``)."""
        ...

    async def raise_alarm(self, alarm: NewAlarm, receivers: Collection[str], due_at: datetime) -> int | None:
        """Open an alarm with a message to each receiver.

        ``None``, and nothing is written, where one of that rule and subject is open, or was over only later than ``alarm.at``: then
        the same is told once more.
        """
        ...

    async def end_alarm(self, alarm_id: int, at: datetime, due_at: datetime) -> bool:
        """End an alarm, with a message to everyone who was told of it. False where it is over already."""
        ...

    async def escalate_alarm(self, alarm_id: int, at: datetime, receivers: Collection[str], due_at: datetime) -> bool:
        """Tell more receivers, once. False where it was acknowledged, escalated or ended meanwhile."""
        ...

    async def acknowledge_alarm(self, alarm_id: int, at: datetime, *, actor: str) -> None:
        """Raises ``NotFound`` (``alarm.unknown``) or ``Conflict`` (``alarm.not_raised``: somebody was quicker, or it is over)."""
        ...

    async def alarms(self, where: AlarmFilter = OPEN_ALARMS, *, limit: int = 50, cursor: str | None = None) -> Page[Alarm]:
        """Newest first."""
        ...

    async def alarm(self, alarm_id: int) -> Alarm:
        """Raises ``NotFound`` (``alarm.unknown``)."""
        ...

    async def due_messages(self, until: datetime, *, limit: int = 100) -> Sequence[AlarmMessage]:
        """What is to be sent by then, oldest first. A message waits until the one before it, of its alarm and receiver, is settled."""
        ...

    async def messages_of(self, alarm_ids: Sequence[int]) -> Sequence[AlarmMessage]:
        """All messages of some alarms, oldest first."""
        ...

    async def settle_message(self, message: AlarmMessage) -> None:
        """Keep how an attempt went: state, attempts, problem, time of the next attempt or of the sending."""
        ...

    async def delete_alarms(self, before: datetime) -> int:
        """Delete what was over before then, with its messages, but for those that wait to be sent. Returns how many alarms."""
        ...

    async def keep_delays(self, minute: datetime, body: bytes) -> None:
        """What this process measured in that minute, in place of what it kept before for it."""
        ...

    async def delays(self, since: datetime) -> Sequence[MinuteOfDelays]:
        """Of all processes, from that minute on."""
        ...

    async def delete_delays(self, before: datetime) -> None: ...
