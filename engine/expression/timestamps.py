"""Points in time and durations in nanoseconds, as the definition has them; plain Python values at the edges.

Ranges: timestamps 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z; durations must fit 64 bits of nanoseconds
(about 292 years), as the conformance cases ask. ``datetime`` and ``timedelta`` hold microseconds: what is finer is cut
off where a value leaves an expression.
Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#timezones and RFC 3339.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.expression.errors import OperationError
from engine.expression.literals import INT_MAX, INT_MIN

SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND * 1000
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND * 1000 + 999

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII)
_DURATION = re.compile(r"([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)", re.ASCII)
_DURATION_PART = re.compile(r"(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """Nanoseconds since 1970-01-01T00:00:00Z."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if not _FIRST <= self.nanoseconds <= _LAST:
            raise OperationError("expression.overflow")

    def __str__(self) -> str:
        moment = to_datetime(self).replace(microsecond=0, tzinfo=None).isoformat()
        return f"{moment}{_fraction(self.nanoseconds % SECOND)}Z"


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time in nanoseconds, negative for one that goes back."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if not INT_MIN <= self.nanoseconds <= INT_MAX:
            raise OperationError("expression.overflow")

    def __str__(self) -> str:
        seconds, rest = divmod(abs(self.nanoseconds), SECOND)
        return f"{'-' if self.nanoseconds < 0 else ''}{seconds}{_fraction(rest)}s"


def read_timestamp(text: str) -> Timestamp:
    """An RFC 3339 timestamp; raises ``expression.timestamp``."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise OperationError("expression.timestamp")
    try:
        moment = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    except ValueError:
        raise OperationError("expression.timestamp") from None
    offset = int(match[4] or 0) * 3600 + int(match[5] or 0) * 60
    seconds = (moment - _EPOCH) // timedelta(seconds=1) - (-offset if match[3] == "-" else offset)
    return Timestamp(seconds * SECOND + int((match[2] or "").ljust(9, "0")))


def read_duration(text: str) -> Duration:
    """A duration such as ``1h30m`` or ``-1.5s``; raises ``expression.duration``."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise OperationError("expression.duration")
    total = sum(_nanoseconds(*part) for part in _DURATION_PART.findall(match[2]))
    return Duration(-total if match[1] == "-" else total)


def from_datetime(value: datetime) -> Timestamp:
    """A point in time that came as data; one without a zone is no point in time: ``expression.timestamp``."""
    if value.tzinfo is None:
        raise OperationError("expression.timestamp")
    return Timestamp((value - _EPOCH) // _MICROSECOND * 1000)


def from_timedelta(value: timedelta) -> Duration:
    """A duration that came as data."""
    return Duration(value // _MICROSECOND * 1000)


def to_datetime(value: Timestamp) -> datetime:
    """An aware UTC ``datetime``, cut to microseconds."""
    return _EPOCH + timedelta(microseconds=value.nanoseconds // 1000)


def to_timedelta(value: Duration) -> timedelta:
    """A ``timedelta``, cut to microseconds toward zero."""
    microseconds = abs(value.nanoseconds) // 1000
    return timedelta(microseconds=-microseconds if value.nanoseconds < 0 else microseconds)


def _nanoseconds(whole: str, fraction: str, unit: str) -> int:
    scale = _UNITS[unit]
    return int(whole or 0) * scale + int(fraction or 0) * scale // 10 ** len(fraction)


def _fraction(nanoseconds: int) -> str:
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""
