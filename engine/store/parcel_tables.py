"""The tables of parcels. A waybill number stands in no column: a keyed digest finds it, a mask shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.store.columns import UtcTime

_time: Any = UtcTime()
_OPEN = text("open")


class ParcelRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "parcel"
    __table_args__: ClassVar[Any] = (
        Index("parcel_order", "channel", "shop_id", "channel_order_id"),
        Index("parcel_moved", "moved_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("parcel_shipped", "shipped_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("parcel_arrived", "arrived_at"),
    )

    id: str = Field(primary_key=True)
    shown: str
    carrier: str
    channel: str
    shop_id: str
    channel_order_id: str
    region: str
    shipped_at: datetime | None = Field(sa_type=_time)
    promised_at: datetime | None = Field(sa_type=_time)
    state: str
    state_at: datetime | None = Field(sa_type=_time)
    place: str
    arrived_at: datetime | None = Field(sa_type=_time)
    order_over: bool
    moved_at: datetime | None = Field(sa_type=_time)
    open: bool


class TrackRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "parcel_track"

    parcel_id: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=_time)
    state: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
