"""Lines that delay, reset, cut, double and lose; a target that is down for long; a full disk: every order arrives, each under one key."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from tests.crash import proofs
from tests.crash.proxy import Fault, Proxy
from tests.crash.scene import REGISTRY
from tests.crash.service import free_port
from tests.engine.waiting import Clock

pytestmark = [pytest.mark.crash, pytest.mark.slow]


class Target:
    """A system that keeps the key of each request that it has done."""

    def __init__(self, port: int) -> None:
        self.port, self.done = port, list[tuple[str, str]]()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_post("/{path}", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
        try:
            yield
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.done.append(((await request.json())["id"], request.headers["Idempotency-Key"]))
        return web.json_response({"ok": True})


def flow(use: str) -> bytes:
    ask = use == "connector.once@1"
    params = {"target": {"connection": "system"}} if ask else {"service": {"connection": "system"}, "path": "/orders"}
    retry = {"attempts": 8, "backoff": "1m", "factor": 1, "jitter": 0, "max": "1h"}
    nodes = {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
        "call": {"use": use, "params": params, "policy": {"retry": retry, "timeout": "2s"}},
    }
    test = {"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}
    return json.dumps({"name": "faulty", "nodes": nodes, "wires": ["hook -> call"], "tests": [test]}).encode()


@asynccontextmanager
async def engine(port: int, use: str = "connector.http_request@1") -> AsyncIterator[tuple[Orderloom, Clock]]:
    settings = Settings(connections={"system": {"type": "http", "url": f"http://127.0.0.1:{port}"}}, allow_private=("127.0.0.0/8",))
    clock = Clock()
    async with Orderloom(settings, MemoryStore(), REGISTRY, clock=clock) as app:
        await app.publish(flow(use), note="", actor="owner")
        yield app, clock


async def send(app: Orderloom, order: str) -> int:
    return (await app.intake.hook("faulty", "hook", Delivery(json.dumps({"id": order, "v": 1}).encode()))).id


async def later(app: Orderloom, clock: Clock, **span: float) -> None:
    await app.dispatcher.idle()
    clock.time += timedelta(**span)
    await app.waits.wake_due()
    await app.dispatcher.idle()


@pytest.mark.parametrize("fault", ["hangs", "resets", "cuts", "doubles", "loses"])
async def test_over_a_line_that_fails_every_order_arrives_under_one_key(fault: Fault) -> None:
    target = Target(free_port())
    async with target.open(), Proxy(target.port, *[fault] * 6) as line, engine(line.port) as (app, clock):
        runs = [await send(app, f"o{number}") for number in range(4)]
        for _ in range(10):
            await later(app, clock, minutes=2)
        assert [(await app.store.run(run)).state for run in runs] == ["done"] * 4
        assert line.met.count(fault) == (4 if fault == "doubles" else 6)
        assert {order for order, _ in target.done} == {f"o{number}" for number in range(4)}
        assert len({key for _, key in target.done}) == 4


@pytest.mark.parametrize("fault", ["hangs", "resets", "cuts", "loses"])
async def test_a_call_that_must_not_happen_twice_is_made_once_over_a_line_that_fails_and_a_person_is_asked(fault: Fault) -> None:
    target = Target(free_port())
    async with target.open(), Proxy(target.port, fault) as line, engine(line.port, "connector.once@1") as (app, clock):
        run = await send(app, "A")
        for _ in range(3):
            await later(app, clock, minutes=2)
        (incident,) = (await app.store.incidents()).items
        assert (incident.code, line.met) == ("effect.unknown_outcome", [fault])
        await app.resume(incident.id, "sent" if target.done else "not_sent", "owner")
        await app.dispatcher.idle()
        assert ((await app.store.run(run)).state, len(target.done)) == ("done", 1)


async def test_a_target_that_is_down_for_hours_gets_every_order_when_it_is_back() -> None:
    target = Target(free_port())
    async with engine(target.port) as (app, clock):
        runs = [await send(app, f"o{number}") for number in range(5)]
        for _ in range(5):
            await later(app, clock, minutes=1)
        assert {(await app.store.run(run)).state for run in runs} == {"waiting"}
        clock.time += timedelta(days=1)
        async with target.open():
            await later(app, clock)
            assert {(await app.store.run(run)).state for run in runs} == {"done"}
        assert sorted(order for order, _ in target.done) == sorted(f"o{number}" for number in range(5))


async def test_a_full_disk_is_said_to_senders_and_loses_nothing(tmp_path: Path) -> None:
    assert await proofs.a_full_disk_loses_nothing(tmp_path / "data") == []
