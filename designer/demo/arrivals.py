"""Did everything that was acknowledged arrive? Compares the hub with what the simulated systems hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from engine.app import Orderloom
from engine.inspection import masked_order
from engine.order.statuses import may_ship
from engine.store.ports import OPEN_STATES, HubOrder
from engine.testing.ledger import OrderName, TargetLedger

LOOK_EVERY = 0.1
_CALLED_OFF = frozenset({"cancelled", "closed_refunded"})


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Orders by where they ended: in ``wms``, in ``finance``, ``held`` on purpose; ``parked`` runs; ``missing``: in none of these."""

    orders: int
    wms: int
    finance: int
    held: int
    parked: int
    missing: int


async def settled(engine: Orderloom) -> None:
    """Returns once no run is on its way any more."""
    while await _under_way(engine):  # noqa: ASYNC110 - a store tells nobody, it is asked
        await asyncio.sleep(LOOK_EVERY)


async def count(engine: Orderloom, acknowledged: set[int], wms: TargetLedger, finance: TargetLedger) -> Arrivals:
    """``acknowledged``: ids of events that were answered 2xx. Each must have a run, each order must have arrived or wait visibly."""
    runs = [await engine.store.run(event) for event in sorted(acknowledged)]
    parked = sum(run.state == "parked" for run in runs)
    lost = sum(run.state not in ("done", "parked") for run in runs)
    orders = [order async for order in _orders(engine)]
    held = [order for order in orders if not _goes_on(order)]
    missing = [order for order in orders if _goes_on(order) and not (_holds(wms, order) and _holds(finance, order))]
    in_parked_runs = {run.id for run in runs if run.state == "parked"}
    lost += sum(order.event_id not in in_parked_runs for order in missing)
    return Arrivals(len(orders), len(wms.orders), len(finance.orders), len(held), parked, lost)


async def _under_way(engine: Orderloom) -> int:
    return sum(number for (_, state), number in (await engine.store.run_counts()).items() if state in OPEN_STATES)


async def _orders(engine: Orderloom) -> AsyncIterator[HubOrder]:
    cursor: str | None = None
    while True:
        found = await engine.store.orders(limit=500, cursor=cursor)
        for order in found.items:
            yield order
        cursor = found.next
        if cursor is None:
            return


def _goes_on(order: HubOrder) -> bool:
    return order.status in _CALLED_OFF or (bool(order.body) and may_ship(masked_order(order)))


def _holds(target: TargetLedger, order: HubOrder) -> bool:
    name: OrderName = (order.channel, order.shop_id, order.channel_order_id)
    return target.versions.get(name) == order.version
