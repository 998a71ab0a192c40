"""The table of sheets. Nothing in it is personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from engine.store.columns import UtcTime

_time: Any = UtcTime()


class SheetRow(SQLModel, table=True):
    """A version of a document that people keep by hand. `body` is JSON."""

    __tablename__: ClassVar[Any] = "sheet"

    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    body: bytes
    actor: str
    at: datetime = Field(sa_type=_time)
