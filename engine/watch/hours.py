"""Hours of the day in a zone: business hours, quiet hours. Pure; clocks that are put forward or back are minded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """From a time of day up to another one, which may lie on the next day; ``days``: on which they begin (Monday is 0)."""

    begin: time
    end: time
    zone: str
    days: frozenset[int] = frozenset(range(7))

    def span_at(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """Begin and end, in UTC, of the hours in which a moment lies. Equal times of day mean the whole day."""
        local = moment.astimezone(ZoneInfo(self.zone))
        for back in (0, 1):
            day = local.date() - timedelta(days=back)
            if day.weekday() not in self.days:
                continue
            begin = datetime.combine(day, self.begin, ZoneInfo(self.zone))
            last = day + timedelta(days=1) if self.end <= self.begin else day
            end = datetime.combine(last, self.end, ZoneInfo(self.zone))
            span = begin.astimezone(UTC), end.astimezone(UTC)
            if span[0] <= moment < span[1]:
                return span
        return None


def after_quiet(quiet: Hours | None, moment: datetime) -> datetime:
    """When something may be told: now, or at the end of the quiet hours."""
    span = quiet.span_at(moment) if quiet is not None else None
    return moment if span is None else span[1]


def time_of_day(text: str) -> time:
    """``22:00``; ``24:00`` is the midnight that ends a day. Raises ``ValueError``."""
    return time(0) if text == "24:00" else time.fromisoformat(text)
