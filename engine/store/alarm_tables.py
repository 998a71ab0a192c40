"""The tables of alarms. Nothing in them is personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.store.columns import Big, UtcTime

_big: Any = Big
_time: Any = UtcTime()
_open = text("state <> 'over'")
_waiting = text("state = 'waiting'")


class AlarmRuleRow(SQLModel, table=True):
    """A rule as a person wrote it; those that nobody changed are not here."""

    __tablename__: ClassVar[Any] = "alarm_rule"

    name: str = Field(primary_key=True)
    body: bytes


class AlarmRow(SQLModel, table=True):
    """An episode. `fields` is JSON. The partial index lets only one of a rule and a subject be open."""

    __tablename__: ClassVar[Any] = "alarm"
    __table_args__: ClassVar[Any] = (Index("alarm_open", "rule", "subject", unique=True, sqlite_where=_open, postgresql_where=_open),)

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    rule: str
    subject: str
    code: str
    fields: str
    state: str
    raised_at: datetime = Field(sa_type=_time)
    acknowledged_at: datetime | None = Field(sa_type=_time)
    acknowledged_by: str | None
    escalated_at: datetime | None = Field(sa_type=_time)
    over_at: datetime | None = Field(sa_type=_time)


class AlarmMessageRow(SQLModel, table=True):
    """A message about an alarm to a connection, or (`receiver` is empty) to flows: one of each kind."""

    __tablename__: ClassVar[Any] = "alarm_message"
    __table_args__: ClassVar[Any] = (
        Index("alarm_message_once", "alarm_id", "receiver", "kind", unique=True),
        Index("alarm_message_due", "due_at", sqlite_where=_waiting, postgresql_where=_waiting),
    )

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    alarm_id: int = Field(sa_type=_big)
    kind: str
    receiver: str
    due_at: datetime = Field(sa_type=_time)
    state: str
    attempts: int
    problem: str | None
    sent_at: datetime | None = Field(sa_type=_time)


class DelayMinuteRow(SQLModel, table=True):
    """How long orders took, as one process measured it in one minute. `body` is JSON."""

    __tablename__: ClassVar[Any] = "delay_minute"

    minute: datetime = Field(primary_key=True, sa_type=_time)
    owner: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    body: bytes
