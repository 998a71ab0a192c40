"""Times as the reader's clock shows them. The browser tells its time zone in a cookie; until then, and without a script, it is UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONE_COOKIE: Final = "zone"


@dataclass(frozen=True, slots=True)
class Clock:
    """``name`` as the tz database has it, such as ``Asia/Shanghai``."""

    name: str
    zone: tzinfo

    def day(self, moment: datetime) -> str:
        return self._here(moment).date().isoformat()

    def is_this_year(self, moment: datetime) -> bool:
        """Then a narrow table leaves the year out."""
        return self._here(moment).year == datetime.now(self.zone).year

    def time(self, moment: datetime) -> str:
        return self._here(moment).strftime("%H:%M:%S")

    def field(self, moment: datetime) -> str:
        """For a field of the type ``datetime-local``: ``2026-01-05T08:00``."""
        return self._here(moment).replace(tzinfo=None).isoformat(timespec="minutes")

    def midnight(self, now: datetime) -> datetime:
        """The beginning of the reader's day."""
        return now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    def _here(self, moment: datetime) -> datetime:
        """The last hours of the calendar, and its first, are not there in every zone: they stay as they are."""
        try:
            return moment.astimezone(self.zone)
        except OverflowError:
            return moment

    def read(self, written: str | None) -> datetime | None:
        """The moment of an ISO 8601 text, on this clock where it names no offset; ``None`` for what is no time."""
        try:
            found = datetime.fromisoformat(written or "")
            return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


UTC_CLOCK: Final = Clock("UTC", UTC)


@lru_cache(maxsize=512)
def clock_of(name: str | None) -> Clock:
    """The clock of a zone; UTC for one that is not known here."""
    if not name or name == "UTC" or len(name) > 64:
        return UTC_CLOCK
    try:
        return Clock(name, ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC_CLOCK


def length(span: timedelta) -> tuple[str, int | float]:
    """A duration in the one unit that says it best: (``ms`` | ``s`` | ``min`` | ``h`` | ``d``, number)."""
    seconds = max(span.total_seconds(), 0)
    if seconds < 1:
        return "ms", round(seconds * 1000)
    if seconds < 60:
        return "s", round(seconds, 1) if seconds < 10 else int(seconds)
    for unit, size, limit in (("min", 60, 3600), ("h", 3600, 86400)):
        if seconds < limit:
            return unit, int(seconds // size)
    return "d", int(seconds // 86400)
