"""A target that fails and returns: a real server, the real client, the real clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.open import open_store
from engine.store.ports import StoreOptions
from tests.engine.test_waits import flow

ORDERS = 20
RETRY: dict[str, Any] = {"retry": {"attempts": 3, "backoff": "100ms"}}


class Target:
    """Answers 503 so many times, then takes whatever comes."""

    def __init__(self, failures: int) -> None:
        self.failures, self.asked = failures, 0
        self.keys: list[str] = []

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.failures:
            self.failures -= 1
            return web.json_response({}, status=503)
        self.keys.append(request.headers["Idempotency-Key"])
        return web.json_response({})


@pytest.fixture
async def target() -> AsyncIterator[tuple[Target, str]]:
    one, app = Target(4), web.Application()
    app.router.add_post("/orders", one.take)
    async with TestServer(app) as server:
        yield one, str(server.make_url("")).rstrip("/")


@pytest.mark.slow
async def test_orders_for_a_target_that_fails_arrive_once_it_is_back_and_it_is_left_alone_meanwhile(
    tmp_path: Path, target: tuple[Target, str]
) -> None:
    system, url = target
    service = {"type": "http", "url": url, "break_after": 3, "pause_seconds": 6, "at_once": 4}
    settings = Settings(data=tmp_path, connections={"service": service}, allow_private=("127.0.0.0/8",))
    call = {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/orders"}, "policy": RETRY}
    async with Orderloom(settings, open_store(StoreOptions(str(tmp_path)))) as app:
        await app.publish(flow(wires=["hook -> call"], call=call), note="", actor="owner")
        for number in range(ORDERS):
            await app.intake.hook("waiting", "hook", Delivery(json.dumps({"id": f"o{number}", "v": 1}).encode()))
        await app.dispatcher.idle()
        state = app.gates.states()["service"]
        assert (state.breaker, state.failures >= 3, system.asked <= 4) == ("open", True, True)
        async with asyncio.timeout(60):
            while await app.store.run_counts() != {("waiting", "done"): ORDERS}:
                await app.waits.wake_due()
                await app.dispatcher.idle()
                await asyncio.sleep(0.2)
        assert app.gates.states()["service"].breaker == "closed"
        assert (await app.store.incidents()).items == []
    assert (system.asked, len(set(system.keys))) == (ORDERS + 4, ORDERS)
