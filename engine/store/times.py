"""Times as the store keeps them: microseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def shifted(moment: datetime, by: timedelta) -> datetime:
    """As far as the calendar goes."""
    try:
        return moment + by
    except OverflowError:
        return LATEST if by > timedelta() else EARLIEST
