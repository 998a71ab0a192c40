"""A service with flows that call each other, which can be left and entered again as by a restart, or left as by a crash."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.app import Orderloom
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.node.types import NodeType
from engine.registry import Registry, installed
from engine.settings import Settings
from engine.store.ports import Incident, IncidentFilter, Run, RunState, Store

SERVICE = {"service": {"connection": "service"}}
SETTINGS = Settings(connections={"service": {"type": "http", "url": "http://service.example"}})
MORNING = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
PATIENCE = 20.0
ASK = {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/ask", "into": "said"}}
END = {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/end"}}


class Outside:
    """Notes what is called under which key; answers 200 unless ``refuse`` holds the item's number. ``busy`` is the most at once."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.refuse: set[Any] = set()
        self.now = self.busy = 0
        self.gate: asyncio.Event | None = None

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        body = content.get("json") or {}
        self.calls.append((content["path"], key, body))
        self.now += 1
        self.busy = max(self.busy, self.now)
        try:
            await (self.gate.wait() if self.gate is not None else asyncio.sleep(0))
        finally:
            self.now -= 1
        return HttpAnswer(400 if body.get("n") in self.refuse else 200, {}, {"n": body.get("n")})

    def keys(self, path: str = "/ask") -> list[str]:
        return [key for one, key, _ in self.calls if one == path]

    def bodies(self, path: str = "/end") -> list[Any]:
        return [body for one, _, body in self.calls if one == path]

    async def mail(self, *_: Any) -> None:
        raise AssertionError


class House:
    def __init__(self, open_one: Callable[[], Store], *nodes: NodeType) -> None:
        self._open_one, self.registry = open_one, Registry([*installed(), *nodes])
        self.outside, self.time = Outside(), MORNING
        self.app: Any = None

    @asynccontextmanager
    async def open(self, before: Callable[[Orderloom], object] | None = None) -> AsyncIterator[Orderloom]:
        """``before`` may spoil something before anything runs."""
        async with Orderloom(SETTINGS, self._open_one(), self.registry, clock=lambda: self.time) as app:
            object.__setattr__(app.world, "outside", self.outside)
            self.app = app
            if before is not None:
                before(app)
            await app.start()
            yield app

    async def send(self, flow: str = "parent", order: str = "A", **item: Any) -> int:
        accepted = await self.app.intake.hook(flow, "hook", Delivery(json.dumps({"id": order, **item}).encode()))
        await self.app.dispatcher.idle()
        return accepted.id

    async def later(self, **span: float) -> None:
        self.time += timedelta(**span)
        await self.app.waits.wake_due()
        await self.app.dispatcher.idle()

    async def state(self, run: int) -> RunState:
        return (await self.app.store.run(run)).state

    async def reaches(self, run: int, state: RunState) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self.state(run) != state:
                await asyncio.sleep(0.01)

    async def children(self, run: int) -> list[Run]:
        return list((await self.app.store.children(run)).items)[::-1]

    async def incidents(self, run: int) -> list[Incident]:
        return list((await self.app.store.incidents(IncidentFilter(run_id=run))).items)

    async def resume(self, incident: Incident, action: str = "again") -> None:
        await self.app.resume(incident.id, action, "owner")
        await self.app.dispatcher.idle()

    async def publish(self, name: str, nodes: Mapping[str, Any], *wires: str, trigger: str = "hook", tested: bool = True) -> int:
        test = {"name": "t", "trigger": trigger, "input": [{"id": "1"}], "expect": {trigger: {"items": [{}], "match": "subset"}}}
        document = {"name": name, "nodes": nodes, "wires": list(wires), "tests": [test] if tested else []}
        return (await self.app.publish(json.dumps(document).encode(), note="", actor="owner"))[1]

    async def child(
        self, *middle: tuple[str, Mapping[str, Any]], name: str = "child", fields: Mapping[str, str] | None = None, tested: bool = True
    ) -> int:
        """``called -> … -> answer``."""
        called = {"use": "flow.called@1", "params": {"fields": dict(fields or {})}}
        nodes = {"called": called, **dict(middle), "answer": {"use": "flow.answer@1"}}
        slugs = list(nodes)
        return await self.publish(name, nodes, *(f"{a} -> {b}" for a, b in itertools.pairwise(slugs)), trigger="called", tested=tested)

    async def parent(
        self, call: Mapping[str, Any] | None = None, policy: Mapping[str, Any] | None = None, name: str = "parent", tested: bool = True
    ) -> int:
        """``hook -> call -> end``."""
        hook = {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}, "policy": dict(policy or {})}
        call = call or {"use": "flow.sub_flow@1", "params": {"flow": "child"}}
        return await self.publish(name, {"hook": hook, "call": call, "end": END}, "hook -> call", "call -> end", tested=tested)
