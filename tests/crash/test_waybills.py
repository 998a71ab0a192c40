"""Waybills in a real service, by signed webhooks that come twice: three platforms hear of each once although it is killed between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from engine.testing.channel import ChannelSimulator, KeptOrder
from engine.testing.shipments import signed
from engine.testing.simulator import SimulatedTarget
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from tests.crash.service import KEY, Service
from tests.crash.test_templates import publish, until
from tests.designer.api.shipping_house import FLOW, INTAKE, SECRET, SHIPPED

pytestmark = pytest.mark.crash


def of(*channels: str) -> dict[str, Any]:
    """The template as one leaves it that sells on these channels only, and whose warehouse has no list."""
    gone = {name for name in ("taobao", "jd", "pinduoduo", "shopify", "woocommerce", "own_shop") if name not in channels} | {"list"}
    nodes = {name: node for name, node in FLOW["nodes"].items() if name not in gone}
    wires = [wire for wire in FLOW["wires"] if not gone & {end.split(".")[0] for end in wire.split(" -> ")}]
    layout = {name: place for name, place in FLOW["layout"].items() if name not in gone}
    tests = [test for test in FLOW["tests"] if test["trigger"] == "wms" and not gone & set(test["expect"])]
    for name in channels:
        nodes[name] = {**nodes[name], "policy": {"retry": {"attempts": 8, "backoff": "4s", "jitter": 0}}}
    return {**FLOW, "nodes": nodes, "wires": wires, "layout": layout, "tests": tests}


async def send(service: Service, path: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether it was known already."""
    async with aiohttp.ClientSession() as session, session.post(f"{service.url}/hooks/{path}", data=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["duplicate"]


def order(channel: str, number: str) -> bytes:
    line = {"channel_line_id": "1", "sku_code": "SKU-1", "qty": 1, "warehouse": "W1"}
    name = {"channel": channel, "shop_id": "s1", "channel_order_id": number, "version": "2026-01-16T03:04:05Z"}
    return json.dumps({**name, "status": "awaiting_fulfillment", "lines": [line]}).encode()


async def until_done(service: Service, count: int) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with asyncio.timeout(60), aiohttp.ClientSession(headers=headers) as session:
        while True:
            async with session.get(f"{service.url}/api/runs?flow=send_waybills") as answer:
                states = [run["state"] for run in (await answer.json())["items"]]
            if states == ["done"] * count:
                return
            await asyncio.sleep(0.1)


def found(shop: ChannelSimulator, number: str) -> KeptOrder:
    order = shop.orders.find(number)
    assert order is not None
    return order


def history(shop: ChannelSimulator, number: str) -> int:
    return len(found(shop, number).history)


async def test_each_platform_hears_once_over_doubled_webhooks_lost_answers_and_a_kill(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        wms = await stack.enter_async_context(SimulatedTarget())
        shops = {kind.channel: await stack.enter_async_context(kind()) for kind in (TaobaoSimulator, JdSimulator, OwnShopSimulator)}
        connections = {
            "wms": {"type": "wms", "url": wms.url}, "wms_hook": {"type": "http", "url": wms.url, "secret": SECRET},
            "service_chat": {"type": "wecom", "url": f"{wms.url}/robot"}, **{name: shop.connection for name, shop in shops.items()},
        }  # fmt: skip
        service = Service(tmp_path / "data", connections)
        try:
            await service.start()
            await publish(service, INTAKE)
            await publish(service, of(*shops))
            sold = {channel: shop.create()[0].id for channel, shop in shops.items()}
            for channel, number in sold.items():
                await send(service, "intake/now", order(channel, number), {"Content-Type": "application/json"})
            await until(lambda: len(wms.ledger.orders) == 3)
            for shop in shops.values():
                shop.calls.lost = (
                    1  # the platform takes the parcel, but the answer is lost, and the service falls while it waits to ask again
                )
            told = [
                wms.shipments.ship((channel, "s1", number), "YTO", f"YT000000000000{n}") for n, (channel, number) in enumerate(sold.items())
            ]
            for shipment in told:
                doubled = await asyncio.gather(*(send(service, "send_waybills/wms", *signed(shipment, SECRET)) for _ in range(2)))
                assert sorted(doubled) == [False, True]
            await until(lambda: all(shop.calls.lost == 0 for shop in shops.values()))
            await service.kill()
            versions = {channel: history(shops[channel], number) for channel, number in sold.items()}
            before = {channel: sum(shop.asked.values()) for channel, shop in shops.items()}
            await service.start()
            for shipment in told:
                assert await send(service, "send_waybills/wms", *signed(shipment, SECRET)), "it is known over the kill"
            await until_done(service, len(sold))
        finally:
            assert await service.stop() == 0
        assert {channel: found(shops[channel], number).state for channel, number in sold.items()} == {
            channel: SHIPPED[channel] for channel in shops
        }
        assert {channel: history(shops[channel], number) for channel, number in sold.items()} == versions, "nothing was told a second time"
        assert all(sum(shop.asked.values()) > before[channel] for channel, shop in shops.items()), "each was asked again after the kill"
