"""The table of what targets took as a parcel of several orders, or as a part of one."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from engine.store.columns import Big

_big: Any = Big


class ConsignedRow(SQLModel, table=True):
    """An order in a consignment: what is known of the consignment stands in each of its rows. `sent_…`: of the order when it was sent."""

    __tablename__: ClassVar[Any] = "consigned"
    __table_args__: ClassVar[Any] = (
        Index("consigned_order", "channel", "shop_id", "channel_order_id"),
        Index("consigned_day", "channel", "day"),
    )

    connection: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    shop_id: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    channel_order_id: str = Field(primary_key=True)
    whole: str
    part: int
    parts: int
    version: str | None
    amount: str | None
    day: str
    event_id: int = Field(sa_type=_big)
    sent_version: str | None
    sent_amount: str | None
