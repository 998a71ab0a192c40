"""The figures of a trial: how quick orders were where nothing was away, and how soon lost pushes were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.whole.judge import Order, arrivals, deliveries, share
from tests.whole.platforms import PUSHING, Platforms
from tests.whole.processes import Outages
from tests.whole.target import Books

RECOVERY = 5.0
"""Seconds after which an outage no longer counts: what came meanwhile has been made up for."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Times in seconds. ``delays``: from arrival to both targets, outside of the outages, of orders that their platform did not hold first;
    ``slowest``: those with the longest, as text; ``spared``: orders that an outage touched, not counted; ``found``: from an order to the
    event of a poll, where its push was lost, and on the platforms that push nothing.
    """

    orders: int
    pushes: Mapping[str, int]
    forged: Mapping[int, int]
    outages: Mapping[str, Sequence[float]]
    delays: Sequence[float]
    slowest: Sequence[str]
    spared: int
    found: Sequence[float]
    fetched: Sequence[float]
    every: float
    sending: float
    settling: float


def figures_of(
    shops: Platforms,
    outages: Outages,
    events: Iterable[Mapping[str, Any]],
    books: Mapping[str, Books],
    every: float,
    times: Sequence[float],
) -> Figures:
    """``times``: when the trial began, when all was sent, when all was right."""
    arrived = arrivals(events, lambda text: datetime.fromisoformat(text).timestamp())
    booked = [deliveries(one) for one in books.values()]
    ended = {order: max(one[order] for one in booked) for order in arrived if all(order in one for one in booked)}
    free = [order for order in ended if order not in shops.kept_back]
    calm = [order for order in free if not _disturbed(outages, arrived[order], arrived[order] + RECOVERY, "server", "wms", "finance")]
    lost = shops.lost()
    pushes: Counter[str] = Counter()
    forged: Counter[int] = Counter()
    for shop in shops.shops.values():
        pushes += shop.pusher.counts
        forged += shop.pusher.forged
    return Figures(
        orders=len(shops.made_at),
        pushes=pushes,
        forged=forged,
        outages=outages.lengths(),
        delays=[ended[order] - arrived[order] for order in calm],
        slowest=[
            f"{'/'.join(one)} {ended[one] - arrived[one]:.1f} s" for one in sorted(calm, key=lambda one: arrived[one] - ended[one])[:3]
        ],
        spared=len(free) - len(calm),
        found=_waited(shops, outages, arrived, every, [order for order in lost if order[0] in PUSHING]),
        fetched=_waited(shops, outages, arrived, every, [order for order in shops.made_at if order[0] not in PUSHING]),
        every=every,
        sending=times[1] - times[0],
        settling=times[2] - times[1],
    )


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
        *((f"  {one}", "", "") for one in figures.slowest),
        ("orders in or near an outage, not counted", f"{figures.spared}", ""),
        (f"lost pushes found, max of {len(figures.found)}", _seconds(max(figures.found, default=0)), f"{figures.every + 5:.0f} s"),
        (f"orders of platforms that push nothing, max of {len(figures.fetched)}", _seconds(max(figures.fetched, default=0)), ""),
        ("orders sent in", f"{figures.sending:.1f} s", ""),
        ("all right after", f"{figures.settling:.1f} s", ""),
    ]
    return "".join(f"{name:<58}{value:>22}  {bar}\n" for name, value, bar in rows)


LATE, LATEST = 2.0, 5.0
"""Seconds from arrival to both targets: of 95 % of the orders, and of each."""


def bar_faults(figures: Figures) -> list[str]:
    """Which bars were missed, as sentences. What was not measured meets none."""
    return [
        sentence
        for met, sentence in (
            (figures.delays, "no order was away from all outages, so no delay was measured"),
            (figures.found, "no lost push was away from all outages, so none was measured"),
            (
                share(figures.delays, 0.95) <= LATE,
                f"p95 is {_seconds(share(figures.delays, 0.95))} from arrival to both targets, above {LATE} s",
            ),
            (max(figures.delays, default=0) <= LATEST, f"an order took {_seconds(max(figures.delays, default=0))}, above {LATEST} s"),
            (
                max(figures.found, default=0) <= figures.every + RECOVERY,
                f"a lost push was found after {_seconds(max(figures.found, default=0))}",
            ),
        )
        if not met
    ]


def _waited(shops: Platforms, outages: Outages, arrived: Mapping[Order, float], every: float, orders: Iterable[Order]) -> list[float]:
    """From the order to its event, where neither the service nor its platform was away."""
    return [
        arrived[order] - shops.made_at[order]
        for order in orders
        if order in arrived and not _disturbed(outages, shops.made_at[order], shops.made_at[order] + every + RECOVERY, "server", order[0])
    ]


def _disturbed(outages: Outages, start: float, end: float, *whose: str) -> bool:
    return outages.touches(start - RECOVERY, end, *whose)


def _seconds(value: float) -> str:
    return f"{value:.2f} s"
