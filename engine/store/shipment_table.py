"""The table of what left the warehouses. A waybill number stands sealed with the key of the event that brought it."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from engine.store.columns import Big

_big: Any = Big


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
