"""What goes over the wire, byte for byte, and what comes back in odd ways."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from engine.connection import wire
from engine.connection.client import HttpClient
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.http import HttpRequest
from engine.connection.wire import head_of
from tests.connection.certificates import certificate, server_side

HERE = AddressGuard(["127.0.0.0/8"])
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def answering(*answers: bytes) -> Serve:
    """Gives the answers one after the other, whoever asks; an empty one hangs up."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while left and await reader.read(65_536) and (answer := left.pop(0)):
            writer.write(answer)
        writer.close()

    return serve


def test_a_head_holds_what_was_asked_for_and_where_the_body_ends() -> None:
    request = HttpRequest("post", "", {"Idempotency-Key": "k", "X-%": "50 %"}, b"{}")
    lines = head_of(request, "/a%20b?c=%25", "shop.example:8080").split(b"\r\n")
    assert lines == [
        b"POST /a%20b?c=%25 HTTP/1.1", b"Idempotency-Key: k", b"X-%: 50 %", b"host: shop.example:8080", b"user-agent: Orderloom",
        b"content-length: 2", b"", b"",
    ]  # fmt: skip


def test_nobody_but_us_says_where_a_body_ends() -> None:
    head = head_of(HttpRequest("POST", "", {"Content-Length": "99", "Transfer-Encoding": "chunked"}, b"{}"), "/", "h")
    assert head.lower().count(b"content-length") == 1
    assert b"content-length: 2\r\n" in head
    assert b"chunked" not in head


def test_a_host_or_agent_of_the_callers_own_replaces_ours() -> None:
    head = head_of(HttpRequest("GET", "", {"Host": "a", "USER-AGENT": "b"}), "/", "h")
    assert head == b"GET / HTTP/1.1\r\nHost: a\r\nUSER-AGENT: b\r\n\r\n"


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\nb", "a\rb", "a\0b"])
def test_a_value_with_a_line_break_is_no_header(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        head_of(HttpRequest("GET", "", {"X": value}), "/", "h")


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "名"])
def test_a_name_that_is_no_token_is_no_header(name: str) -> None:
    with pytest.raises(ValueError, match="token"):
        head_of(HttpRequest("GET", "", {name: "x"}), "/", "h")


async def test_interim_answers_are_passed_over() -> None:
    async with served(answering(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK)) as url, HttpClient(HERE) as client:
        assert (await client.send(HttpRequest("POST", url, body=b"x"))).body == b"ok"


async def test_an_answer_that_nobody_asked_for_is_never_taken_for_ours() -> None:
    async with served(answering(OK + OK.replace(b"ok", b"no"), OK)) as url, HttpClient(HERE, per_host=1) as client:
        assert [(await client.send(HttpRequest("POST", url, body=b"x"))).body for _ in range(2)] == [b"ok", b"ok"]


async def test_what_is_no_http_is_no_answer() -> None:
    async with served(answering(b"SSH-2.0-OpenSSH_9.6\r\n")) as url, HttpClient(HERE, timeout=5) as client:
        with pytest.raises(CallFailed) as caught:
            await client.send(HttpRequest("POST", url, body=b"x"))
    assert (caught.value.problem.code, caught.value.maybe_sent) == ("http.unreachable", True)


async def test_a_connection_that_was_closed_while_it_lay_idle_costs_a_get_nothing() -> None:
    """It is asked once more; a POST is for the node's own policy, for it may have arrived."""
    async with served(answering(OK, b"", OK)) as url, HttpClient(HERE, per_host=1) as client:
        assert (await client.send(HttpRequest("GET", url))).body == b"ok"
        assert (await client.send(HttpRequest("GET", url))).status == 200


async def test_a_connection_at_hand_is_used_again_at_once_after_a_while_and_never_once_it_was_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "AT_HAND", 0.05)
    connections = [0]

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections[0] += 1
        while line := await reader.read(65_536):
            writer.write(OK)
            if b"last" in line:
                break
        writer.close()

    async def post(client: HttpClient, body: bytes) -> bytes:
        return (await client.send(HttpRequest("POST", url, body=body))).body

    async with served(counting) as url, HttpClient(HERE) as client:
        assert [await post(client, b"x"), await post(client, b"x"), connections[0]] == [b"ok", b"ok", 1]
        await asyncio.sleep(0.1)  # by now the connector has it
        assert [await post(client, b"last"), connections[0]] == [b"ok", 1]
        await asyncio.sleep(0.02)
        assert [await post(client, b"x"), connections[0]] == [b"ok", 2]


ANSWERS = (
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", (200, b"ok")),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", (200, b"abc")),
    (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
    (b"HTTP/1.1 304 Not Modified\r\n\r\n", (304, b"")),
    (b"HTTP/1.1 500 Oops\r\nContent-Length: 1\r\n\r\nx", (500, b"x")),
    (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", (200, b"hi")),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", (200, b"")),
)
"""What a server says, and what is made of it. The last one is the answer to a HEAD."""


async def test_answers_of_all_kinds_in_odd_pieces_follow_each_other_on_one_connection() -> None:
    chance, connections = Random(4), [0]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections[0] += 1
        while asked := await reader.read(65_536):
            answer = ANSWERS[int(asked.partition(b"number: ")[2][:1])][0]
            size = chance.choice((1, 7, len(answer)))
            for start in range(0, len(answer), size):
                writer.write(answer[start : start + size])
                await asyncio.sleep(0)
        writer.close()

    async with served(serve) as url, HttpClient(HERE, per_host=1) as client:
        for _ in range(150):
            number = chance.randrange(len(ANSWERS))
            method = "HEAD" if number == len(ANSWERS) - 1 else "POST"
            answer = await client.send(HttpRequest(method, url, {"number": str(number)}, b"" if method == "HEAD" else b"x"))
            assert (answer.status, answer.body) == ANSWERS[number][1]
    assert connections == [1]


async def test_many_calls_share_a_place_and_each_gets_it_in_time() -> None:
    async with served(answering(*[OK] * 40)) as url, HttpClient(HERE, per_host=1, timeout=5) as client:
        answers = await asyncio.gather(*(client.send(HttpRequest("POST", url, body=b"x")) for _ in range(40)))
    assert [one.body for one in answers] == [b"ok"] * 40


async def test_what_is_at_hand_is_closed_with_the_client() -> None:
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(OK)
        ended.set()
        writer.close()

    async with served(serve) as url:
        async with HttpClient(HERE) as client:
            await client.send(HttpRequest("POST", url, body=b"x"))
        await asyncio.wait_for(ended.wait(), 5)


async def test_a_cancelled_call_gives_its_place_back() -> None:
    never = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await never.wait()
        writer.close()

    async with served(silent) as url, HttpClient(HERE, per_host=1) as client:
        for _ in range(3):
            call = asyncio.ensure_future(client.send(HttpRequest("POST", url, body=b"x")))
            await asyncio.sleep(0.05)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        never.set()


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\n\r\npart", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"])
async def test_an_answer_that_is_not_whole_in_time_is_none(begin: bytes) -> None:
    never = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        await never.wait()
        writer.close()

    async with served(slow) as url, HttpClient(HERE) as client:
        with pytest.raises(CallFailed) as caught:
            await client.send(HttpRequest("POST", url, body=b"x", timeout=0.2))
        never.set()
    assert (caught.value.problem.code, caught.value.maybe_sent) == ("http.timeout", True)


async def test_a_place_that_does_not_come_free_in_time_is_a_timeout_and_nothing_was_sent() -> None:
    never = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await never.wait()
        writer.close()

    async with served(silent) as url, HttpClient(HERE, per_host=1) as client:
        first = asyncio.ensure_future(client.send(HttpRequest("POST", url, body=b"x")))
        await asyncio.sleep(0.05)
        with pytest.raises(CallFailed) as caught:
            await client.send(HttpRequest("POST", url, body=b"x", timeout=0.1))
        never.set()
        with pytest.raises(CallFailed):
            await first
    assert (caught.value.problem.code, caught.value.maybe_sent) == ("http.timeout", False)


async def test_a_certificate_that_nobody_vouches_for_stops_a_call_before_anything_is_sent(tmp_path: Path) -> None:
    async with served(answering(OK), server_side(certificate(tmp_path, days=900))) as url, HttpClient(HERE) as client:
        with pytest.raises(CallFailed) as caught:
            await client.send(HttpRequest("POST", url, body=b"x"))
    assert (caught.value.problem.code, caught.value.retriable, caught.value.maybe_sent) == ("http.unreachable", True, False)
