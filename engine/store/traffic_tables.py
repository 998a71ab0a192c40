"""The tables of recorded traffic, and of the share of a flow's orders that goes through another version."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from engine.store.columns import Big, UtcTime

_big: Any = Big
_time: Any = UtcTime()


class TrafficRow(SQLModel, table=True):
    """`key`: of the pseudonyms, sealed with the master key; nothing once the recording has ended."""

    __tablename__: ClassVar[Any] = "traffic"

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    flow: str
    trigger: str
    connection: str
    most: int
    began_at: datetime = Field(sa_type=_time)
    until: datetime = Field(sa_type=_time)
    keep_until: datetime = Field(sa_type=_time)
    actor: str
    ended_at: datetime | None = Field(sa_type=_time)
    key: bytes | None = Field(sa_type=LargeBinary)


class TrafficOrderRow(SQLModel, table=True):
    """`body`: sealed with the master key, and pseudonyms inside; `reason`: why there is none."""

    __tablename__: ClassVar[Any] = "traffic_order"
    __table_args__: ClassVar[Any] = (Index("traffic_order_event", "event_id"), {"sqlite_with_rowid": False})

    traffic_id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    event_id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    flow: str
    trigger: str
    version: int
    order_key: str
    received_at: datetime = Field(sa_type=_time)
    calls: int
    reason: str
    body: bytes


class ShareRow(SQLModel, table=True):
    """`state`: `share`, or `switched` where all orders go through `version` and one click goes back to `base`."""

    __tablename__: ClassVar[Any] = "flow_share"

    flow: str = Field(primary_key=True)
    base: int
    version: int
    percent: int
    state: str
    began_at: datetime = Field(sa_type=_time)
    changed_at: datetime = Field(sa_type=_time)
    actor: str
    peak: int = Field(sa_column_kwargs={"server_default": text("0")})
