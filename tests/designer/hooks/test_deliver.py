from __future__ import annotations

import asyncio
import json
from asyncio import Future
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from designer.server import Service
from engine.app import Orderloom
from engine.errors import NotFound, Problem
from engine.store.ports import Accepted, Journal, NewEvent
from engine.store.problems import StoreUnavailable
from nodes.connector.own_shop.sign import sign

pytestmark = pytest.mark.slow

PLAIN, SIGNED = "/hooks/small/plain", "/hooks/small/signed"
SECRET = "whsec_" + "dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM="


def signed(body: bytes, secret: str = SECRET, message: str = "msg_1") -> dict[str, str]:
    at = int(datetime.now(UTC).timestamp())
    return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": sign(secret, message, at, body)}


class HeldJournal:
    """Commits when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.committed: Future[Accepted] = asyncio.get_running_loop().create_future()

    def put_event(self, event: NewEvent) -> Future[Accepted]:
        del event
        self.asked.set()
        return self.committed

    def backlog(self) -> int:
        return 0

    def unheard(self) -> int:
        return 0


class FailingJournal(HeldJournal):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.committed.set_exception(error)


async def test_a_delivery_is_accepted_once(sender: ClientSession) -> None:
    first = await sender.post(PLAIN, json={"no": "A1", "good": True})
    again = await sender.post(PLAIN, json={"no": "A1", "good": True})
    body = await first.json()
    assert (first.status, first.content_type) == (200, "application/json")
    assert body == {"event": body["event"], "duplicate": False}
    assert isinstance(body["event"], str)
    assert (again.status, await again.json()) == (200, {"event": body["event"], "duplicate": True})


async def test_a_signed_delivery_is_accepted(sender: ClientSession) -> None:
    body = json.dumps({"type": "order.created", "data": {"order_no": "OWN-1"}}).encode()
    answer = await sender.post(SIGNED, data=body, headers=signed(body))
    assert (answer.status, (await answer.json())["duplicate"]) == (200, False)


async def test_a_wrong_signature_is_refused(sender: ClientSession) -> None:
    body = b'{"type":"order.created","data":{"order_no":"OWN-1"}}'
    answer = await sender.post(SIGNED, data=body, headers=signed(body, "whsec_d3Jvbmc="))
    assert (answer.status, (await answer.json())["type"]) == (401, "signature.invalid")


async def test_a_missing_signature_is_refused_before_the_body_is_read(sender: ClientSession) -> None:
    answer = await sender.post(SIGNED, data=b"\xff not json")
    assert (answer.status, (await answer.json())["type"]) == (401, "signature.invalid")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a":' + b"[" * 80 + b"]" * 80 + b"}"])
async def test_an_unreadable_body_is_refused(sender: ClientSession, body: bytes) -> None:
    answer = await sender.post(PLAIN, data=body)
    assert answer.status == 400
    assert (await answer.json())["type"] in ("body.unreadable", "body.too_deep")


@pytest.mark.parametrize(
    "path", ["/hooks/small/nothing", "/hooks/nothing/plain", "/hooks/small/good", "/hooks/small/asleep", "/hooks/small"]
)
async def test_an_unknown_hook_is_not_found(sender: ClientSession, path: str) -> None:
    answer = await sender.post(path, json={"no": "1"})
    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    assert (await answer.json())["type"] == "hook.unknown"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_only_post_delivers(sender: ClientSession, method: str) -> None:
    async with sender.request(method, PLAIN) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_an_announced_body_that_is_too_large_is_refused(sender: ClientSession) -> None:
    answer = await sender.post(PLAIN, data=b'{"a":"' + b"x" * 20_000 + b'"}')
    assert (answer.status, (await answer.json())["type"]) == (413, "body.too_large")


async def test_a_body_that_grows_too_large_is_refused_before_its_end(sender: ClientSession) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 8_000

    assert await status_of(sender, endless()) == 413


async def test_a_body_of_exactly_the_limit_is_taken(sender: ClientSession) -> None:
    frame = len(b'{"no":"1","good":true,"a":""}')
    body = b'{"no":"1","good":true,"a":"' + b"x" * (20_000 - frame) + b'"}'
    assert len(body) == 20_000
    assert await status_of(sender, body) == 200


async def test_a_full_server_asks_to_come_again(sender: ClientSession, orderloom: Orderloom) -> None:
    orderloom.take_up.limit = 0
    answer = await sender.post(PLAIN, json={"no": "1"})
    assert (answer.status, (await answer.json())["type"]) == (503, "intake.full")
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_full_server_says_so_to_whoever_watches_it(sender: ClientSession, orderloom: Orderloom) -> None:
    assert (await sender.get("/health/ready")).status == 200
    orderloom.take_up.limit = 0
    ready = await sender.get("/health/ready")
    assert (ready.status, (await ready.json())["type"]) == (503, "intake.full")
    assert int(ready.headers["Retry-After"]) > 0
    assert "orderloom_full 1\n" in await (await sender.get("/metrics")).text()


async def test_a_full_disk_asks_to_come_again(sender: ClientSession, orderloom: Orderloom) -> None:
    with_journal(orderloom, FailingJournal(StoreUnavailable(Problem("store.unavailable", fields={"reason": "SQLITE_FULL"}))))
    answer = await sender.post(PLAIN, json={"no": "1"})
    assert (answer.status, (await answer.json())["type"]) == (503, "store.unavailable")
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_connection_that_is_gone_is_no_fault_of_the_sender(sender: ClientSession, orderloom: Orderloom) -> None:
    def gone(name: str) -> dict[str, Any]:
        raise NotFound(Problem("connection.missing", fields={"name": name}))

    orderloom.intake = replace(orderloom.intake, secrets=gone)
    answer = await sender.post(SIGNED, json={})
    assert (answer.status, (await answer.json())["type"]) == (503, "hook.not_ready")


async def test_a_fault_of_ours_shows_nothing_of_the_order(sender: ClientSession, orderloom: Orderloom) -> None:
    with_journal(orderloom, FailingJournal(RuntimeError("13812345678")))
    answer = await sender.post(PLAIN, json={"no": "1"})
    assert (answer.status, (await answer.json())["type"]) == (500, "request.failed")
    assert "13812345678" not in await answer.text()


async def test_nothing_is_answered_before_the_commit(sender: ClientSession, orderloom: Orderloom) -> None:
    journal = HeldJournal()
    with_journal(orderloom, journal)
    answer = asyncio.ensure_future(sender.post(PLAIN, json={"no": "1", "good": True}))
    await journal.asked.wait()
    assert await (await sender.get("/health/live")).json() == {"status": "live"}
    assert not answer.done()
    journal.committed.set_result(Accepted(17, "k", True, False))
    assert await (await answer).json() == {"event": "17", "duplicate": True}


async def test_a_sender_that_hangs_up_leaves_nothing_behind(service: Service, sender: ClientSession, orderloom: Orderloom) -> None:
    address = urlsplit(service.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{" % PLAIN.encode())
    await writer.drain()
    writer.close()
    await until(lambda: service.deliveries["gone"] == 1, sender)
    assert (await orderloom.store.events()).items == []
    assert await status_of(sender, b'{"no":"1","good":true}') == 200


async def test_headers_and_query_reach_the_trigger_as_they_came(
    sender: ClientSession, orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    async def hook(flow: str, trigger: str, delivery: Any) -> Accepted:
        seen.append((flow, trigger, delivery))
        return Accepted(1, "k", False, False)

    monkeypatch.setattr(type(orderloom.intake), "hook", staticmethod(hook))
    answer = await sender.post(PLAIN + "?sign=a%2Bb&empty=&name=%E7%BB%87", data=b"raw \xff", headers={"X-Signature": "Mixed"})
    await answer.read()
    flow, trigger, delivery = seen[0]
    assert (flow, trigger, delivery.body) == ("small", "plain", b"raw \xff")
    assert delivery.headers["x-signature"] == "Mixed"
    assert delivery.query == {"sign": "a+b", "empty": "", "name": "织"}


async def test_a_refusal_is_explained_in_the_senders_language(sender: ClientSession) -> None:
    answer = await sender.post("/hooks/small/nothing", headers={"Accept-Language": "zh-CN"})
    assert (await answer.json())["title"] == "该地址没有对应的已发布流程触发器。"


async def test_an_answer_to_a_sender_is_small(sender: ClientSession) -> None:
    async with sender.post(PLAIN, json={"no": "1", "good": True}) as answer:
        assert set(answer.headers) == {"Content-Type", "Content-Length", "Date"}


async def status_of(sender: ClientSession, body: Any) -> int:
    async with sender.post(PLAIN, data=body) as answer:
        return answer.status


def with_journal(orderloom: Orderloom, journal: HeldJournal) -> None:
    orderloom.intake = replace(orderloom.intake, journal=cast("Journal", journal))


async def until(done: Callable[[], bool], sender: ClientSession) -> None:
    """Asks the server for something else until it has noticed."""
    async with asyncio.timeout(10):
        while not done():
            await (await sender.get("/health/live")).read()
