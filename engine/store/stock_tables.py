"""The tables of stock. Nothing in them is personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, Index, SQLModel

from engine.store.columns import Big, UtcTime

_big: Any = Big
_time: Any = UtcTime()


class StockLevelRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "stock_level"

    system: str = Field(primary_key=True)
    shop_id: str = Field(primary_key=True)
    warehouse: str = Field(primary_key=True)
    sku_code: str = Field(primary_key=True)
    holds: str
    quantity: int = Field(sa_type=_big)
    reserved: int | None = Field(sa_type=_big)
    listed: bool
    at: datetime = Field(sa_type=_time)


class StockDayRow(SQLModel, table=True):
    """``day``: such as 2026-01-16, UTC."""

    __tablename__: ClassVar[Any] = "stock_day"
    __table_args__: ClassVar[Any] = (Index("stock_day_sku", "sku_code"),)

    system: str = Field(primary_key=True)
    shop_id: str = Field(primary_key=True)
    warehouse: str = Field(primary_key=True)
    sku_code: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    holds: str
    quantity: int = Field(sa_type=_big)
    at: datetime = Field(sa_type=_time)


class StockSourceRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "stock_source"

    system: str = Field(primary_key=True)
    holds: str
    read_at: datetime | None = Field(sa_type=_time)
    told_at: datetime = Field(sa_type=_time)


class StockLimitRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "stock_limit"

    sku_code: str = Field(primary_key=True)
    at_least: int | None
    days: int | None
