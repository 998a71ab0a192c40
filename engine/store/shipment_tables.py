"""The tables of what left the warehouses. A waybill number stands sealed with the key of the event that brought it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from engine.store.columns import Big, UtcTime

_time: Any = UtcTime()
_big: Any = Big


class OutboundRow(SQLModel, table=True):
    """``number``: the order's number at the warehouse; ``lines``: a JSON array, empty for the whole order."""

    __tablename__: ClassVar[Any] = "outbound"
    __table_args__: ClassVar[Any] = (Index("outbound_at", "at"),)

    channel: str = Field(primary_key=True)
    shop_id: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    channel_order_id: str = Field(primary_key=True)
    part: int
    parts: int
    lines: str
    at: datetime = Field(sa_type=_time)


class ShipmentRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "shipment"
    __table_args__: ClassVar[Any] = (Index("shipment_parcel", "parcel_id"), Index("shipment_event", "event_id"))

    channel: str = Field(primary_key=True)
    shop_id: str = Field(primary_key=True)
    channel_order_id: str = Field(primary_key=True)
    parcel_id: str = Field(primary_key=True)
    part: int
    parts: int
    lines: str
    carrier: str
    position: int
    event_id: int = Field(sa_type=_big)
    number: bytes
