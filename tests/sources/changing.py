"""A running service whose shop changes the form of its orders, and ways in which a form changes."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp

from designer.server import Service, bind
from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing import SimulatedTarget
from engine.testing.channel import ChannelSimulator
from nodes.connector.channels import CANONICAL

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
