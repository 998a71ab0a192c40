"""Whether a source's stamps are believable: most of them lie a little before the arrival. Pure.

A source whose times are written in one zone and read in another is off by whole or half hours, over and over. Then its orders may
look as if they came from the future, and whatever waits for their time waits in vain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final, Literal
from zoneinfo import ZoneInfo

from engine.errors import NodeError
from engine.order import instant

HALF_HOUR: Final = 1800.0
EARLIEST, LATEST = -12 * 3600.0, 14 * 3600.0
"""Offsets from UTC that some zone has."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``orders``: how many in a row have to agree; ``in_future``: how many ahead of time are enough; ``tolerance`` in seconds."""

    orders: int = 20
    in_future: int = 3
    tolerance: float = 300.0


@dataclass(frozen=True, slots=True)
class Mistake:
    """``zone``: stamps are written in the zone ``written`` and read in ``read``; ``clock``: the source's clock is wrong.

    ``offset``: seconds from stamp to arrival, the median.
    """

    kind: Literal["zone", "clock"]
    offset: float
    orders: int
    read: str
    written: str = ""


def mistake_in(offsets: Sequence[float], zone: str, at: datetime, limits: Limits) -> Mistake | None:
    """What is wrong with the newest ``offsets`` (seconds from stamp to arrival), whose stamps were read in ``zone``."""
    recent = offsets[-limits.orders :]
    ahead = [offset for offset in recent[-2 * limits.in_future :] if offset < -_ahead(limits)]
    if len(ahead) >= limits.in_future:
        return _named(ahead, zone, at, limits) or Mistake("clock", median(ahead), len(ahead), zone)
    if len(recent) < limits.orders:
        return None
    return _named(recent, zone, at, limits)


def is_well(offset: float, limits: Limits) -> bool:
    """Whether one order speaks against a mistake: neither from the future nor whole half hours old."""
    return offset >= -_ahead(limits) and not _near(offset, limits.tolerance)


def _ahead(limits: Limits) -> float:
    """Clocks differ a little, and stamps may be rounded up to a minute."""
    return min(limits.tolerance, 120.0)


def _named(offsets: Sequence[float], zone: str, at: datetime, limits: Limits) -> Mistake | None:
    middle = median(offsets)
    agree = sum(abs(offset - middle) <= limits.tolerance for offset in offsets)
    if not _near(middle, limits.tolerance) or agree < 0.8 * len(offsets):
        return None
    written = _offset_of(zone, at) - round(middle / HALF_HOUR) * HALF_HOUR
    if not EARLIEST <= written <= LATEST:
        return None
    return Mistake("zone", middle, len(offsets), _with_offset(zone, at), zone_text(written))


def _near(offset: float, tolerance: float) -> bool:
    """Near a multiple of 30 minutes other than none."""
    halves = round(offset / HALF_HOUR)
    return halves != 0 and abs(offset - halves * HALF_HOUR) <= tolerance


def _offset_of(zone: str, at: datetime) -> float:
    """Seconds east of UTC. A zone is a name, or an offset such as ``+08:00``; one that is not known counts as UTC."""
    try:
        local = instant("2000-01-01T00:00:00", zone) if zone[:1] in ("+", "-") else None
        if local is not None:
            return (datetime(2000, 1, 1, tzinfo=local.tzinfo) - local).total_seconds()
        found = at.astimezone(ZoneInfo(zone)).utcoffset()
    except (NodeError, KeyError, ValueError, OSError):
        return 0.0
    return (found or timedelta()).total_seconds()


def _with_offset(zone: str, at: datetime) -> str:
    offset = zone_text(_offset_of(zone, at))
    return offset if zone in (offset, "UTC", "Z") or zone[:1] in ("+", "-") else f"{zone} ({offset})"


def zone_text(seconds: float) -> str:
    """``UTC``, ``UTC+08:00``."""
    if not seconds:
        return "UTC"
    hours, minutes = divmod(abs(round(seconds / 60)), 60)
    return f"UTC{'+' if seconds > 0 else '-'}{hours:02}:{minutes:02}"
