"""Column types that mean the same on every database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Dialect, Integer
from sqlalchemy.types import TypeDecorator

from engine.store.times import from_micros, to_micros

Big = BigInteger().with_variant(Integer(), "sqlite")
"""63-bit integers; on SQLite the name that makes a primary key the row's own id."""


class UtcTime(TypeDecorator[datetime]):
    """An aware time as microseconds since 1970, UTC: exact, sortable and short."""

    impl = Big
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else from_micros(value)
