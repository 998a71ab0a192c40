"""Filters of lists, as they stand in the address: a span of time on the reader's clock, and the address with one filter less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from designer.pages.clock import Clock
from designer.pages.environment import href
from designer.pages.listing import known
from designer.pages.words import PERIODS

SPAN: Final = ("within", "since", "until")
_LAST: Final = {"hour": timedelta(hours=1), "week": timedelta(days=7)}
Filters = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Period:
    """``filters``: what stands in the address; ``since`` and ``until``: what is meant."""

    filters: Filters
    since: datetime | None = None
    until: datetime | None = None

    def shown(self, clock: Clock) -> str:
        """``2026-01-05 08:00 – 2026-01-05 09:00`` of a period of one's own; an end that is open is left out."""
        if self.since is None and self.until is None:
            return ""
        ends = [clock.field(at).replace("T", " ") if at else "" for at in (self.since, self.until)]
        return " – ".join(ends).strip()


@dataclass(frozen=True, slots=True)
class Given:
    """The filters of the list at ``path``, by the names that they have in the address; ``plain``: values that narrow nothing."""

    path: str
    filters: Filters
    plain: Filters = field(default_factory=dict[str, "str | None"])

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set. A period of one's own without an end is none yet."""
        return any(value and value != self.plain.get(name) for name, value in self.filters.items() if (name, value) != ("within", "own"))

    @property
    def here(self) -> str:
        """The address of the list as it is narrowed now, without what is empty."""
        return href(self.path, **self.filters)

    @property
    def cleared(self) -> str:
        return href(self.path, **self.plain)

    def with_(self, name: str, value: str) -> str:
        """The address with one filter changed."""
        return href(self.path, **{**self.filters, name: value})

    def less(self, name: str) -> str:
        """The address of the list without one filter."""
        gone = SPAN if name in SPAN else (name,)
        return href(self.path, **{key: value for key, value in self.filters.items() if key not in gone})


def period(within: str | None, since: str | None, until: str | None, *, now: datetime, clock: Clock) -> Period:
    """What the fields of a form say. Times that cannot be read count as none."""
    choice = known(within, PERIODS) or ("own" if since or until else None)
    if choice in _LAST:
        return Period({"within": choice, "since": None, "until": None}, now - _LAST[choice])
    if choice == "today":
        return Period({"within": choice, "since": None, "until": None}, clock.midnight(now))
    start, end = (clock.read(since), clock.read(until)) if choice else (None, None)
    return Period(
        {"within": choice, "since": clock.field(start) if start else None, "until": clock.field(end) if end else None}, start, end
    )
