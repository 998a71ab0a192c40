"""The demonstration: the service, the platforms and systems around it, and orders that keep coming."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from designer.demo.arrivals import Arrivals, count, settled
from designer.demo.flow_file import NAME, flow_file
from designer.demo.page import PATH, routes
from designer.demo.robot import TeamChat
from designer.demo.shop import Platforms, Shop, platforms, push_to
from designer.demo.slip import TimeSlip
from designer.server import Service, bind
from engine.access import SYSTEM
from engine.app import Orderloom, now
from engine.settings import Settings
from engine.testing.simulator import SimulatedTarget

HOST = "127.0.0.1"
NOTE = "orderloom demo"
HOME = f"/flows/{NAME}/canvas?guide=true"
"""Where the browser begins: the flow at work, and the first change to make."""
_Around = tuple[Platforms, SimulatedTarget, SimulatedTarget, TeamChat]


@dataclass(frozen=True, slots=True)
class Plan:
    """``per_second``: new orders; ``orders``: how many, ``None`` for no end; ``leave``: stop when all have arrived."""

    settings: Settings
    port: int
    per_second: float = 2.0
    orders: int | None = None
    leave: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """``placed``: orders at the platforms; ``doubled``: pushes that came twice; ``told``: messages to the team."""

    placed: int
    doubled: int
    told: int
    arrivals: Arrivals


async def run(plan: Plan, ready: Callable[[Service], None]) -> Outcome | None:
    """Until a signal (``None``), or until all has arrived. ``ready`` is called once hooks are accepted and the flow is published."""
    password = secrets.token_hex(16)
    async with platforms() as shops, SimulatedTarget(secret=password) as wms, SimulatedTarget() as finance, TeamChat() as chat:
        urls = {"wms": wms.url, "finance": finance.url, "team_chat": chat.url}
        settings = replace(
            plan.settings,
            connections={**plan.settings.connections, **_connections(shops, password, urls)},
            allow_private=(*plan.settings.allow_private, f"{HOST}/32"),
        )
        shop = Shop(shops, now)
        around = {"home": HOME, "scenes": PATH, "scene": TimeSlip(shop, wms.ledger, finance.ledger, now)}
        engine, key = Orderloom.at(settings, serves=True), settings.key or secrets.token_urlsafe(24)
        service = Service(engine, bind(HOST, plan.port), key=key, pages=routes, around=around)
        started = asyncio.Event()
        serving = asyncio.create_task(service.run(started.set))
        driving = asyncio.create_task(_drive(plan, service, started, (shops, wms, finance, chat), shop, ready))
        return await _first(service, serving, driving)


async def _first(service: Service, serving: asyncio.Task[None], driving: asyncio.Task[Outcome]) -> Outcome | None:
    """The outcome, with the service stopped in good order; ``None`` where the service ended first. Raises what hindered either."""
    await asyncio.wait({serving, driving}, return_when=asyncio.FIRST_COMPLETED)
    if driving.done():
        service.stop()
        await serving
        return driving.result()
    driving.cancel()
    await asyncio.wait({driving})
    serving.result()
    return None


async def _drive(
    plan: Plan, service: Service, started: asyncio.Event, around: _Around, shop: Shop, ready: Callable[[Service], None]
) -> Outcome:
    shops, wms, finance, chat = around
    await started.wait()
    await service.orderloom.publish(flow_file(), note=NOTE, actor=SYSTEM)
    ready(service)
    push_to(shops, service.url)
    await _sell(shop, plan.per_second, plan.orders)
    if not plan.leave:
        await asyncio.Event().wait()
    for each in shops.values():
        each.pusher.release()
        await each.pusher.settled()
    await settled(service.orderloom, shop.placed)
    arrivals = await count(service.orderloom, shop.placed, wms.ledger, finance.ledger)
    return Outcome(len(shop.placed), sum(each.pusher.counts["doubled"] for each in shops.values()), chat.count, arrivals)


async def _sell(shop: Shop, per_second: float, most: int | None) -> None:
    """At a steady pace, until there are ``most``; ``None``: for ever."""
    loop = asyncio.get_running_loop()
    start, sold = loop.time(), 0
    while most is None or sold < most:
        await asyncio.sleep(max(0.0, start + sold / per_second - loop.time()))
        shop.sell()
        sold += 1


def _connections(shops: Platforms, password: str, urls: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {
        **{name: shop.connection for name, shop in shops.items()},
        "wms": {"type": "wms", "url": urls["wms"], "secret": password},
        "finance": {"type": "finance", "url": urls["finance"]},
        "team_chat": {"type": "wecom", "url": urls["team_chat"]},
    }
