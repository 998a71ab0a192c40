"""A service that fetches orders from simulated shops by HTTP and sends them to a simulated warehouse; node types with a second version."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.app import Orderloom
from engine.errors import NodeError
from engine.registry import Registry, installed
from engine.replay import OrderChanges, Replay, Span
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import Store, Traffic
from engine.testing.channel import ChannelSimulator
from engine.testing.simulator import SimulatedTarget
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator

KINDS: dict[str, type[ChannelSimulator]] = {
    "own_shop": OwnShopSimulator, "taobao": TaobaoSimulator, "jd": JdSimulator, "pinduoduo": PinduoduoSimulator,
    "shopify": ShopifySimulator, "woocommerce": WooCommerceSimulator,
}  # fmt: skip
PERSONAL = ("测试", "19900000", "示例大道", "示例路", "buyer@example.com", "202-555-0100", "Example Street")
LIMIT = 20.0


def with_second_version() -> Registry:
    """As a plugin would bring it: ``transform.canonical_order@2`` writes the currency in small letters and refuses orders of one state."""
    first = installed().get("transform.canonical_order@1")

    def canonical(item: Any, params: Any, scope: Any) -> Any:
        order = first.function(item, params, scope)
        if order["status"] in ("shipped", "completed"):
            raise NodeError("order.missing_field", field="waybill")
        return {**order, "tags": ["second"]}

    return Registry([*installed(), dataclasses.replace(first, version=2, function=canonical, examples=())])


def document(channel: str, **changes: Any) -> dict[str, Any]:
    """``changes``: by node, its new ``use`` (a text) or parameters (an object)."""
    nodes: dict[str, Any] = {
        "shop": {"use": f"connector.{channel}_poll@1", "params": {"shop": {"connection": "shop"}, "every": "100ms"}},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": channel}},
        "hub": {"use": "connector.to_hub@1"},
        "wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
    }
    for slug, change in changes.items():
        nodes[slug] = {**nodes[slug], **({"use": change} if isinstance(change, str) else {"params": change})}
    return {
        "format": 1,
        "name": "orders",
        "nodes": nodes,
        "wires": ["shop -> order", "order -> hub", "hub.new -> wms", "hub.changed -> wms"],
        "tests": [],
    }


def text(channel: str, **changes: Any) -> bytes:
    return json.dumps(document(channel, **changes)).encode()


@dataclasses.dataclass
class House:
    """``shop`` and ``wms`` outlive the service, which is entered by ``open``."""

    shop: ChannelSimulator
    wms: SimulatedTarget
    open_store: Callable[[], Store]
    registry: Registry
    clock: Callable[[], datetime]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Orderloom]:
        connections: Mapping[str, Any] = {"shop": self.shop.connection, "wms": {"type": "wms", "url": self.wms.url}}
        settings = Settings(connections=connections, allow_private=("127.0.0.0/8",))
        async with Orderloom(settings, self.open_store(), self.registry, self.clock) as app:
            await app.start()
            yield app

    def sell(self, count: int) -> list[str]:
        return [self.shop.create(at=datetime.now(UTC) - timedelta(minutes=5 - n / 100))[0].id for n in range(count)]


@asynccontextmanager
async def house(channel: str = "own_shop", open_store: Callable[[], Store] | None = None) -> AsyncIterator[House]:
    kept = MemoryStore()
    async with AsyncExitStack() as around:
        shop = await around.enter_async_context(KINDS[channel]())
        wms = await around.enter_async_context(SimulatedTarget())
        yield House(shop, wms, open_store or (lambda: kept), with_second_version(), lambda: datetime.now(UTC))


async def settled(app: Orderloom, count: int) -> None:
    """So many orders have come to rest."""
    async with asyncio.timeout(LIMIT):
        while True:
            counts = await app.store.run_counts()
            if sum(counts.get(("orders", state), 0) for state in ("done", "parked", "failed")) >= count:
                return
            await asyncio.sleep(0.02)


async def recorded(app: Orderloom, at: House, count: int, **limits: Any) -> Traffic:
    """A recording of so many orders that the shop sells."""
    traffic = await app.recorder.begin("orders", "owner", **limits)
    before = len((await app.store.events(limit=500)).items)
    at.sell(count)
    await settled(app, before + count)
    return await app.recorder.end(traffic.id, "owner")


async def tried(app: Orderloom, traffic: Traffic, against: bytes) -> tuple[Replay, list[OrderChanges]]:
    replay = Replay(app.store, app.registry, "orders", against, Span(), recording=traffic.id)
    return replay, [order async for order in replay.orders()]
