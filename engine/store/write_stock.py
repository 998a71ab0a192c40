"""Stock into SQL: the newest levels, and for each day the last of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engine.store.connection import Connection
from engine.store.rows import insert
from engine.store.stock_records import StockLevel, StockSource, StockTake, TakeCounts, day_of, merged, told_by, too_old
from engine.store.times import from_micros, to_micros

_COLUMNS: Final = "system, shop_id, warehouse, sku_code, holds, quantity, reserved, listed, at"
_PLACE: Final = "system, shop_id, warehouse, sku_code"
_KNOWN: Final = f"SELECT {_COLUMNS} FROM stock_level WHERE system = ?"  # noqa: S608 - our own words
_KEEP: Final = f"INSERT INTO stock_level ({_COLUMNS}) VALUES"
_NEWEST: Final = f"ON CONFLICT ({_PLACE}) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in ("holds", "quantity", "reserved", "listed", "at")
)
_SOURCE: Final = "SELECT system, holds, read_at, told_at FROM stock_source WHERE system = ?"
_TOLD: Final = (
    "INSERT INTO stock_source (system, holds, read_at, told_at) VALUES (?, ?, ?, ?) ON CONFLICT (system) DO UPDATE SET "
    "holds = excluded.holds, read_at = excluded.read_at, told_at = excluded.told_at"
)
_DAY: Final = f"INSERT INTO stock_day ({_PLACE}, day, holds, quantity, at) VALUES"
_LAST_OF_DAY: Final = f"ON CONFLICT ({_PLACE}, day) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in ("holds", "quantity", "at")
)
_SAME: Final = " AND ".join(f"later.{column} = stock_day.{column}" for column in _PLACE.split(", "))
_FORGET: Final = (
    "DELETE FROM stock_day WHERE system = ? AND day < ? AND EXISTS (SELECT 1 FROM stock_day AS later WHERE "  # noqa: S608 - our own words
    f"{_SAME} AND later.day > stock_day.day AND later.day <= ?)"
)
"""The last of a place before a day stays: from it on it is known what lay there."""


def keep_stock(connection: Connection, take: StockTake) -> TakeCounts:
    known = {level.place: level for level in map(_known, connection.execute(_KNOWN, (take.system,)).fetchall())}
    row = connection.execute(_SOURCE, (take.system,)).fetchone()
    source = None if row is None else StockSource(row[0], row[1], None if row[2] is None else from_micros(row[2]), from_micros(row[3]))
    writes, counts = merged(known, source, take)
    insert(connection, _KEEP, "(?,?,?,?,?,?,?,?,?)", [_row(level) for level in writes], _NEWEST)
    insert(connection, _DAY, "(?,?,?,?,?,?,?,?)", [_day(level) for level in writes], _LAST_OF_DAY)
    told = told_by(source, take)
    read_at = None if told.read_at is None else to_micros(told.read_at)
    connection.execute(_TOLD, (told.system, told.holds, read_at, to_micros(told.told_at)))
    forgotten = too_old(source, told)
    if forgotten is not None:
        connection.execute(_FORGET, (take.system, forgotten.isoformat(), forgotten.isoformat()))
    return counts


def _row(level: StockLevel) -> tuple[Any, ...]:
    return (*_identity(level), level.holds, level.quantity, level.reserved, level.listed, to_micros(level.at))


def _day(level: StockLevel) -> tuple[Any, ...]:
    one = day_of(level)
    return (*_identity(level), one.day.isoformat(), level.holds, one.level.quantity, to_micros(level.at))


def _identity(level: StockLevel) -> Sequence[str]:
    return level.system, level.shop_id, level.warehouse, level.sku_code


def _known(row: Any) -> StockLevel:
    system, shop_id, warehouse, sku_code, holds, quantity, reserved, listed, at = row
    return StockLevel(system, shop_id, warehouse, sku_code, holds, quantity, from_micros(at), reserved, bool(listed))
