"""Platforms that change what they send, by real HTTP: orders are parked or held, flows are named, and mended orders go on together."""

from __future__ import annotations

import asyncio
import copy
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
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
from engine.testing import SimulatedTarget
from engine.testing.channel import ChannelSimulator
from engine.watch.contract.breaker import Limit
from nodes.connector.channels import CANONICAL
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator

from .house import until

KEY = "the-key-of-the-tests"
SHIPS = 'item.status in ["awaiting_fulfillment", "partially_shipped"] && size(item.hold_reasons) == 0'
Body = dict[str, Any]


def flow(channel: str, *, pushed: bool, fetched: bool) -> bytes:
    """``fetched``: what is pushed only names an order, and a node fetches it."""
    shop = {"shop": {"connection": "shop"}}
    source = (f"connector.{channel}_orders@1", shop) if pushed else (f"connector.{channel}_poll@1", {**shop, "every": "200ms"})
    trade = {"trade": {"use": f"connector.{channel}_trade@1", "params": shop}} if fetched else {}
    ways = ["shop -> trade", "trade -> order"] if fetched else ["shop -> order"]
    document: dict[str, Any] = {
        "format": 1,
        "name": "hub",
        "nodes": {
            **trade,
            "shop": {"use": source[0], "params": source[1]},
            "order": {"use": "transform.canonical_order@1", "params": {"channel": channel}},
            "kept": {"use": "connector.to_hub@1"},
            "ships": {"use": "rule.condition@1", "params": {"when": SHIPS}},
            "to_wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
        },
        "wires": [*ways, "order -> kept", "kept.new -> ships", "kept.changed -> ships", "ships.yes -> to_wms"],
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

    async def accept(self, change: Mapping[str, Any], **decision: Any) -> None:
        status, answer = await self.post(f"/form-changes/{change['id']}/acceptance", decision)
        assert status == 201, answer
        assert answer["state"] == "accepted"
        status, answer = await self.post(f"/form-changes/{change['id']}/mendings", {"per_second": 500})
        assert status == 202, answer

    async def alarm(self) -> bool:
        """Whether somebody is told, with the flow."""
        return any("hub › order" in one["problem"]["what"] for one in (await self.get("/alarms"))["items"])

    @property
    def shipped(self) -> dict[str, str]:
        return {one.order["channel_order_id"]: one.order["amount"]["paid"] for one in self.wms.received}

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
        back = changed(around, renamed(new, old))
        right = {order.id: CANONICAL[channel](back(order.body))["amount"]["paid"] for order in one.shop.orders}
        assert one.shipped == right, "the right money"
        assert (await one.get("/form-changes"))["items"] == []


async def test_a_retyped_field_is_handled_where_the_flow_can_and_parks_where_it_cannot(tmp_path: Path) -> None:
    async with house(OwnShopSimulator(), tmp_path, pushed=True) as one:
        one.shop.changes_form = changed(at("data", "lines"), lambda line: line.update(qty=str(line["qty"])))
        handled = await one.orders(2)
        change = await one.change("retyped", "lines[].qty")
        assert (change["weight"], change["expected"], change["found"]) == ("warned", "integer", "string")
        await one.all_shipped(handled)
        wrap = changed(at("data", "amounts"), lambda money: money.update(paid={"value": money["paid"]}))
        one.shop.changes_form = wrap
        parked = await one.orders(2)
        change = await one.change("retyped", "amounts.paid")
        await one.settled(4)
        assert (change["weight"], change["source"]) == ("parked", "amounts.paid.value")
        assert one.shipped.keys() == set(handled)
        await one.accept(change, how="move", source="amounts.paid.value")
        await one.all_shipped([*handled, *parked])


async def test_a_vanished_field_parks_until_it_is_back_and_can_be_accepted(tmp_path: Path) -> None:
    async with house(OwnShopSimulator(), tmp_path, pushed=True) as one:
        one.shop.changes_form = changed(at("data"), lambda order: order.pop("currency"))
        parked = await one.orders(2)
        change = await one.change("vanished", "currency")
        await one.settled(2)
        assert (change["weight"], change["source"], one.shipped) == ("parked", None, {})
        status, answer = await one.post(f"/form-changes/{change['id']}/acceptance", {"how": "move", "source": "currency"})
        assert (status, answer["problems"][0]["code"]) == (422, "form_change.declared_source")
        one.shop.changes_form = dict
        well = await one.orders(1)
        await one.all_shipped(well)
        incidents = (await one.app.store.incidents()).items
        assert {incident.code for incident in incidents} == {"order.missing_field"}
        assert len(incidents) == len(parked)


async def test_a_new_status_is_held_and_ships_once_somebody_says_what_it_means(tmp_path: Path) -> None:
    async with house(OwnShopSimulator(), tmp_path, pushed=True) as one:
        one.shop.changes_form = changed(at("data"), lambda order: order.update(status="packed"))
        held = await one.orders(3)
        change = await one.change("word", "status")
        await one.settled(3)
        assert (change["weight"], change["found"], one.shipped) == ("parked", "packed", {})
        assert "paid" in change["words"]
        await one.accept(change, how="word", word="paid")
        await one.all_shipped(held)
        after = await one.orders(1)
        await one.all_shipped([*held, *after])


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
