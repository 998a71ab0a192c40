"""A service whose runs wait, which can be left and entered again as by a restart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.app import Orderloom
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.ports import RunState, Wait

SERVICE = {"service": {"connection": "service"}}
SETTINGS = Settings(connections={"service": {"type": "http", "url": "http://service.example"}})
MORNING = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


class Outside:
    """Notes the keys of what is called, and answers as scripted: (status, headers); after that 200."""

    def __init__(self, *script: tuple[int, dict[str, str]]) -> None:
        self.script = list(script)
        self.keys: list[str] = []
        self.bodies: list[Any] = []

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.keys.append(key)
        self.bodies.append(content.get("json"))
        planned = self.script.pop(0) if self.script else (200, {})
        if isinstance(planned, Exception):
            raise planned
        status, headers = planned
        return HttpAnswer(status, headers, {})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


class Clock:
    def __init__(self) -> None:
        self.time = MORNING

    def __call__(self) -> datetime:
        return self.time


class House:
    """A service that can be left and entered again, as by a restart."""

    def __init__(self, open_one: Any, *script: tuple[int, dict[str, str]]) -> None:
        self._open_one, self.clock, self.outside = open_one, Clock(), Outside(*script)
        self.app: Any = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Orderloom]:
        async with Orderloom(SETTINGS, self._open_one(), clock=self.clock) as app:
            object.__setattr__(app.world, "outside", self.outside)
            self.app = app
            await app.start()
            yield app

    async def send(self, order: str = "A", version: int = 1, **item: Any) -> int:
        body = json.dumps({"id": order, "v": version, **item}).encode()
        accepted = await self.app.intake.hook("waiting", "hook", Delivery(body))
        await self.settle()
        return accepted.id

    async def later(self, **span: float) -> None:
        self.clock.time += timedelta(**span)
        await self.app.waits.wake_due()
        await self.settle()

    async def settle(self) -> None:
        await self.app.dispatcher.idle()

    async def state(self, run: int) -> RunState:
        return (await self.app.store.run(run)).state

    async def only_wait(self) -> Wait:
        (wait,) = (await self.app.store.waits()).items
        return wait


def flow(*nodes: dict[str, Any], hook: dict[str, Any] | None = None, wires: list[str] | None = None, **named: Any) -> bytes:
    """``hook -> rest -> call`` around the node ``rest``, unless other wires are given."""
    steps = {"rest": nodes[0], "call": {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/orders"}}} if nodes else {}
    trigger = {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}, **(hook or {})}
    document = {
        "name": "waiting",
        "nodes": {"hook": trigger, **steps, **named},
        "wires": wires or ["hook -> rest", "rest -> call"],
        "tests": [{"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
    }
    return json.dumps(document).encode()


REST = {"use": "flow.wait_for@1", "params": {"duration": "2h"}}
APPROVE = {"use": "task.approve@1", "params": {"title": "Release {{ item.id }}?", "due": "4h"}}


async def published(house: House, document: bytes) -> None:
    await house.app.publish(document, note="", actor="owner")
