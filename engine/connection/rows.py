"""Reading a table from where one stopped: which statement, how far to look back, and what a value is in JSON. Pure.

A row is at a position: the value of its time column (``None`` where there is none) and of its id column, which decides among equal times.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

from engine.order import utc_text

Value = str | int | None
TIMED: Final = "{0} IS NOT NULL"
_ENDLESS: Final = re.compile(r"infinity$|\d{5,}-\d\d-\d\d")
"""Times after the year 9999, as PostgreSQL writes them."""


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


def page_statement(
    columns: Columns, after: Position | None, most: int, quote: Callable[[str], str], timed: str = TIMED
) -> tuple[str, list[Any]]:
    """The rows behind a position, in order. Names are quoted, values are never part of the text.

    Rows without an id or a time are passed over: they have no position. ``timed``: what is true of a column that holds a time.
    """
    behind, values = _behind(columns, after, quote)
    where = " AND ".join([*_placed(columns, quote, timed), *behind])
    order = ", ".join(quote(name) for name in (columns.at, columns.id) if name)
    return f"SELECT * FROM {_table(columns, quote)} WHERE {where} ORDER BY {order} LIMIT {most:d}", values  # noqa: S608 - quoted


def last_statement(columns: Columns, quote: Callable[[str], str], timed: str = TIMED) -> str:
    """The row that is last now, of those that have a position."""
    order = ", ".join(f"{quote(name)} DESC" for name in (columns.at, columns.id) if name)
    where = " AND ".join(_placed(columns, quote, timed))
    return f"SELECT * FROM {_table(columns, quote)} WHERE {where} ORDER BY {order} LIMIT 1"  # noqa: S608 - quoted


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

    A time that lies in the future (a wrong clock wrote it) does not let those before it be missed. What is no time stays as it is.
    """
    if position.at is None:
        return Position(None, position.id - watch.ids) if isinstance(position.id, int) else position
    moment = _earlier(position.at, now, watch)
    return position if moment is None else Position(moment.isoformat(sep=" "), None)


def _earlier(at: Value, now: datetime, watch: Watch) -> datetime | None:
    """``None`` for what is no time: a number, a text, a time before the first year."""
    if not isinstance(at, str):
        return None
    here = now.astimezone(watch.zone).replace(tzinfo=None)
    if _ENDLESS.match(at):  # it does not tell whether its column has a zone
        return min(here, now.astimezone(UTC).replace(tzinfo=None)) - watch.overlap
    try:
        moment = datetime.fromisoformat(at) if at[4:5] == "-" else None
        return moment and min(moment, now.astimezone(UTC) if moment.tzinfo else here) - watch.overlap
    except (ValueError, OverflowError):
        return None


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
        return _moment(value, zone)
    if isinstance(value, (date, time)):
        return value.isoformat()
    return _nested(value, zone)


def _moment(value: datetime, zone: tzinfo) -> str:
    """In UTC; as it stands where UTC would have it before the first year or after the last."""
    try:
        return utc_text(value if value.tzinfo else value.replace(tzinfo=zone))
    except OverflowError:
        return value.isoformat()


def _nested(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(cast("bytes", value))).decode()
    if isinstance(value, Json):
        return value.value
    if isinstance(value, (list, tuple, set)):
        return [json_value(inner, zone) for inner in cast("Sequence[Any]", value)]
    return str(value)


def _placed(columns: Columns, quote: Callable[[str], str], timed: str) -> list[str]:
    """What is true of rows that have a position."""
    times = [timed.format(quote(columns.at))] if columns.at else []
    return [f"{quote(columns.id)} IS NOT NULL", *times]


def _behind(columns: Columns, after: Position | None, quote: Callable[[str], str]) -> tuple[list[str], list[Any]]:
    """Without a time, or an id where there are no times, a position is the beginning."""
    at, key = columns.at and quote(columns.at), quote(columns.id)
    if after is None or (after.at if at else after.id) is None:
        return [], []
    if at is None:
        return [f"{key} > %s"], [after.id]
    if after.id is None:
        return [f"{at} >= %s"], [after.at]
    return [f"({at} > %s OR ({at} = %s AND {key} > %s))"], [after.at, after.at, after.id]


def _table(columns: Columns, quote: Callable[[str], str]) -> str:
    return ".".join(quote(part) for part in columns.table.split("."))


def _plain(value: Any) -> Value:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
