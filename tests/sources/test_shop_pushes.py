"""Shops that push badly and are asked as well: every order arrives in the hub, in the state that it has now."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from designer.server import Service, bind
from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing.channel import ChannelSimulator
from nodes.connector.channels import CANONICAL
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator

from .house import until

SHOP = {"shop": {"connection": "shop"}}
KINDS: dict[str, tuple[type[ChannelSimulator], str, str]] = {
    "woocommerce": (WooCommerceSimulator, "connector.woocommerce_orders@1", "cancelled"),
    "own_shop": (OwnShopSimulator, "connector.own_shop_orders@1", "cancelled"),
    "shopify": (ShopifySimulator, "connector.shopify_orders@1", "cancelled"),
}


def flow(channel: str, pushed: str) -> bytes:
    document: dict[str, Any] = {
        "format": 1,
        "name": "shop",
        "nodes": {
            "pushed": {"use": pushed, "params": SHOP},
            "fetched": {"use": f"connector.{channel}_poll@1", "params": {**SHOP, "every": "300ms", "begin": "1h"}},
            "order": {"use": "transform.canonical_order@1", "params": {"channel": channel}},
            "kept": {"use": "connector.to_hub@1"},
        },
        "wires": ["pushed -> order", "fetched -> order", "order -> kept"],
        "tests": [],
    }
    return json.dumps(document).encode()


@asynccontextmanager
async def serving(shop: ChannelSimulator, pushed: str, data: Path) -> AsyncIterator[Orderloom]:
    settings = Settings(data=data, connections={"shop": shop.connection}, allow_private=("127.0.0.0/8",))
    service = Service(Orderloom(settings, MemoryStore()), bind("127.0.0.1", 0), key="the-key-of-the-tests")
    ready = asyncio.Event()
    running = asyncio.create_task(service.run(ready.set))
    await ready.wait()
    await service.orderloom.publish(flow(shop.channel, pushed), note="", actor="owner")
    shop.pusher.to = f"{service.url}/hooks/shop/pushed"
    try:
        yield service.orderloom
    finally:
        shop.pusher.to = None
        service.stop()
        await running


async def in_hub(app: Orderloom) -> dict[str, str]:
    found = await app.store.orders(limit=500)
    return {order.channel_order_id: order.status for order in found.items}


@pytest.mark.parametrize("channel", KINDS)
async def test_whatever_becomes_of_the_pushes_the_hub_holds_each_order_once_in_its_newest_state(channel: str, tmp_path: Path) -> None:
    simulator, pushed, called_off = KINDS[channel]
    async with simulator() as shop, serving(shop, pushed, tmp_path) as app:
        shop.pusher.faults.mix({"doubled": 0.3, "lost": 0.3, "late": 0.2, "forged": 0.2}, seed=7)
        made = shop.create(12, at=datetime.now(UTC) - timedelta(minutes=5))
        for order in made[::3]:
            shop.move(order.id, called_off)
        shop.pusher.release()
        await shop.pusher.settled()
        right = {order.id: CANONICAL[channel](order.body)["status"] for order in made}

        async def arrived() -> bool:
            return await in_hub(app) == right

        await until(arrived)
        assert set(shop.pusher.counts) >= {"doubled", "lost"}


async def test_the_call_that_tries_a_new_webhook_is_answered_and_any_other_unsigned_one_is_not(tmp_path: Path) -> None:
    trigger = "connector.woocommerce_orders@1"
    async with WooCommerceSimulator() as shop, serving(shop, trigger, tmp_path) as app, aiohttp.ClientSession() as client:
        assert shop.pusher.to is not None
        tries = [b"webhook_id=3", b"webhook_id=4", b"webhook_id=3&a=b", b'{"id":1}']
        answers = []
        for body in tries:
            async with client.post(shop.pusher.to, data=body, headers={"Content-Type": "application/x-www-form-urlencoded"}) as answer:
                answers.append((answer.status, (await answer.json()).get("duplicate")))
        assert answers == [(200, False), (200, True), (401, None), (401, None)]
        assert await in_hub(app) == {}
