"""Parts of a timestamp in UTC or a named zone, and of a duration.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#timezones; getMonth, getDayOfMonth and getDayOfYear
count from 0, getDate from 1, getDayOfWeek from Sunday = 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.expression.arithmetic import instant, length
from engine.expression.errors import OperationError, no_overload
from engine.expression.kinds import DURATION, STRING, TIMESTAMP, kind
from engine.expression.timestamps import SECOND, Timestamp, to_datetime

_OFFSET = re.compile(r"([+-]?)([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_Part = Callable[[datetime], int]


def _getter(name: str, of_time: _Part, of_duration: Callable[[int], int] | None = None) -> Callable[..., int]:
    def get(value: Any, zone: Any = "UTC") -> int:
        types = kind(value), kind(zone)
        if types == (TIMESTAMP, STRING):
            return of_time(_local(instant(value), zone))
        if types[0] == DURATION and of_duration and zone == "UTC":
            return of_duration(length(value).nanoseconds)
        raise no_overload(name, *types)

    return get


def _local(moment: Timestamp, zone: str) -> datetime:
    try:
        return to_datetime(moment).astimezone(_zone(zone))
    except OverflowError:
        raise OperationError("expression.overflow") from None


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    if match := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise OperationError("expression.time_zone") from None


def _whole(unit: int) -> Callable[[int], int]:
    return lambda nanoseconds: _toward_zero(nanoseconds, unit)


def _toward_zero(nanoseconds: int, unit: int) -> int:
    count = abs(nanoseconds) // unit
    return -count if nanoseconds < 0 else count


def _milliseconds(nanoseconds: int) -> int:
    sign = -1 if nanoseconds < 0 else 1
    return sign * (abs(nanoseconds) % SECOND // 1_000_000)


GETTERS: dict[str, Callable[..., int]] = {
    "getFullYear": _getter("getFullYear", lambda t: t.year),
    "getMonth": _getter("getMonth", lambda t: t.month - 1),
    "getDate": _getter("getDate", lambda t: t.day),
    "getDayOfMonth": _getter("getDayOfMonth", lambda t: t.day - 1),
    "getDayOfWeek": _getter("getDayOfWeek", lambda t: t.isoweekday() % 7),
    "getDayOfYear": _getter("getDayOfYear", lambda t: t.timetuple().tm_yday - 1),
    "getHours": _getter("getHours", lambda t: t.hour, _whole(3600 * SECOND)),
    "getMinutes": _getter("getMinutes", lambda t: t.minute, _whole(60 * SECOND)),
    "getSeconds": _getter("getSeconds", lambda t: t.second, _whole(SECOND)),
    "getMilliseconds": _getter("getMilliseconds", lambda t: t.microsecond // 1000, _milliseconds),
}
