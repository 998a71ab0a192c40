"""Snapshots of the running engine, one at the start and one whenever something moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from engine.app import Orderloom, now

LOOK_EVERY = 0.5
AT_LEAST_EVERY = 10.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``runs``: flow → state → count; ``orders``: channel → count; the rest as in the metrics."""

    at: str
    runs: Mapping[str, Mapping[str, int]]
    orders: Mapping[str, int]
    accepted: int
    duplicates: int
    running: int
    waiting: int
    backlog: int


async def snapshot(orderloom: Orderloom, deliveries: Mapping[str, int]) -> Snapshot:
    runs: dict[str, dict[str, int]] = {}
    for (flow, state), count in sorted((await orderloom.store.run_counts()).items()):
        runs.setdefault(flow, {})[state] = count
    return Snapshot(
        at=now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        runs=runs,
        orders=dict(await orderloom.store.order_counts()),
        accepted=deliveries.get("accepted", 0),
        duplicates=deliveries.get("duplicate", 0),
        running=orderloom.dispatcher.running,
        waiting=orderloom.dispatcher.waiting,
        backlog=orderloom.store.journal.backlog(),
    )


async def snapshots(orderloom: Orderloom, deliveries: Mapping[str, int], closing: asyncio.Event) -> AsyncGenerator[Snapshot]:
    """Until ``closing``.

    Looks at cheap counters first: a quiet shop costs no query, but for one every few seconds, because other processes write too.
    """
    seen: tuple[int, ...] | None = None
    quiet = 0.0
    while not closing.is_set():
        mark = _mark(orderloom, deliveries)
        if mark != seen or quiet >= AT_LEAST_EVERY:
            seen, quiet = mark, 0.0
            yield await snapshot(orderloom, deliveries)
        await _until(closing, LOOK_EVERY)
        quiet += LOOK_EVERY


def _mark(orderloom: Orderloom, deliveries: Mapping[str, int]) -> tuple[int, ...]:
    dispatcher = orderloom.dispatcher
    return (sum(deliveries.values()), sum(dispatcher.ended.values()), dispatcher.running, dispatcher.waiting)


async def _until(closing: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except TimeoutError:
        return
