"""Each version of each order, from the moment at which it came about at its platform: when it arrived here, when a target had it. Pure.

A version counts as arrived, or booked, by itself or by a newer one.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from engine.errors import NodeError
from engine.order import instant
from tests.whole.target import Books

BEIJING: Final = frozenset({"taobao", "jd", "pinduoduo"})
"""They tell times without a zone."""
Order = tuple[str, str]
"""Channel, and number at its channel."""
OLDEST: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """A new version. ``at``: seconds since 1970; ``push``: how it was pushed (``well``, ``lost``, …), ``None`` where nothing is pushed."""

    order: Order
    version: str
    at: float
    is_first: bool
    is_held: bool
    push: str | None

    @property
    def moment(self) -> datetime:
        return _moment(self.version, "UTC") or OLDEST


@dataclass(slots=True)
class Seen:
    """What came of an order somewhere: times with versions, ``None`` for a message that only names the order, whatever its version."""

    times: list[tuple[float, datetime | None]] = field(default_factory=list[tuple[float, datetime | None]])

    def of(self, change: Change) -> float | None:
        """The first time at which the version, or a newer one, was there. A message that came after the change brings it."""
        wanted = change.moment
        found = (at for at, version in self.times if (version is None and at >= change.at) or (version is not None and version >= wanted))
        return next(found, None)


def arrivals(events: Iterable[Mapping[str, Any]], seconds_of: Callable[[str], float]) -> dict[Order, Seen]:
    """Of the events that the service lists."""
    found: dict[Order, Seen] = defaultdict(Seen)
    for event in events:
        channel, _, number, version = event["key"].split("|", 3)
        zone = "+08:00" if channel in BEIJING else "UTC"
        insort(found[(channel, number)].times, (seconds_of(event["received_at"]), _moment(version.partition("~")[0], zone)), key=_first)
    return dict(found)


def bookings(books: Books) -> dict[Order, Seen]:
    found: dict[Order, Seen] = defaultdict(Seen)
    for line in books.lines:
        insort(found[(line["name"][0], line["name"][2])].times, (line["at"], _moment(line["version"], "UTC")), key=_first)
    return dict(found)


def _first(one: tuple[float, datetime | None]) -> float:
    return one[0]


def _moment(text: str, zone: str) -> datetime | None:
    try:
        return instant(text, zone)
    except NodeError:
        return None
