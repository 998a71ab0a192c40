"""Platforms that change what they send, by real HTTP: orders are parked or held, flows are named, and mended orders go on together."""

from __future__ import annotations

import asyncio
import copy
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from designer.server import Service, bind
from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing import SimulatedTarget
from engine.testing.channel import ChannelSimulator
from engine.watch.contract.breaker import Limit
from nodes.connector.channels import CANONICAL
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator

from .house import until

KEY = "the-key-of-the-tests"
SHIPS = 'item.status in ["awaiting_fulfillment", "partially_shipped"] && size(item.hold_reasons) == 0'
Body = dict[str, Any]


def flow(channel: str, *, pushed: bool, fetched: bool, fills: Mapping[str, str] | None = None) -> bytes:
    """``fetched``: what is pushed only names an order, and a node fetches it; ``fills``: fields that the flow sets."""
    shop = {"shop": {"connection": "shop"}}
    source = (f"connector.{channel}_orders@1", shop) if pushed else (f"connector.{channel}_poll@1", {**shop, "every": "200ms"})
    trade = {"trade": {"use": f"connector.{channel}_trade@1", "params": shop}} if fetched else {}
    filled = {"filled": {"use": "transform.set_fields@1", "params": {"fields": dict(fills)}}} if fills else {}
    path = ["shop", *trade, *filled, "order"]
    document: dict[str, Any] = {
        "format": 1,
        "name": "hub",
        "nodes": {
            **trade,
            **filled,
            "shop": {"use": source[0], "params": source[1]},
            "order": {"use": "transform.canonical_order@1", "params": {"channel": channel}},
            "kept": {"use": "connector.to_hub@1"},
            "ships": {"use": "rule.condition@1", "params": {"when": SHIPS}},
            "to_wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
        },
        "wires": [
            *(f"{one} -> {other}" for one, other in pairwise(path)),
            "order -> kept",
            "kept.new -> ships",
            "kept.changed -> ships",
            "ships.yes -> to_wms",
        ],
        "tests": [],
    }
    return json.dumps(document).encode()


class House:
    """A running service with a shop and a warehouse, and its API."""

    def __init__(self, app: Orderloom, shop: ChannelSimulator, wms: SimulatedTarget, url: str, client: aiohttp.ClientSession) -> None:
        self.app, self.shop, self.wms, self._url, self._client = app, shop, wms, url, client

    async def orders(self, count: int) -> list[str]:
        made = self.shop.create(count, at=datetime.now(UTC) - timedelta(minutes=1))
        return [order.id for order in made]

    async def get(self, path: str) -> Any:
        async with self._client.get(f"{self._url}/api{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        async with self._client.post(f"{self._url}/api{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def change(self, kind: str, path: str) -> dict[str, Any]:
        """The open change of a kind at a path, once it is known."""
        found: list[dict[str, Any]] = []

        async def known() -> bool:
            changes = (await self.get("/form-changes"))["items"]
            found[:] = [one for one in changes if (one["kind"], one["path"]) == (kind, path)]
            return bool(found)

        await until(known, f"{kind} {path}")
        return found[0]

    async def settled(self, count: int) -> None:
        """Once so many runs rest."""

        async def rest() -> bool:
            runs = (await self.get("/runs?limit=100"))["items"]
            return len([run for run in runs if run["state"] in ("done", "parked", "waiting")]) >= count

        await until(rest)

    async def publish(self, **changes: Any) -> None:
        document = flow(self.shop.channel, pushed=self.shop.pusher.to is not None, fetched=False, **changes)
        await self.app.publish(document, note="", actor="owner")

    async def accept(self, change: Mapping[str, Any], **decision: Any) -> None:
        """What is parked goes on through the mapping, if it is one."""
        status, answer = await self.post(f"/form-changes/{change['id']}/acceptance", decision)
        assert status == 201, answer
        assert answer["state"] == "accepted"
        if decision["how"] == "as_it_is":
            return
        status, answer = await self.post(f"/form-changes/{change['id']}/mendings", {"per_second": 500})
        assert status == 202, answer

    async def alarm(self) -> bool:
        """Whether somebody is told, with the flow."""
        return any("hub › order" in one["problem"]["what"] for one in (await self.get("/alarms"))["items"])

    @property
    def shipped(self) -> dict[str, str]:
        return {one.order["channel_order_id"]: one.order["amount"]["paid"] for one in self.wms.received}

    def right(self, back: Callable[[Body], Body]) -> dict[str, str]:
        """What each order of the shop is to ship with; ``back`` says it in the old form."""
        return {order.id: CANONICAL[self.shop.channel](back(order.body))["amount"]["paid"] for order in self.shop.orders}

    async def all_shipped(self, orders: list[str]) -> None:
        await until(lambda: self.shipped.keys() == set(orders), "shipped")
        assert len(self.wms.received) == len(orders), "each once"


@asynccontextmanager
async def house(shop: ChannelSimulator, data: Path, *, pushed: bool, fetched: bool = False) -> AsyncIterator[House]:
    async with shop, SimulatedTarget() as wms:
        connections = {"shop": shop.connection, "wms": {"type": "wms", "url": wms.url}}
        settings = Settings(data=data, connections=connections, allow_private=("127.0.0.0/8",))
        service = Service(Orderloom(settings, MemoryStore()), bind("127.0.0.1", 0), key=KEY)
        ready = asyncio.Event()
        running = asyncio.create_task(service.run(ready.set))
        await ready.wait()
        await service.orderloom.publish(flow(shop.channel, pushed=pushed, fetched=fetched), note="", actor="owner")
        shop.pusher.to = f"{service.url}/hooks/hub/shop" if pushed else None
        try:
            async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as client:
                yield House(service.orderloom, shop, wms, service.url, client)
        finally:
            await shop.pusher.settled()
            service.stop()
            await running


def at(*path: str) -> Callable[[Body], Body]:
    """The object in which a field stands."""

    def reach(body: Body) -> Body:
        for name in path:
            body = body[name][0] if isinstance(body[name], list) else body[name]
        return body

    return reach


def changed(around: Callable[[Body], Body], how: Callable[[Body], object]) -> Callable[[Body], Body]:
    def change(body: Body) -> Body:
        made = copy.deepcopy(body)
        how(around(made))
        return made

    return change


def renamed(old: str, new: str) -> Callable[[Body], object]:
    return lambda inner: inner.update({new: inner.pop(old)}) if old in inner else None


def unwrapped(name: str) -> Callable[[Body], object]:
    return lambda inner: inner.update({name: inner[name]["value"]}) if isinstance(inner[name], dict) else None


LONG = os.environ.get("PROOFS_LONG") == "1"
RENAMES = {
    "own_shop": (OwnShopSimulator, True, at("data", "amounts"), "paid", "paid_total", "amounts."),
    "shopify": (ShopifySimulator, True, at(), "line_items", "lineItems", ""),
    "taobao": (TaobaoSimulator, False, at("orders", "order"), "num", "num_total", "orders.order[]."),
    "pinduoduo": (PinduoduoSimulator, False, at(), "pay_amount", "pay_amount_v2", ""),
}


@pytest.mark.parametrize("channel", RENAMES if LONG else ("own_shop", "taobao"))
async def test_a_renamed_field_parks_names_its_flow_and_is_mended_by_the_offered_mapping(channel: str, tmp_path: Path) -> None:
    simulator, pushed, around, old, new, prefix = RENAMES[channel]
    async with house(simulator(), tmp_path, pushed=pushed) as one:
        before = await one.orders(2)
        await one.all_shipped(before)
        one.shop.changes_form = changed(around, renamed(old, new))
        drifted = await one.orders(3)
        change = await one.change("vanished", f"{prefix}{old}")
        await one.settled(5)
        assert (change["weight"], change["source"]) == ("parked", f"{prefix}{new}")
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        assert one.shipped.keys() == set(before), "nothing went out wrong"
        await until(one.alarm, "alarm")
        await one.accept(change, how="move", source=change["source"])
        await one.all_shipped([*before, *drifted])
        after = await one.orders(1)
        await one.all_shipped([*before, *drifted, *after])
        assert one.shipped == one.right(changed(around, renamed(new, old))), "the right money"
        assert (await one.get("/form-changes"))["items"] == []


RETYPED = {
    "own_shop": (OwnShopSimulator, True, at("data", "lines"), "qty", "lines[].qty", at("data", "amounts"), "paid", "amounts.paid"),
    "pinduoduo": (PinduoduoSimulator, False, at("item_list"), "goods_count", "item_list[].goods_count", at(), "pay_amount", "pay_amount"),
}


@pytest.mark.parametrize("channel", RETYPED)
async def test_a_retyped_field_is_handled_where_the_flow_can_and_parks_and_is_mended_where_it_cannot(channel: str, tmp_path: Path) -> None:
    simulator, pushed, around, count, count_path, around_money, money, money_path = RETYPED[channel]
    async with house(simulator(), tmp_path, pushed=pushed) as one:
        one.shop.changes_form = changed(around, lambda inner: inner.update({count: str(inner[count])}))
        handled = await one.orders(2)
        change = await one.change("retyped", count_path)
        assert (change["weight"], change["expected"], change["found"]) == ("warned", "integer", "string")
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "read"}]
        await one.all_shipped(handled)
        one.shop.changes_form = changed(around_money, lambda inner: inner.update({money: {"value": inner[money]}}))
        parked = await one.orders(2)
        change = await one.change("retyped", money_path)
        await one.settled(4)
        assert (change["weight"], change["source"]) == ("parked", f"{money_path}.value")
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        assert one.shipped.keys() == set(handled)
        await until(one.alarm, "alarm")
        await one.accept(change, how="move", source=f"{money_path}.value")
        await one.all_shipped([*handled, *parked])
        assert one.shipped == one.right(changed(around_money, unwrapped(money))), "the right money"


VANISHED = {
    "own_shop": (OwnShopSimulator, True, at("data"), "data.currency"),
    "woocommerce": (WooCommerceSimulator, False, at(), "currency"),
}


@pytest.mark.parametrize("channel", VANISHED)
async def test_a_vanished_field_parks_and_is_mended_in_bulk_and_by_a_flow_that_sets_it(channel: str, tmp_path: Path) -> None:
    simulator, pushed, around, field = VANISHED[channel]
    async with house(simulator(), tmp_path, pushed=pushed) as one:
        one.shop.changes_form = changed(around, lambda order: order.pop("currency"))
        parked = await one.orders(3)
        change = await one.change("vanished", "currency")
        await one.settled(3)
        assert (change["weight"], change["source"], one.shipped) == ("parked", None, {})
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        await until(one.alarm, "alarm")
        status, answer = await one.post(f"/form-changes/{change['id']}/acceptance", {"how": "move", "source": "currency"})
        assert (status, answer["problems"][0]["code"]) == (422, "form_change.declared_source")
        assert {incident["problem"]["code"] for incident in (await one.get("/incidents"))["items"]} == {"order.missing_field"}
        set_it = [{"op": "add", "path": "/" + field.replace(".", "/"), "value": "CNY"}]
        status, answer = await one.post("/incidents/mendings", {"flow": "hub", "step": "order", "item": set_it, "per_second": 500})
        assert status == 202, answer
        await one.all_shipped(parked)
        await one.publish(fills={field: '"CNY"'})
        await one.accept(change, how="as_it_is")
        after = await one.orders(1)
        await one.all_shipped([*parked, *after])
        assert one.shipped == one.right(changed(around, lambda order: order.update(currency="CNY"))), "the right money"
        assert {received.order["currency"] for received in one.wms.received} == {"CNY"}
        assert (await one.get("/form-changes"))["items"] == []


NEW_WORDS = {
    "own_shop": (OwnShopSimulator, True, at("data"), "packed", "paid"),
    "woocommerce": (WooCommerceSimulator, False, at(), "packed", "processing"),
}


@pytest.mark.parametrize("channel", NEW_WORDS)
async def test_a_new_status_is_held_and_ships_once_somebody_says_what_it_means(channel: str, tmp_path: Path) -> None:
    simulator, pushed, around, word, known = NEW_WORDS[channel]
    async with house(simulator(), tmp_path, pushed=pushed) as one:
        one.shop.changes_form = changed(around, lambda order: order.update(status=word))
        held = await one.orders(3)
        change = await one.change("word", "status")
        await one.settled(3)
        assert (change["weight"], change["found"], one.shipped) == ("parked", word, {})
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        assert known in change["words"]
        await until(one.alarm, "alarm")
        await one.accept(change, how="word", word=known)
        await one.all_shipped(held)
        after = await one.orders(1)
        await one.all_shipped([*held, *after])
        assert one.shipped == one.right(dict), "the right money"


async def test_what_a_node_fetches_for_a_push_is_watched_weighed_and_mended_as_what_a_poll_brings(tmp_path: Path) -> None:
    async with house(TaobaoSimulator(), tmp_path, pushed=True, fetched=True) as one:
        before = await one.orders(2)
        await one.all_shipped(before)
        one.shop.changes_form = changed(at("orders", "order"), renamed("num", "num_total"))
        drifted = await one.orders(3)
        change = await one.change("vanished", "orders.order[].num")
        await one.settled(5)
        assert (change["weight"], change["source"]) == ("parked", "orders.order[].num_total")
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        assert one.shipped.keys() == set(before), "nothing went out wrong"
        await one.accept(change, how="move", source=change["source"])
        await one.all_shipped([*before, *drifted])
        after = await one.orders(1)
        await one.all_shipped([*before, *drifted, *after])
        asked = one.shop.asked["taobao.trade.fullinfo.get"]
        assert asked == len(one.shop.orders), "mended orders are not fetched again"
        runs = (await one.get("/runs?limit=100"))["items"]
        assert {run["state"] for run in runs} == {"done"}
        for run in runs:
            steps = {step["slug"]: step for step in (await one.get(f"/runs/{run['id']}/steps"))["items"]}
            assert steps["to_wms"]["state"] == "done", "computed again it is the same order"


async def test_a_new_status_of_a_fetched_order_is_held_and_ships_once_somebody_says_what_it_means(tmp_path: Path) -> None:
    async with house(TaobaoSimulator(), tmp_path, pushed=True, fetched=True) as one:
        one.shop.changes_form = changed(at(), lambda trade: trade.update(status="WAIT_SELLER_PACK"))
        held = await one.orders(2)
        change = await one.change("word", "status")
        await one.settled(2)
        assert (change["weight"], change["found"], one.shipped) == ("parked", "WAIT_SELLER_PACK", {})
        await one.accept(change, how="word", word="WAIT_SELLER_SEND_GOODS")
        await one.all_shipped(held)


async def test_what_drifts_behind_a_fetch_pauses_what_the_flow_sends(tmp_path: Path) -> None:
    async with house(TaobaoSimulator(), tmp_path, pushed=True, fetched=True) as one:
        watched = one.app.contracts
        watched.limits = lambda _: [Limit(10, 5, 60)]
        one.shop.changes_form = changed(at("orders", "order"), renamed("num", "num_total"))
        await one.orders(8)
        await until(lambda: watched.operation("taobao.order").body.pause is not None, "paused")
        assert watched.operation("taobao.order").body.places == [("hub", "shop")]
        one.shop.changes_form = dict
        well = await one.orders(2)
        await one.settled(10)
        assert one.shipped == {}, "nothing is sent, not even what is well"
        known = [order["channel_order_id"] for order in (await one.get("/orders?limit=100"))["items"]]
        assert sorted(known) == sorted(well), "the hub goes on"
        status, _ = await one.post("/contracts/taobao.order/continuation", {})
        assert status < 300
        await one.all_shipped(well)
