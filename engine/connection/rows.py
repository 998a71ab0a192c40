"""Reading a table from where one stopped: which statement, how far to look back, and what a value is in JSON. Pure.

A row is at a position: the value of its time column (``None`` where there is none) and of its id column, which decides among equal times.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

from engine.order import utc_text

Value = str | int | None


class Position(NamedTuple):
    at: Value
    id: Value


class Row(NamedTuple):
    item: dict[str, Any]
    position: Position


class Json(NamedTuple):
    """What a database keeps as JSON: it stays as it is."""

    value: Any


class Columns(NamedTuple):
    """Names as they are written in the flow; ``table`` may have its schema in front."""

    table: str
    id: str
    at: str | None


class Watch(NamedTuple):
    """What is read of a table. ``most``: rows at once; ``zone``: of times without one; ``begin``: where the first look begins."""

    columns: Columns
    overlap: timedelta
    ids: int
    most: int
    zone: tzinfo
    begin: Literal["everything", "now"]


def watch_of(
    table: str,
    id_column: str,
    time_column: str | None,
    overlap: timedelta,
    ids: int,
    most: int,
    zone: str,
    begin: Literal["everything", "now"],
) -> Watch:
    """``zone`` by its name, such as ``Asia/Shanghai``."""
    return Watch(Columns(table, id_column, time_column), overlap, ids, most, ZoneInfo(zone), begin)


def page_statement(columns: Columns, after: Position | None, most: int, quote: Callable[[str], str]) -> tuple[str, list[Any]]:
    """The rows behind a position, in order. Names are quoted, values are never part of the text."""
    where, values = _behind(columns, after, quote)
    order = ", ".join(quote(name) for name in (columns.at, columns.id) if name)
    return f"SELECT * FROM {_table(columns, quote)}{where} ORDER BY {order} LIMIT {most:d}", values  # noqa: S608 - quoted


def last_statement(columns: Columns, quote: Callable[[str], str]) -> str:
    """The row that is last now."""
    order = ", ".join(f"{quote(name)} DESC" for name in (columns.at, columns.id) if name)
    where = f" WHERE {quote(columns.at)} IS NOT NULL" if columns.at else ""
    return f"SELECT * FROM {_table(columns, quote)}{where} ORDER BY {order} LIMIT 1"  # noqa: S608 - quoted


def matching_statement(table: str, column: str, order_by: str, count: int, most: int, quote: Callable[[str], str]) -> str:
    """The rows whose column has one of ``count`` values, by that column and another."""
    named, marks = ".".join(quote(part) for part in table.split(".")), ", ".join(["%s"] * count)
    order = f"{quote(column)}, {quote(order_by)}"
    return f"SELECT * FROM {named} WHERE {quote(column)} IN ({marks}) ORDER BY {order} LIMIT {most:d}"  # noqa: S608 - quoted


def quoted(mark: str) -> Callable[[str], str]:
    """How a database wants names: between marks, a mark inside doubled."""
    return lambda name: f"{mark}{name.replace(mark, mark * 2)}{mark}"


def position_of(raw: Mapping[str, Any], columns: Columns) -> Position:
    """Raises ``KeyError`` with the column that is not there."""
    return Position(_plain(raw[columns.at]) if columns.at else None, _plain(raw[columns.id]))


def look_back(position: Position, now: datetime, watch: Watch) -> Position:
    """Where the next round begins, so that what was committed late is found: earlier by a span of time, or by a number of ids.

    A time that lies in the future (a wrong clock wrote it) does not let those before it be missed.
    """
    if position.at is None:
        return Position(None, position.id - watch.ids) if isinstance(position.id, int) else position
    if not isinstance(position.at, str):
        return position
    moment = datetime.fromisoformat(position.at)
    present = now.astimezone(UTC) if moment.tzinfo else now.astimezone(watch.zone).replace(tzinfo=None)
    return Position((min(moment, present) - watch.overlap).isoformat(sep=" "), None)


def json_item(raw: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """A row as an item: exact decimals as text, times in UTC (``zone``: of those without one)."""
    return {name: json_value(value, zone) for name, value in raw.items()}


def json_value(value: Any, zone: tzinfo) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else repr(value)
    if isinstance(value, datetime):
        return utc_text(value if value.tzinfo else value.replace(tzinfo=zone))
    if isinstance(value, (date, time)):
        return value.isoformat()
    return _nested(value, zone)


def _nested(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(cast("bytes", value))).decode()
    if isinstance(value, Json):
        return value.value
    if isinstance(value, (list, tuple, set)):
        return [json_value(inner, zone) for inner in cast("Sequence[Any]", value)]
    return str(value)


def _behind(columns: Columns, after: Position | None, quote: Callable[[str], str]) -> tuple[str, list[Any]]:
    at, key = columns.at and quote(columns.at), quote(columns.id)
    if after is None:
        return (f" WHERE {at} IS NOT NULL" if at else ""), []
    if at is None:
        return f" WHERE {key} > %s", [after.id]
    if after.id is None:
        return f" WHERE {at} >= %s", [after.at]
    return f" WHERE ({at} > %s OR ({at} = %s AND {key} > %s))", [after.at, after.at, after.id]


def _table(columns: Columns, quote: Callable[[str], str]) -> str:
    return ".".join(quote(part) for part in columns.table.split("."))


def _plain(value: Any) -> Value:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
