"""Did every order of the platforms arrive? Compares the hub with what the simulated systems hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

from engine.app import Orderloom
from engine.inspection import masked_order
from engine.node.keys import parts_of
from engine.order.statuses import may_ship
from engine.store.ports import OPEN_STATES, HubOrder, RunFilter
from engine.testing.ledger import OrderName, TargetLedger

LOOK_EVERY = 0.1
PATIENCE = 90.0
"""Seconds: a platform that pushes nothing is asked every now and then."""
_CALLED_OFF = frozenset({"cancelled", "closed_refunded"})
Placed = Collection[tuple[str, str]]
"""Orders by channel and number there."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Orders by where they ended: in ``wms``, in ``finance``, ``held`` on purpose; ``parked`` runs; ``missing``: in none of these."""

    orders: int
    wms: int
    finance: int
    held: int
    parked: int
    missing: int


async def settled(engine: Orderloom, placed: Placed) -> None:
    """Returns once every order came and no run is on its way any more, or when patience ends."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while (await _under_way(engine) or await _to_come(engine, placed)) and loop.time() < until:  # noqa: ASYNC110 - a store tells nobody, it is asked
        await asyncio.sleep(LOOK_EVERY)


async def count(engine: Orderloom, placed: Placed, wms: TargetLedger, finance: TargetLedger) -> Arrivals:
    """Each order that was placed must have arrived, or wait visibly."""
    orders = [order async for order in _orders(engine)]
    parked = await _parked(engine)
    held = [order for order in orders if not _goes_on(order)]
    short = [order for order in orders if _goes_on(order) and not (_holds(wms, order) and _holds(finance, order))]
    missing = {_place_of(order) for order in short} | (set(placed) - {_place_of(order) for order in orders})
    return Arrivals(len(orders), len(wms.orders), len(finance.orders), len(held), len(parked), len(missing - set(parked)))


async def _under_way(engine: Orderloom) -> int:
    return sum(number for (_, state), number in (await engine.store.run_counts()).items() if state in OPEN_STATES)


async def _to_come(engine: Orderloom, placed: Placed) -> bool:
    here = {_place_of(order) async for order in _orders(engine)}
    return bool(set(placed) - here - set(await _parked(engine)))


async def _parked(engine: Orderloom) -> list[tuple[str, str]]:
    """The order of each run that waits for a person."""
    runs = (await engine.store.runs(RunFilter(state="parked"), limit=500)).items
    return [(parts[0], parts[2]) for run in runs if (parts := parts_of(run.order_key)) is not None]


async def _orders(engine: Orderloom) -> AsyncIterator[HubOrder]:
    cursor: str | None = None
    while True:
        found = await engine.store.orders(limit=500, cursor=cursor)
        for order in found.items:
            yield order
        cursor = found.next
        if cursor is None:
            return


def _place_of(order: HubOrder) -> tuple[str, str]:
    return order.channel, order.channel_order_id


def _goes_on(order: HubOrder) -> bool:
    return order.status in _CALLED_OFF or (bool(order.body) and may_ship(masked_order(order)))


def _holds(target: TargetLedger, order: HubOrder) -> bool:
    name: OrderName = (order.channel, order.shop_id, order.channel_order_id)
    return target.versions.get(name) == order.version
