"""A day is held against the channel's own list, asked for by real HTTP of each of the six simulated platforms, with their signatures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.sending_again import send_again
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing.channel import ChannelSimulator
from engine.testing.simulator import SimulatedTarget
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.calls import DETAIL
from nodes.connector.taobao.simulator import TaobaoSimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator
from tests.nodes.polled import NOON, Clock
from tests.sources.house import flow as going_nowhere
from tests.sources.house import until

DAY = NOON.date().isoformat()
KINDS: dict[str, type[ChannelSimulator]] = {
    "taobao": TaobaoSimulator, "jd": JdSimulator, "pinduoduo": PinduoduoSimulator, "shopify": ShopifySimulator,
    "woocommerce": WooCommerceSimulator, "own_shop": OwnShopSimulator,
}  # fmt: skip

MOST_CALLS = {"taobao": 4, "pinduoduo": 12, "woocommerce": 5}
"""For 105 orders of the last four hours: two pages, from the last to the first, counted first; WooCommerce says where its API is;
Pinduoduo's windows last half an hour."""


def flow(channel: str) -> bytes:
    document = {
        "format": 1,
        "name": "hub",
        "nodes": {
            "fetched": {"use": f"connector.{channel}_poll@1", "params": {"shop": {"connection": "shop"}, "every": "100ms", "begin": "1h"}},
            "order": {"use": "transform.canonical_order@1", "params": {"channel": channel}},
            "hub": {"use": "connector.to_hub@1"},
            "wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
        },
        "wires": ["fetched -> order", "order -> hub", "hub.new -> wms", "hub.changed -> wms"],
    }
    return json.dumps(document).encode()


@dataclass
class Shop:
    at: ChannelSimulator
    app: Orderloom
    wms: SimulatedTarget

    @property
    def channel(self) -> str:
        return self.at.channel

    def sell(self, made: datetime, state: str | None = None) -> str:
        return self.at.create(at=made, state=state)[0].id

    async def in_hub(self, count: int) -> None:
        async def enough() -> bool:
            return (await self.app.store.order_counts()).get(self.channel, 0) == count

        await until(enough, "orders in the hub")
        await self.app.dispatcher.idle()

    async def reconcile(self, day: str = DAY) -> dict[str, Any]:
        return await self.app.reconciler.reconcile(day, self.channel)


@pytest.fixture(params=KINDS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    clock = Clock()
    async with KINDS[request.param](now=clock) as at, SimulatedTarget() as wms:
        connections = {"shop": at.connection, "wms": {"type": "wms", "url": wms.url}}
        settings = Settings(connections=connections, allow_private=("127.0.0.0/8",))
        async with Orderloom(settings, MemoryStore(), clock=clock) as app:
            await app.start()
            yield Shop(at, app, wms)


def told(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [(row["channel_order_id"], row["system"], row["kind"], row["field"]) for row in found["rows"]]


async def test_an_order_that_the_channel_lists_and_the_hub_never_saw_is_missing_there_and_fetched_again(shop: Shop) -> None:
    seen, lost = shop.sell(NOON - timedelta(minutes=30)), shop.sell(NOON - timedelta(hours=3))
    shop.sell(NOON - timedelta(hours=5))  # made the day before
    await shop.app.publish(flow(shop.channel), note="", actor="owner")
    await shop.in_hub(1)
    found = await shop.reconcile()
    assert (found["source"], found["failed"], told(found)) == ("channel", {}, [(lost, "hub", "missing", ""), (lost, "wms", "missing", "")])
    assert (found["counts"]["source"], found["counts"]["hub"]) == (2, 1)
    sent = {one.system: one for one in await send_again(shop.app, DAY, shop.channel, "person:owner")}
    assert (sent["hub"].how, sent["hub"].problem) == ("fetched", None)
    await shop.in_hub(2)
    again = await shop.reconcile()
    assert (told(again), again["counts"]["source"], again["counts"]["wms"]) == ([], 2, 2)
    assert {row["channel_order_id"] for row in shop.wms.ledger.rows(DAY)} == {seen, lost}


async def test_a_list_of_several_pages_is_read_whole(shop: Shop) -> None:
    made = [shop.sell(NOON - timedelta(hours=2, seconds=number)) for number in range(130)]
    found = await shop.reconcile()
    assert {row["channel_order_id"] for row in found["rows"] if row["system"] == "hub"} == set(made)
    assert found["counts"]["source"] == 130


@pytest.mark.parametrize("shop", list(MOST_CALLS), indirect=True)
async def test_a_list_of_what_the_hub_has_costs_a_call_for_each_page_or_window_and_none_for_an_order(shop: Shop) -> None:
    made = [shop.sell(NOON - timedelta(minutes=20, seconds=number)) for number in range(105)]
    await shop.app.publish(flow(shop.channel), note="", actor="owner")
    await shop.in_hub(105)
    await shop.app.sources.close()
    before = sum(shop.at.asked.values())
    assert told(await shop.reconcile()) == []
    assert sum(shop.at.asked.values()) - before <= MOST_CALLS[shop.channel]
    shop.at.touch(made[7])  # what the hub does not have so is looked at whole
    before = Counter(shop.at.asked)
    await shop.reconcile()
    assert (Counter(shop.at.asked) - before)[DETAIL] == (shop.channel == "taobao")


async def test_a_platform_that_refuses_is_told_and_what_arrived_stands_in(shop: Shop) -> None:
    shop.sell(NOON - timedelta(minutes=30))
    await shop.app.publish(flow(shop.channel), note="", actor="owner")
    await shop.in_hub(1)
    await shop.app.sources.close()
    shop.at.fail_next(1, 403)
    found = await shop.reconcile()
    assert (found["source"], found["differences"], list(found["failed"])) == ("arrived", 0, ["source"])
    assert found["counts"]["source"] == 1


PUSHED = {
    "format": 1,
    "name": "pushed",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"channel": "own_shop"}},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop", "shop_id": "shop"}},
        "dated": {"use": "rule.future_dated@2", "params": {"hold": False}},
        "hub": {"use": "connector.to_hub@1"},
        "wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
    },
    "wires": ["hook -> order", "order -> dated", "dated -> hub", "dated.ahead -> hub", "hub.new -> wms", "hub.changed -> wms"],
}


@pytest.mark.parametrize("shop", ["own_shop"], indirect=True)
async def test_a_version_that_was_set_right_is_no_difference_from_the_time_that_its_channel_lists(shop: Shop) -> None:
    await shop.app.publish(json.dumps(PUSHED).encode(), note="", actor="owner")
    (made,) = shop.at.create(at=NOON + timedelta(hours=8))
    await shop.app.intake.hook("pushed", "hook", Delivery(json.dumps(made.body).encode()))
    await shop.in_hub(1)
    assert (await shop.app.store.order("own_shop", "shop", made.id)).version == "2026-01-16T03:59:59Z"
    clock: Any = shop.app.reconciler._now
    clock.on(days=1)
    found = await shop.reconcile()
    assert (found["source"], found["counts"]["source"], told(found)) == ("channel", 1, [])
    shop.at.touch(made.id)
    clock.on(minutes=10)
    assert {(row[1], row[3]) for row in told(await shop.reconcile())} >= {("hub", "version")}


@pytest.mark.parametrize("shop", ["own_shop"], indirect=True)
async def test_what_cannot_be_fetched_again_says_why(shop: Shop) -> None:
    lost, gone = shop.sell(NOON - timedelta(hours=3)), shop.sell(NOON - timedelta(hours=2))
    assert {row[:2] for row in told(await shop.reconcile())} == {(lost, "hub"), (lost, "wms"), (gone, "hub"), (gone, "wms")}
    assert await codes(shop) == {lost: "fetch.no_flow", gone: "fetch.no_flow"}
    polling = {"shop": {"connection": "shop"}, "every": "100ms", "begin": "1h"}
    await shop.app.publish(going_nowhere("connector.own_shop_poll@1", polling), note="", actor="owner")
    assert await codes(shop) == {lost: None, gone: None}
    await shop.app.dispatcher.idle()
    assert await codes(shop) == {lost: "fetch.came_already", gone: "fetch.came_already"}
    shop.at.orders = type(shop.at.orders)()
    assert await codes(shop) == {lost: "fetch.not_listed", gone: "fetch.not_listed"}


@pytest.mark.parametrize("shop", ["own_shop", "taobao"], indirect=True)
async def test_a_day_that_the_platform_no_longer_tells_of_is_told_by_what_arrived(shop: Shop) -> None:
    found = await shop.reconcile((NOON - timedelta(days=91)).date().isoformat())
    assert (found["source"], found["failed"]) == ("arrived", {"source": "poll.too_far_back"})


@pytest.mark.parametrize("shop", ["own_shop"], indirect=True)
async def test_the_shop_is_asked_once_for_all_orders_that_are_fetched_again(shop: Shop) -> None:
    for number in range(5):
        shop.sell(NOON - timedelta(hours=3, minutes=number))
    await shop.app.publish(flow(shop.channel), note="", actor="owner")
    await shop.reconcile()
    await shop.app.sources.close()
    asked = shop.at.asked["/orders"]
    sent = await send_again(shop.app, DAY, shop.channel, "person:owner")
    assert [(one.system, one.how) for one in sent] == [("hub", "fetched"), ("wms", "fetched")] * 5
    assert shop.at.asked["/orders"] == asked + 1


async def codes(shop: Shop) -> dict[str, str | None]:
    """Of what was asked to be fetched again, by order: what was wrong."""
    sent = await send_again(shop.app, DAY, shop.channel, "person:owner")
    return {one.name[2]: one.problem.code if one.problem else None for one in sent if one.system == "hub"}
