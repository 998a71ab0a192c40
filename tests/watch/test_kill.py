"""kill -9 while an alarm is being told: nothing is lost, and what comes twice comes under the same key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from tests.crash.service import KEY, Service

pytestmark = pytest.mark.crash
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "calls",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "call": {
            "use": "connector.http_request@1",
            "params": {"service": {"connection": "flaky"}, "path": "/orders"},
            "policy": {"retry": {"attempts": 1}},
        },
    },
    "wires": ["hook -> call"],
    "tests": [],
}


class World:
    """A system and a group beside the service. ``lethal``: how many messages more end the service before they are answered."""

    def __init__(self) -> None:
        self.works, self.lethal = False, 1
        self.told: list[tuple[str, str]] = []
        self.service: Service | None = None
        self.killed = asyncio.Event()

    async def system(self, _: web.Request) -> web.Response:
        return web.Response(status=200 if self.works else 500)

    async def group(self, request: web.Request) -> web.Response:
        self.told.append(((await request.json())["kind"], request.headers["Idempotency-Key"]))
        if self.lethal:
            self.lethal -= 1
            assert self.service is not None
            await self.service.kill()
            self.killed.set()
        return web.Response()


@pytest.fixture
async def world() -> AsyncIterator[tuple[World, str]]:
    found, app = World(), web.Application()
    app.router.add_post("/orders", found.system)
    app.router.add_post("/group", found.group)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield found, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def until(holds: Any) -> None:
    async with asyncio.timeout(60):
        while not await holds():
            await asyncio.sleep(0.1)


async def test_a_message_that_was_cut_short_comes_again_under_its_key_and_the_end_comes_once(
    tmp_path: Path, world: tuple[World, str]
) -> None:
    systems, url = world
    connections = {"flaky": {"type": "http", "url": url}, "group": {"type": "webhook", "url": f"{url}/group"}}
    service = systems.service = Service(tmp_path / "data", connections)
    headers = {"Authorization": f"Bearer {KEY}"}
    flow = tmp_path / "calls.json"
    flow.write_text(json.dumps(FLOW), encoding="utf-8")
    await service.command("publish", str(flow))
    await service.start()
    async with ClientSession(service.url, headers=headers) as api:

        async def send(number: int) -> None:
            async with api.post("/hooks/calls/hook", json={"no": f"A{number}"}) as answer:
                assert answer.status == 200

        async def alarms(state: str) -> int:
            async with api.get("/api/alarms", params={"state": state}) as answer:
                return len((await answer.json())["items"])

        async with api.put("/api/alarm-rules/three_failures", json={"kind": "failures", "tell": ["group"]}) as answer:
            assert answer.status == 200
        for number in range(3):
            await send(number)
        await asyncio.wait_for(systems.killed.wait(), 60)
        await service.start()

        async def twice() -> bool:
            return len(systems.told) == 2

        await until(twice)
        assert await alarms("open") == 1
        systems.works = True
        await send(9)

        async def over() -> bool:
            return len(systems.told) == 3

        await until(over)
        assert await alarms("all") == 1
        assert await alarms("open") == 0
    assert await service.stop() == 0
    assert [kind for kind, _ in systems.told] == ["raised", "raised", "over"]
    assert systems.told[0] == systems.told[1]
