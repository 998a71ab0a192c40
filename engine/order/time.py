"""Time: whatever a source writes becomes UTC text such as ``2026-01-15T15:58:12Z``; what means "never" becomes ``None``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from engine.errors import NodeError

_SENTINEL = re.compile(r"0000-|0001-01-01|1970-01-01(?:[T ]00:00(?::00(?:\.0+)?)?)?(?:Z|[+-]00:?00)?$")
_OFFSET = re.compile(r":.*?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$")
_FIXED = re.compile(r"([+-])(\d{2}):?(\d{2})")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_LONGEST = 48
_COMPACT = (8, 14)
"""How many digits 20260115 and 20260115235812 have."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS, _MILLISECONDS = range(10**8, 10**11), range(10**11, 10**14)
"""A number of seconds since 1970 lies in the first range from 1973 to 5138, one of milliseconds in the second."""


def to_utc(value: object, zone: str = "UTC", *, path: str = "time") -> str | None:
    """UTC text of a time, with the fraction of a second only where the source gives one.

    ``value``: text without offset (then it is in ``zone``: an offset such as ``+08:00`` or an IANA name), ISO 8601 text with
    an offset, or seconds or milliseconds since 1970. Empty values and the sentinels 0000-00-00, 0001-01-01 and 1970-01-01 give ``None``.
    Raises ``NodeError`` ``time.invalid`` or ``time.unknown_zone``. Of a clock hour that occurs twice the first is taken.
    """
    moment = instant(value, zone, path=path)
    return None if moment is None else utc_text(moment)


def instant(value: object, zone: str = "UTC", *, path: str = "time") -> datetime | None:
    """The same as an aware datetime in UTC: to compare times, which as text sort wrongly where only one has a fraction."""
    if value is None:
        return None
    try:
        moment = _of_text(value.strip(), zone) if isinstance(value, str) else _of_number(value)
    except (ValueError, OverflowError):
        raise NodeError("time.invalid", path=path) from None
    return None if moment is None or moment == _EPOCH else moment


def utc_text(moment: datetime) -> str:
    """The canonical text of an aware datetime."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


def zone_of(value: object, zone: str) -> str:
    """The zone that a source time was read in: its own offset, or the assumed ``zone``."""
    if not isinstance(value, str):
        return "UTC"
    text = value.strip()
    if text.isdigit():
        return zone if len(text) in _COMPACT else "UTC"
    found = _OFFSET.search(text)
    return zone if found is None else found[1] if found[1][0] in "+-" else "UTC"


def _of_text(text: str, zone: str) -> datetime | None:
    if not text or _SENTINEL.match(text):
        return None
    if len(text) > _LONGEST:
        raise ValueError(text)
    if text.isdigit() and len(text) not in _COMPACT:
        return _of_number(int(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(_iso(text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=_tzinfo(zone))).astimezone(UTC)


def _iso(text: str) -> str:
    """Common ways of writing that ``fromisoformat`` does not know: 2026/1/5 9:00, ``… UTC``, a space before the offset."""
    if text.isdigit() and len(text) == 14:
        return f"{text[:8]}T{text[8:]}"
    text = text.replace("/", "-").removesuffix(" UTC").removesuffix(" GMT") + ("Z" if text.endswith((" UTC", " GMT")) else "")
    if day := _DATE.match(text):
        date = "-".join(part.zfill(2) for part in day[0].split("-"))
        clock = text[day.end() :].lstrip("T ")
        hours, colon, rest = clock.partition(":")
        text = f"{date}T{hours.zfill(2)}{colon}{rest}" if clock else date
    return re.sub(r"\s+(?=[+-]\d{2}:?\d{2}$)", "", text)


def _of_number(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError(value)  # noqa: TRY004 (one kind of error for all that is no time)
    if value == 0:
        return None
    if (isinstance(value, Decimal) and not value.is_finite()) or not 0 < value < _MILLISECONDS.stop:
        raise ValueError(value)
    whole = int(value)
    if whole in _SECONDS:
        return _EPOCH + timedelta(microseconds=int(value * 1_000_000))
    if whole in _MILLISECONDS:
        return _EPOCH + timedelta(microseconds=int(value * 1_000))
    raise ValueError


@cache
def _tzinfo(zone: str) -> tzinfo:
    if fixed := _FIXED.fullmatch(zone):
        sign = -1 if fixed[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(fixed[2]), minutes=int(fixed[3])))
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise NodeError("time.unknown_zone", zone=zone) from None
