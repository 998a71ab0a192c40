"""Deliveries on a bare socket: whole, in parts, behind one another. Whatever the way, the sender cannot tell."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from designer.hooks.straight import Straight
from designer.server import Service

pytestmark = pytest.mark.slow

HEAD, END = b"HTTP/1.1", b"\r\n\r\n"


@dataclass
class Line:
    """A connection to the service."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(0.02)

    async def answer(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        head = (await asyncio.wait_for(self.reader.readuntil(END), 10)).decode()
        status = int(head.split()[1])
        headers = {name.lower(): value for name, value in re.findall(r"(?m)^([^:\r\n]+): ([^\r\n]*)", head)}
        return status, headers, json.loads(await self.reader.readexactly(int(headers["content-length"])))


@pytest.fixture
async def line(service: Service) -> AsyncIterator[Line]:
    host, port = service.listener.getsockname()[:2]
    line = Line(*await asyncio.open_connection(host, port))
    yield line
    line.writer.close()


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each delivery that came whole went the straight way."""
    seen: list[bool] = []
    take = Straight.take

    def noted(self: Straight, *arguments: Any) -> bool:
        seen.append(take(self, *arguments))
        return seen[-1]

    monkeypatch.setattr(Straight, "take", noted)
    return seen


def delivery(body: bytes, path: str = "/hooks/small/plain", *more: bytes, version: bytes = HEAD) -> bytes:
    lines = [b"POST %s %s" % (path.encode(), version), b"Host: here", b"Content-Length: %d" % len(body), *more]
    return b"\r\n".join(lines) + END + body


def order(number: str) -> bytes:
    return json.dumps({"no": number, "good": True}).encode()


async def warm(line: Line) -> None:
    """The first one has its flow compiled, which takes the usual way."""
    await line.send(delivery(order("A0")))
    assert (await line.answer())[0] == 200


async def test_a_delivery_that_comes_whole_goes_the_straight_way(line: Line, taken: list[bool]) -> None:
    await warm(line)
    taken.clear()
    await line.send(delivery(order("A1")))
    status, headers, body = await line.answer()
    assert (status, headers["content-type"], body["duplicate"], taken) == (200, "application/json", False, [True])
    await line.send(delivery(order("A1")))
    assert (await line.answer())[2] == {"event": body["event"], "duplicate": True}


async def test_a_delivery_in_parts_is_answered_in_the_same_words(line: Line, taken: list[bool]) -> None:
    await warm(line)
    await line.send(delivery(order("A1")))
    whole = await line.answer()
    taken.clear()
    text = delivery(order("A2"))
    await line.send(text[:20], text[20:-10], text[-10:])
    parts = await line.answer()
    assert (parts[0], parts[1]["content-type"], parts[2]["duplicate"]) == (whole[0], whole[1]["content-type"], False)
    assert set(parts[1]) == set(whole[1])
    assert not taken


async def test_deliveries_behind_one_another_are_answered_in_their_order(line: Line, service: Service) -> None:
    await warm(line)
    await line.send(b"".join(delivery(order(f"P{n}")) for n in range(4)) + b"GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n")
    events = [(await line.answer())[2]["event"] for _ in range(4)]
    assert (await line.answer())[0] == 200
    kept = [(await service.orderloom.store.event(int(event))).order_key for event in events]
    assert [key.rpartition("|")[2] for key in kept] == ["P0", "P1", "P2", "P3"]


@pytest.mark.parametrize("more", [b"Connection: close", b"Expect: 100-continue"])
async def test_what_the_sender_asks_of_the_connection_is_kept(line: Line, taken: list[bool], more: bytes) -> None:
    await warm(line)
    taken.clear()
    await line.send(delivery(order("C1"), "/hooks/small/plain", more))
    if more.startswith(b"Expect"):
        assert (await line.reader.readuntil(END)).startswith(b"HTTP/1.1 100")
    assert (await line.answer())[0] == 200
    assert not taken
    if more.endswith(b"close"):
        assert await asyncio.wait_for(line.reader.read(), 5) == b""


async def test_an_older_http_is_served_too(line: Line) -> None:
    await line.send(delivery(order("O1"), version=b"HTTP/1.0"))
    assert (await line.answer())[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/hooks/small/plain", b"{no json", 400, "body.unreadable"),
        ("/hooks/small/signed", b"{}", 401, "signature.invalid"),
        ("/hooks/small/nothing", b"{}", 404, "hook.unknown"),
        ("/hooks/small/plain/more", b"{}", 404, "hook.unknown"),
    ],
)
async def test_what_is_refused_is_refused_in_words(line: Line, path: str, body: bytes, status: int, code: str) -> None:
    await warm(line)
    await line.send(delivery(body, path))
    found = await line.answer()
    assert (found[0], found[1]["content-type"], found[2]["problems"][0]["code"]) == (status, "application/problem+json", code)
    await line.send(delivery(order("B1")))  # the connection goes on
    assert (await line.answer())[0] == 200


async def test_a_sender_that_hangs_up_before_the_answer_has_its_order_kept_and_harms_nobody(line: Line, service: Service) -> None:
    await warm(line)
    line.writer.write(delivery(order("H1")))
    await line.writer.drain()
    line.writer.transport.abort()
    host, port = service.listener.getsockname()[:2]
    other = Line(*await asyncio.open_connection(host, port))
    await other.send(delivery(order("H2")), delivery(order("H1")))
    assert (await other.answer())[2]["duplicate"] is False
    assert (await other.answer())[2]["duplicate"] is True
    other.writer.close()


async def test_a_parameter_in_the_address_reaches_the_trigger(line: Line, taken: list[bool]) -> None:
    await warm(line)
    taken.clear()
    await line.send(delivery(order("Q1"), "/hooks/small/plain?shop=7"))
    assert ((await line.answer())[0], taken) == (200, [False])
