"""Shops that a running service asks for their orders, by real HTTP against the simulated platforms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from engine.testing.channel import ChannelSimulator
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator

from .house import Place, arrived, flow, numbers, until

KINDS: dict[str, tuple[type[ChannelSimulator], str, str]] = {
    "jd": (JdSimulator, "jingdong.pop.order.search", "WAIT_GOODS_RECEIVE_CONFIRM"),
    "pinduoduo": (PinduoduoSimulator, "pdd.order.number.list.increment.get", "shipped"),
    "woocommerce": (WooCommerceSimulator, "/wp-json/wc/v3/orders", "completed"),
    "shopify": (ShopifySimulator, "/admin/api/2026-01/orders.json", "fulfilled"),
    "own_shop": (OwnShopSimulator, "/orders", "shipped"),
}


class Shop(NamedTuple):
    at: ChannelSimulator
    house: Place
    list_call: str
    shipped: str

    @property
    def polling(self) -> bytes:
        return flow(f"connector.{self.at.channel}_poll@1", {"shop": {"connection": "shop"}, "every": "100ms"})


@pytest.fixture(params=KINDS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    simulator, list_call, shipped = KINDS[request.param]
    async with simulator() as at:
        yield Shop(at, Place({"shop": at.connection}), list_call, shipped)


def minutes_ago(count: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=count)


async def test_every_version_of_an_order_becomes_one_event(shop: Shop) -> None:
    order = shop.at.create(at=minutes_ago(5))[0]
    async with shop.house.open() as app:
        await app.publish(shop.polling, note="", actor="owner")
        assert await arrived(app, 1) == [order.id]
        await until(lambda: shop.at.asked[shop.list_call] > 4)
        assert await numbers(app) == [order.id]
        shop.at.move(order.id, shop.shipped)
        assert await arrived(app, 2) == [order.id, order.id]


async def test_pages_a_restart_and_an_order_that_shows_late_lose_nothing(shop: Shop) -> None:
    made = [shop.at.create(at=minutes_ago(5 + number / 100))[0].id for number in range(120)]
    async with shop.house.open() as app:
        await app.publish(shop.polling, note="", actor="owner")
        assert sorted(await arrived(app, 120)) == sorted(made)
    late = shop.at.create(at=minutes_ago(4), listed_after=timedelta(seconds=1))[0].id
    asked = shop.at.asked[shop.list_call]
    async with shop.house.open() as app:
        assert sorted(await arrived(app, 121)) == sorted([*made, late])
        await until(lambda: shop.at.asked[shop.list_call] > asked + 5)
        assert len(await numbers(app)) == 121
