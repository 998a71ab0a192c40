"""A Taobao shop that pushes badly and is asked as well: every order arrives in the hub, in the state that it has now."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from designer.server import Service, bind
from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import HubOrder
from nodes.connector.taobao.canonical import taobao_order
from nodes.connector.taobao.simulator import TaobaoSimulator

from .house import until

SHOP = {"shop": {"connection": "taobao"}}
FLOW = {
    "format": 1,
    "name": "shop",
    "nodes": {
        "pushed": {"use": "connector.taobao_orders@1", "params": SHOP},
        "fetched": {"use": "connector.taobao_poll@1", "params": {**SHOP, "every": "300ms", "begin": "1h"}},
        "whole": {"use": "connector.taobao_trade@1", "params": SHOP},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "taobao"}},
        "kept": {"use": "connector.to_hub@1"},
    },
    "wires": ["pushed -> whole", "whole -> order", "fetched -> order", "order -> kept"],
    "tests": [],
}


@asynccontextmanager
async def serving(shop: TaobaoSimulator, data: Path) -> AsyncIterator[Orderloom]:
    settings = Settings(data=data, connections={"taobao": shop.connection}, allow_private=("127.0.0.0/8",))
    service = Service(Orderloom(settings, MemoryStore()), bind("127.0.0.1", 0), key="the-key-of-the-tests")
    ready = asyncio.Event()
    running = asyncio.create_task(service.run(ready.set))
    await ready.wait()
    await service.orderloom.publish(json.dumps(FLOW).encode(), note="", actor="owner")
    shop.pusher.to = f"{service.url}/hooks/shop/pushed"
    try:
        yield service.orderloom
    finally:
        shop.pusher.to = None
        service.stop()
        await running


async def in_hub(app: Orderloom) -> dict[str, HubOrder]:
    found = await app.store.orders(limit=500)
    return {order.channel_order_id: order for order in found.items}


async def test_whatever_becomes_of_the_pushes_the_hub_holds_each_order_once_in_its_newest_state(tmp_path: Path) -> None:
    async with TaobaoSimulator() as shop, serving(shop, tmp_path) as app:
        shop.pusher.faults.mix({"doubled": 0.2, "lost": 0.1, "late": 0.1, "forged": 0.1}, seed=7)
        made = shop.create(60)
        await shop.pusher.settled()
        for order in made[::3]:
            shop.move(order.id, "WAIT_BUYER_CONFIRM_GOODS")
        for order in made[1::3]:
            shop.move(order.id, "REFUND_ASKED")
        await shop.pusher.settled()
        wanted = {order.id: taobao_order({"trade": order.body})["status"] for order in made}

        async def agree() -> bool:
            return {number: order.status for number, order in (await in_hub(app)).items()} == wanted

        await until(agree)
        assert set(wanted.values()) == {"shipped", "paid_hold", "awaiting_fulfillment"}
        assert {one.status for one in shop.pusher.sent if one.fault != "lost"} == {200}
        assert min(shop.pusher.counts[fault] for fault in ("doubled", "lost", "late", "forged")) > 3


@pytest.mark.parametrize("names_shop", [True, False])
async def test_what_was_pushed_by_name_alone_is_reconciled_as_the_order_that_it_names(names_shop: bool, tmp_path: Path) -> None:
    async with TaobaoSimulator() as shop, serving(shop, tmp_path) as app:
        shop.names_shop = names_shop
        day, made = datetime.now(UTC).date().isoformat(), {order.id for order in shop.create(3)}
        await shop.pusher.settled()

        async def arrived() -> bool:
            return set(await in_hub(app)) == made

        await until(arrived)
        found = await app.reconciler.reconcile(day, "taobao")
        assert (found["counts"]["source"], found["counts"]["hub"], found["rows"]) == (3, 3, [])


async def test_a_message_that_names_its_shop_stands_in_line_with_the_trade(tmp_path: Path) -> None:
    async with TaobaoSimulator() as shop, serving(shop, tmp_path) as app:
        shop.create(1)

        async def by_both() -> bool:
            return {event.trigger for event in (await app.store.events()).items} == {"pushed", "fetched"}

        await until(by_both)
        assert len({event.order_key for event in (await app.store.events()).items}) == 1


async def test_a_push_that_was_lost_is_made_up_for_within_an_interval(tmp_path: Path) -> None:
    async with TaobaoSimulator() as shop, serving(shop, tmp_path) as app:
        shop.pusher.faults.next("lost")
        (order,) = shop.create()

        async def arrived() -> bool:
            return order.id in await in_hub(app)

        await until(arrived)
        assert [one.fault for one in shop.pusher.sent] == ["lost"]
