"""Whether a parcel moves, and when it will be there: against the time that was promised, else what is usual. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from engine.store.parcel_records import Journey, Parcel

LEAST: Final = 5
"""Parcels that must have arrived before it can be said what is usual."""
Usual = Mapping[tuple[str, str], float]
"""Seconds under way by courier and region; without a region: all of that courier."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """``expected_at``: when it should be there by what is usual; ``due_at``: when it has to be there, ``promised`` or by what is usual.

    ``misses``: it is not there at the promised time, or will not be; ``percent``: how much of the usual time it has been under way.
    """

    expected_at: datetime | None
    due_at: datetime | None
    promised: bool
    misses: bool
    percent: int | None = None

    def late(self, percent: int = 150) -> bool:
        """``percent``: of what is usual a parcel without a promised time may take so much."""
        return self.misses or (not self.promised and self.percent is not None and self.percent > percent)


def usual_of(journeys: Iterable[Journey]) -> dict[tuple[str, str], float]:
    """The median, where at least ``LEAST`` parcels arrived."""
    found: dict[tuple[str, str], list[float]] = {}
    for one in journeys:
        for place in {(one.carrier, one.region), (one.carrier, "")}:
            found.setdefault(place, []).append(one.seconds)
    return {place: median(times) for place, times in found.items() if len(times) >= LEAST}


def outlook(parcel: Parcel, usual: Usual, now: datetime) -> Outlook:
    """Of a parcel that nobody waits for nothing is late any more."""
    seconds = usual.get((parcel.carrier, parcel.region), usual.get((parcel.carrier, "")))
    since, promised = parcel.shipped_at, parcel.promised_at
    expected, percent = None, None
    if seconds is not None and since is not None:
        expected = since + timedelta(seconds=seconds)
        percent = int((now - since).total_seconds() * 100 / seconds) if parcel.open else None
    ahead = promised is not None and expected is not None and expected > promised
    misses = parcel.open and promised is not None and (now > promised or ahead)
    return Outlook(expected, promised or expected, promised=promised is not None, misses=misses, percent=percent)


def still_hours(parcel: Parcel, now: datetime) -> int:
    """Whole hours since it last moved; 0 for one that nobody waits for."""
    if not parcel.open or parcel.moved_at is None:
        return 0
    return max(int((now - parcel.moved_at).total_seconds() // 3600), 0)
