"""The table of what targets took as a parcel of several orders, or as a part of one."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from engine.store.columns import Big

_big: Any = Big


class ConsignmentRow(SQLModel, table=True):
    """An order in a consignment: what is known of the consignment stands in each of its rows. `named`: the number by which the
    consignment names the order, or a part of it; `sent_…`: of that when it was sent; `lines`: a JSON array, empty: all, null: none.
    """

    __tablename__: ClassVar[Any] = "consignment"
    __table_args__: ClassVar[Any] = (
        Index("consignment_number", "channel", "shop_id", "number"),
        Index("consignment_order", "channel", "shop_id", "channel_order_id"),
        Index("consignment_day", "channel", "day"),
    )

    connection: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    shop_id: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    named: str = Field(primary_key=True)
    channel_order_id: str
    whole: str
    part: int
    parts: int
    version: str | None
    amount: str | None
    day: str
    event_id: int = Field(sa_type=_big)
    ships: bool
    sent_version: str | None
    sent_amount: str | None
    sent_part: int
    sent_parts: int
    lines: str | None
