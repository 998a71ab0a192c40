"""The tables of the contract watch. Nothing in them is personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.store.columns import Big, UtcTime

_big: Any = Big
_time: Any = UtcTime()
_open = text("state = 'open'")


class ContractRow(SQLModel, table=True):
    """What was seen of a channel's operation. `body` is JSON."""

    __tablename__: ClassVar[Any] = "contract"

    operation: str = Field(primary_key=True)
    at: datetime = Field(sa_type=_time)
    body: bytes


class FormVersionRow(SQLModel, table=True):
    """What people decided about its form."""

    __tablename__: ClassVar[Any] = "form_version"

    operation: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=_time)
    actor: str
    note: str
    body: bytes


class FormChangeRow(SQLModel, table=True):
    """A change of a form. The partial index lets only one of an operation and a key be open."""

    __tablename__: ClassVar[Any] = "form_change"
    __table_args__: ClassVar[Any] = (
        Index("form_change_open", "operation", "key", unique=True, sqlite_where=_open, postgresql_where=_open),
    )

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    operation: str
    key: str
    kind: str
    path: str
    weight: str
    state: str
    first_at: datetime = Field(sa_type=_time)
    last_at: datetime = Field(sa_type=_time)
    orders: int = Field(sa_type=_big)
    decided_at: datetime | None = Field(sa_type=_time)
    decided_by: str | None
    version: int | None
    body: bytes
