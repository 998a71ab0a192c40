"""A service whose upkeep stands still: the test says when to look, and sees what was sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.app import Orderloom
from engine.connection.failures import CallFailed
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import AlarmFilter, Store, StoreOptions
from tests.engine.waiting import Clock

CONNECTIONS = {
    "wms": {"type": "wms", "url": "http://wms.example"},
    "finance": {"type": "finance", "url": "http://finance.example"},
    "slow": {"type": "http", "url": "http://slow.example"},
    "team": {"type": "wecom", "url": "http://robot.example/send?key=k"},
    "ding": {"type": "dingtalk", "url": "http://ding.example/send?key=k"},
    "boss": {"type": "webhook", "url": "http://boss.example/alarms"},
    "mail": {"type": "smtp", "host": "mail.example", "from": "watch@shop.example", "tls": "none"},
}
ROBOTS = ("team", "ding", "boss")
HUB: dict[str, Any] = {
    "name": "orders",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "channel_order_id", "version_path": "version"}},
        "to_wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
        "to_finance": {"use": "connector.to_finance@1", "params": {"finance": {"connection": "finance"}}},
    },
    "wires": ["hook -> to_wms", "to_wms -> to_finance"],
    "tests": [
        {"name": "t", "trigger": "hook", "input": [{"channel_order_id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}
    ],
}


class Outside:
    """Systems answer as ``down`` says and after ``takes`` seconds of the clock; what robots and mail servers got is in ``told``."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.down: set[str] = set()
        self.takes: dict[str, float] = {}
        self.told: list[tuple[str, str, str]] = []
        self.bodies: list[Any] = []

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.clock.time += timedelta(seconds=self.takes.get(connection, 0))
        if connection in self.down:
            raise CallFailed("http.unreachable", retriable=True, maybe_sent=False, host=connection, reason="down")
        if connection in ROBOTS:
            body = content["json"]
            self.bodies.append(body)
            self.told.append((connection, body.get("text", {}).get("content") if connection != "boss" else body["kind"], key))
            return HttpAnswer(200, {}, {"errcode": 0} if connection != "boss" else None)
        return HttpAnswer(200, {}, {})

    async def mail(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> None:
        if connection in self.down:
            raise CallFailed("mail.unreachable", retriable=True, maybe_sent=False, host=connection, reason="down")
        self.told.append((connection, content["subject"], key))
        self.bodies.append(content)


class Watched:
    def __init__(self, open_one: Any) -> None:
        self._open_one, self.clock = open_one, Clock()
        self.outside = Outside(self.clock)
        self.app: Any = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Orderloom]:
        settings = Settings(connections=CONNECTIONS)
        async with Orderloom(settings, self._open_one(), clock=self.clock) as app:
            object.__setattr__(app.world, "outside", self.outside)
            self.app = app
            await app.start()
            app._upkeep.stop()
            yield app

    async def rule(self, name: str = "three_failures", kind: str = "failures", **fields: Any) -> None:
        await self.app.watch.rules.put(name, {"kind": kind, "tell": ["team"], **fields}, actor="owner")

    async def send(self, number: str, **fields: Any) -> int:
        order = {"channel": "own_shop", "shop_id": "s1", "channel_order_id": number, "version": "1", "time_sources": {}, **fields}
        accepted = await self.app.intake.hook("orders", "hook", Delivery(json.dumps(order).encode()))
        return accepted.id

    async def sent(self, number: str, **fields: Any) -> int:
        """Until its run rests."""
        run = await self.send(number, **fields)
        await self.app.dispatcher.idle()
        return run

    def calls(self, outcomes: str, connection: str = "wms", **later: float) -> None:
        """``x``: failed, ``.``: went."""
        self.clock.time += timedelta(**later)
        for one in outcomes:
            self.app.watch.ears.called(connection, went=one == ".")

    async def look(self, **later: float) -> list[str]:
        """One look, and what is due is sent. Returns what receivers got by it, as ``receiver: first line``."""
        self.clock.time += timedelta(**later)
        before = len(self.outside.told)
        await self.app.watch.look()
        await self.app.watch.tell()
        return [f"{receiver}: {text.splitlines()[0]}" for receiver, text, _ in self.outside.told[before:]]

    async def alarms(self) -> list[tuple[str, str, str]]:
        found = await self.app.store.alarms(AlarmFilter(None))
        return [(one.rule, one.subject, one.state) for one in found.items]


@pytest.fixture(params=["memory", "sqlite"])
async def watched(request: pytest.FixtureRequest, tmp_path: Path) -> Watched:
    kept = MemoryStore()

    def open_one() -> Store:
        return kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path)))

    return Watched(open_one)


async def publish(watched: Watched, document: Mapping[str, Any]) -> None:
    await watched.app.publish(json.dumps(document).encode(), note="", actor="owner")
