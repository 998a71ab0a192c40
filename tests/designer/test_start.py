"""What a start of the service loads, and what it says before pages are there."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from litestar.types import ASGIApp

from designer.server import Service, bind
from engine.app import Orderloom
from engine.errors import InputInvalid, Problem

NEEDED_LATER = {"openpyxl", "alembic", "mako", "pygments", "lark", "rich", "litestar", "aiohttp"}


def test_the_service_loads_nothing_for_pages_calls_workbooks_migrations_or_terminals() -> None:
    look = "import sys; import designer.server; from engine.registry import installed; installed(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"uvicorn", "sqlmodel", "nodes"} <= loaded
    assert loaded & NEEDED_LATER == set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Pages are made once it is set."""
    opened, make = threading.Event(), Service._make

    def waits(self: Service) -> ASGIApp:
        opened.wait(30)
        return make(self)

    monkeypatch.setattr(Service, "_make", waits)
    return opened


@pytest.fixture
async def service(orderloom: Orderloom, flow: dict[str, Any], gate: threading.Event) -> AsyncIterator[Service]:
    service, ready = Service(orderloom, bind("127.0.0.1", 0), key="k"), asyncio.Event()
    running = asyncio.ensure_future(service.run(ready.set))
    await asyncio.wait_for(ready.wait(), 20)
    await orderloom.publish(json.dumps(flow).encode(), note="", actor="test")
    yield service
    gate.set()
    service.stop()
    await running


async def test_orders_and_probes_are_answered_before_there_are_pages(service: Service, gate: threading.Event) -> None:
    async with ClientSession(service.url) as early:
        async with early.get("/health/live") as live:
            assert await live.json() == {"status": "live"}
        page = asyncio.ensure_future(early.get("/?key=k", allow_redirects=False))
        async with early.post("/hooks/small/plain", data=b'{"no":"1","good":true}') as taken, early.get("/health/ready") as ready:
            assert (taken.status, ready.status, await ready.json()) == (200, 200, {"status": "ready"})
        assert not page.done()
        gate.set()
        assert (await asyncio.wait_for(page, 30)).status == 303
        async with early.get("/health/ready") as later:
            assert (later.status, await later.json(), later.headers["X-Frame-Options"]) == (200, {"status": "ready"}, "DENY")


async def test_without_room_the_early_probe_says_so(service: Service) -> None:
    service.orderloom.take_up.behind = True
    async with ClientSession(service.url) as early, early.get("/health/ready", headers={"Accept-Language": "zh"}) as ready:
        told = await ready.json()
    assert (ready.status, ready.headers["Retry-After"], told["type"]) == (503, "2", "intake.full")
    assert not told["title"].isascii()


async def test_what_hinders_the_pages_ends_the_service(orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Service) -> ASGIApp:
        raise InputInvalid(Problem("odd.code"))

    monkeypatch.setattr(Service, "_make", broken)
    service = Service(orderloom, bind("127.0.0.1", 0), key="k")
    with pytest.raises(InputInvalid):
        await asyncio.wait_for(service.run(lambda: None), 20)
