"""The figures of a trial: how quick orders were where nothing was away, and how soon lost pushes were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.whole.changes import Change, Order, Seen, arrivals, bookings
from tests.whole.judge import share
from tests.whole.platforms import PUSHING, Platforms
from tests.whole.processes import Outages
from tests.whole.target import Books

LIMITED = "pinduoduo"
"""The platform that takes few calls: what it makes us wait for is not ours."""
SMOOTH = frozenset({"well", "doubled", "forged", None})
RECOVERY = 5.0
"""Seconds after which an outage no longer counts: what came meanwhile has been made up for."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Times in seconds. ``delays``: from arrival to both targets, outside of the outages, of orders that their platform did not hold first;
    ``changed``: the same of later versions; ``whole``: from the platform to both targets, where no push went wrong; ``slowest``: those
    with the longest delay, as text; ``spared``: versions that an outage touched, not counted; ``found``: from a version whose push was
    lost to the event of a poll, ``later`` of them being changes, ``latest`` the last ones as text; ``fetched``: the same on the platforms
    that push nothing.
    """

    orders: int
    pushes: Mapping[str, int]
    forged: Mapping[int, int]
    outages: Mapping[str, Sequence[float]]
    delays: Sequence[float]
    changed: Sequence[float]
    whole: Sequence[float]
    slowest: Sequence[str]
    spared: int
    found: Sequence[float]
    later: int
    latest: Sequence[str]
    fetched: Sequence[float]
    every: float
    sending: float
    settling: float


@dataclass(frozen=True, slots=True)
class Measured:
    """When a version arrived here, and when the later one of the targets had it."""

    change: Change
    arrived: float
    ended: float | None

    @property
    def delay(self) -> float:
        return (self.ended or self.arrived) - self.arrived

    @property
    def way(self) -> float:
        """From the platform to us."""
        return self.arrived - self.change.at

    @property
    def told(self) -> str:
        return f"{'/'.join(self.change.order)} {self.delay:.1f} s"

    @property
    def found_late(self) -> str:
        return f"{'/'.join(self.change.order)} {self.way:.1f} s"


def figures_of(
    shops: Platforms,
    outages: Outages,
    events: Iterable[Mapping[str, Any]],
    books: Mapping[str, Books],
    every: float,
    times: Sequence[float],
) -> Figures:
    """``times``: when the trial began, when all was sent, when all was right."""
    measured = measure(shops.changes, arrivals(events, lambda text: datetime.fromisoformat(text).timestamp()), books.values())
    ended = [one for one in measured if one.ended is not None and not one.change.is_held]
    calm = [one for one in ended if not _disturbed(outages, one.arrived, one.arrived + RECOVERY, "server", "wms", "finance")]
    well = [one for one in calm if one.change.push in SMOOTH and one.change.order[0] != LIMITED and not _away(outages, one.change, every)]
    lost = [one for one in measured if one.change.push == "lost" and not _away(outages, one.change, every)]
    fetched = [one for one in measured if one.change.order[0] not in PUSHING and not _away(outages, one.change, every)]
    pushes: Counter[str] = Counter()
    forged: Counter[int] = Counter()
    for shop in shops.shops.values():
        pushes += shop.pusher.counts
        forged += shop.pusher.forged
    return Figures(
        orders=shops.made,
        pushes=pushes,
        forged=forged,
        outages=outages.lengths(),
        delays=[one.delay for one in calm if one.change.is_first],
        changed=[one.delay for one in calm if not one.change.is_first],
        whole=[(one.ended or one.arrived) - one.change.at for one in well],
        slowest=[one.told for one in sorted(calm, key=lambda one: -one.delay)[:3]],
        spared=len(ended) - len(calm),
        found=[one.way for one in lost],
        later=sum(not one.change.is_first for one in lost),
        latest=[one.found_late for one in sorted(lost, key=lambda one: -one.way)[:3]],
        fetched=[one.way for one in fetched],
        every=every,
        sending=times[1] - times[0],
        settling=times[2] - times[1],
    )


def measure(changes: Iterable[Change], arrived: Mapping[Order, Seen], books: Iterable[Books]) -> list[Measured]:
    """Each version that arrived at all."""
    booked = [bookings(one) for one in books]
    found: list[Measured] = []
    for change in changes:
        came = arrived.get(change.order, Seen()).of(change)
        if came is not None:
            ends = [one.get(change.order, Seen()).of(change) for one in booked]
            found.append(Measured(change, came, None if None in ends else max((end for end in ends if end is not None), default=None)))
    return found


def table(figures: Figures) -> str:
    """For people; each figure beside its bar."""
    rows = [
        ("orders", f"{figures.orders}", ""),
        ("pushes that went well", f"{figures.pushes['well']}", ""),
        *((f"pushes {name}", f"{figures.pushes[name]}", "") for name in ("doubled", "lost", "late", "forged")),
        ("answers to forged pushes", " ".join(f"{status}×{times}" for status, times in sorted(figures.forged.items())), "401"),
        *(
            (f"{name} away {len(long)} times, seconds", " ".join(f"{one:.1f}" for one in long), "")
            for name, long in figures.outages.items()
        ),
        ("arrival to both targets, p50", _seconds(share(figures.delays, 0.5)), ""),
        ("arrival to both targets, p95", _seconds(share(figures.delays, 0.95)), "2 s"),
        ("arrival to both targets, max", _seconds(max(figures.delays, default=0)), "5 s"),
        ("later versions, arrival to both targets, p95", _seconds(share(figures.changed, 0.95)), "2 s"),
        ("later versions, arrival to both targets, max", _seconds(max(figures.changed, default=0)), "5 s"),
        *((f"  {one}", "", "") for one in figures.slowest),
        (f"from the platform to both targets, p95 of {len(figures.whole)}", _seconds(share(figures.whole, 0.95)), "5 s"),
        ("from the platform to both targets, max", _seconds(max(figures.whole, default=0)), ""),
        ("versions in or near an outage, not counted", f"{figures.spared}", ""),
        (
            f"lost pushes found, max of {len(figures.found)}, {figures.later} of later versions",
            _seconds(max(figures.found, default=0)),
            f"{figures.every + 5:.0f} s",
        ),
        *((f"  {one}", "", "") for one in figures.latest),
        (f"orders of platforms that push nothing, max of {len(figures.fetched)}", _seconds(max(figures.fetched, default=0)), ""),
        ("orders sent in", f"{figures.sending:.1f} s", ""),
        ("all right after", f"{figures.settling:.1f} s", ""),
    ]
    return "".join(f"{name:<58}{value:>22}  {bar}\n" for name, value, bar in rows)


LATE, LATEST = 2.0, 5.0
"""Seconds from arrival to both targets: of 95 % of the orders, and of each."""


def bar_faults(figures: Figures) -> list[str]:
    """Which bars were missed, as sentences. What was not measured meets none."""
    longest, found = max([*figures.delays, *figures.changed], default=0.0), max(figures.found, default=0.0)
    parts = (("orders", figures.delays), ("later versions", figures.changed))
    return [
        sentence
        for met, sentence in (
            (figures.delays, "no order was away from all outages, so no delay was measured"),
            (figures.changed, "no later version was away from all outages, so no delay of one was measured"),
            (figures.found, "no lost push was away from all outages, so none was measured"),
            (figures.whole, "no version was measured from its platform"),
            *(
                (
                    share(delays, 0.95) <= LATE,
                    f"p95 of {what} is {_seconds(share(delays, 0.95))} from arrival to both targets, above {LATE} s",
                )
                for what, delays in parts
            ),
            (longest <= LATEST, f"an order took {_seconds(longest)}, above {LATEST} s"),
            (share(figures.whole, 0.95) <= LATEST, f"p95 is {_seconds(share(figures.whole, 0.95))} from the platform, above {LATEST} s"),
            (found <= figures.every + RECOVERY, f"a lost push was found after {_seconds(found)}"),
        )
        if not met
    ]


def _away(outages: Outages, change: Change, every: float) -> bool:
    """Whether the service, or the platform, was away while the version was on its way here."""
    return _disturbed(outages, change.at, change.at + every + RECOVERY, "server", change.order[0])


def _disturbed(outages: Outages, start: float, end: float, *whose: str) -> bool:
    return outages.touches(start - RECOVERY, end, *whose)


def _seconds(value: float) -> str:
    return f"{value:.2f} s"
