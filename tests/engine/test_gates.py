"""A target that fails and returns: a real server, the real client, the real clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP, Envelope, Session

from engine.app import Orderloom
from engine.connection.book import ConnectionBook
from engine.connection.client import HttpClient
from engine.connection.failures import CallFailed
from engine.connection.gates import Gates
from engine.connection.guard import AddressGuard
from engine.errors import NodeError
from engine.node.triggers import Delivery
from engine.run.live_outside import LiveOutside
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import StoreOptions
from tests.engine.waiting import flow

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


class FullMailbox:
    """A mail server that is out of space for a while."""

    def __init__(self) -> None:
        self.asked = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.asked += 1
        return "452 out of space" if self.asked <= 2 else "250 OK"


async def test_a_mail_server_that_fails_is_left_alone_like_any_other_system() -> None:
    mailbox = FullMailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    document = {"type": "smtp", "host": "127.0.0.1", "port": server.sockets[0].getsockname()[1], "tls": "none", "from": "robot@example.com"}
    guard, now = AddressGuard(["127.0.0.0/8"]), datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
    time = [0.0]
    book = ConnectionBook({"mail": {**document, "break_after": 2, "pause_seconds": 60}})
    outside = LiveOutside(book, HttpClient(guard), guard, lambda: now)
    outside.gates = Gates(lambda: time[0])
    letter = {"to": ["ops@example.com"], "subject": "s", "text": "t"}

    async def outcome() -> str:
        try:
            await outside.mail("mail", letter, "key", 10)
        except CallFailed as failed:
            return failed.problem.code
        return "sent"

    async with server:
        assert [await outcome() for _ in range(4)] == ["mail.refused", "mail.refused", "connection.paused", "connection.paused"]
        time[0] = 61
        assert [await outcome() for _ in range(2)] == ["sent", "sent"]
    assert (mailbox.asked, outside.gates.states()["mail"].breaker) == (4, "closed")


async def test_a_call_in_line_goes_with_the_connection_as_it_is_by_then() -> None:
    asked, go = list[str](), asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers["Authorization"])
        await go.wait()
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/", answer)
    async with TestServer(app) as server:
        document = {"type": "http", "url": str(server.make_url("/")), "auth": "bearer"}
        book, guard = ConnectionBook(store=MemoryStore()), AddressGuard(["127.0.0.0/8"])
        await book.put("service", {**document, "secret": "old", "at_once": 1}, actor="owner")
        client = HttpClient(guard)
        outside = LiveOutside(book, client, guard, lambda: datetime(2026, 1, 15, 8, 0, tzinfo=UTC))
        calls = [asyncio.ensure_future(outside.http("service", {"method": "POST", "path": "", "json": {}}, "key", 10)) for _ in range(4)]
        await until(lambda: len(asked) == 1)
        await book.put("service", {**document, "secret": "new", "at_once": 3}, actor="owner")
        late = asyncio.ensure_future(outside.http("service", {"method": "POST", "path": "", "json": {}}, "key", 10))
        await until(lambda: len(asked) == 3)
        assert (outside.gates.states()["service"].under_way, outside.gates.states()["service"].in_line) == (3, 2)
        go.set()
        await asyncio.gather(*calls, late)
        await client.close()
    assert asked == ["Bearer old", *["Bearer new"] * 4]


@pytest.mark.parametrize(
    "other", [{"type": "redis", "host": "127.0.0.1"}, {"type": "smtp", "host": "127.0.0.1", "from": "robot@example.com"}]
)
async def test_a_connection_that_became_one_of_another_type_is_named_as_such(other: dict[str, Any]) -> None:
    guard = AddressGuard(["127.0.0.0/8"])
    outside = LiveOutside(ConnectionBook({"service": other}), HttpClient(guard), guard, lambda: datetime(2026, 1, 15, 8, 0, tzinfo=UTC))
    with pytest.raises(NodeError) as caught:
        await outside.http("service", {"method": "POST", "path": "/orders", "json": {}}, "key", 10)
    assert (caught.value.problem.code, caught.value.problem.fields["type"]) == ("connection.wrong_type", other["type"])
    assert outside.gates.states()["service"].under_way == 0


async def until(come: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not come():
            await asyncio.sleep(0.01)
