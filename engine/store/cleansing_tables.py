"""The tables of the cleansing rules. Nothing in them is personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.store.columns import Big, UtcTime

_big: Any = Big
_time: Any = UtcTime()
_in_force = text("until IS NULL")


class RulesVersionRow(SQLModel, table=True):
    """One change of the rules, or of the matching table."""

    __tablename__: ClassVar[Any] = "rules_version"

    version: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    part: str
    at: datetime = Field(sa_type=_time)
    actor: str
    note: str
    body: bytes


class SkuMatchRow(SQLModel, table=True):
    """A row of the matching table. The partial index lets only one of a place and a key be in force."""

    __tablename__: ClassVar[Any] = "sku_match"
    __table_args__: ClassVar[Any] = (
        Index("sku_match_in_force", "match_key", "channel", "shop_id", unique=True, sqlite_where=_in_force, postgresql_where=_in_force),
    )

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    channel: str
    shop_id: str
    match_key: str
    sku: str
    title: str
    spec: str
    sku_code: str
    each_count: int
    since: int = Field(sa_type=_big)
    until: int | None = Field(sa_type=_big)
    actor: str
    at: datetime = Field(sa_type=_time)
