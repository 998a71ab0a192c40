"""What is made of answers: packed ones, odd ones, and those that nobody asked for."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable

import pytest

from engine.connection.client import HttpClient
from engine.connection.failures import CallFailed
from engine.connection.http import HttpRequest, HttpResponse
from engine.connection.talk import MAX_HEAD
from tests.connection.test_wire import HERE, OK, answering, served

TEXT = b'{"orders":[]}' * 40


def packed(packing: str, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (packing.encode(), len(body), body)


def bare(text: bytes) -> bytes:
    """Deflated without zlib's header, as some servers do."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush()


async def post(client: HttpClient, url: str, **more: float) -> HttpResponse:
    return await client.send(HttpRequest("POST", url, body=b"x", timeout=more.get("timeout")))


async def answer_to(answer: bytes, **limits: int) -> HttpResponse:
    async with served(answering(answer)) as url, HttpClient(HERE, timeout=5, **limits) as client:
        return await post(client, url)


async def failure_of(answer: bytes, **limits: int) -> str:
    with pytest.raises(CallFailed) as caught:
        await answer_to(answer, **limits)
    assert caught.value.maybe_sent
    return caught.value.problem.code


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("GZIP", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", bare(TEXT)),
        ("own", TEXT),
    ],
)
async def test_a_packed_body_comes_out_as_it_was(packing: str, body: bytes) -> None:
    assert (await answer_to(packed(packing, body))).body == TEXT


async def test_an_empty_body_needs_no_unpacking() -> None:
    assert (await answer_to(packed("gzip", b""))).body == b""


async def test_a_small_answer_that_unpacks_to_a_large_one_is_refused() -> None:
    assert await failure_of(packed("gzip", gzip.compress(bytes(100_000))), max_answer=99_999) == "http.too_large"


@pytest.mark.parametrize("answer", [packed("gzip", b"no gzip"), packed("br", b"x"), packed("zstd", b"x")])
async def test_what_cannot_be_unpacked_is_no_answer(answer: bytes) -> None:
    assert await failure_of(answer) == "http.unreachable"


@pytest.mark.parametrize("more", [1, MAX_HEAD, 40 * MAX_HEAD])
async def test_headers_without_end_are_not_read_to_their_end(more: int) -> None:
    assert await failure_of(b"HTTP/1.1 200 OK\r\nX: " + b"y" * (MAX_HEAD + more)) == "http.unreachable"


async def test_many_frames_for_a_small_body_are_too_many() -> None:
    chunk = b"1;" + b"e" * 300 + b"\r\nx\r\n"
    assert await failure_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 900, max_answer=1000) == "http.too_large"


async def test_what_stands_behind_a_body_is_no_header() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Seen: head\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = await answer_to(head + b"2\r\nok\r\n0\r\nX-Seen: tail\r\n\r\n")
    assert (answer.body, answer.headers["x-seen"]) == (b"ok", "head")


async def test_headers_are_read_as_servers_write_them() -> None:
    answer = await answer_to(b"HTTP/1.1 200 OK\nX-One:  a b \t\nx-two: \xe7\xbb\x87\nX-TWO: \xff\nContent-Length: 2\n\nok")
    assert (answer.headers["x-one"], answer.headers["x-two"], answer.body) == ("a b", "\udcff", b"ok")


@pytest.mark.parametrize("value", [b"a\0b", b"\0"])
async def test_a_header_with_a_zero_is_none(value: bytes) -> None:
    assert await failure_of(b"HTTP/1.1 200 OK\r\nX: " + value + b"\r\nContent-Length: 2\r\n\r\nok") == "http.unreachable"


async def test_two_opinions_about_the_length_are_no_answer() -> None:
    both = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    assert await failure_of(both) == "http.unreachable"


@pytest.mark.parametrize("cut", [b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart",
                                 b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\npart"])  # fmt: skip
async def test_an_answer_that_is_cut_off_is_none(cut: bytes) -> None:
    assert await failure_of(cut) == "http.unreachable"


async def test_without_a_length_a_body_goes_on_until_the_connection_ends() -> None:
    assert (await answer_to(b"HTTP/1.1 200 OK\r\n\r\nall of it")).body == b"all of it"


Talks = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def connections_of(first: bytes, method: str = "POST", *, wait: float = 0.0, then: bytes = b"") -> int:
    """How many connections two calls took, the first of which was answered so; ``then`` comes ``wait`` seconds after it."""
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        answers = [first, OK] if connections == 1 else [OK]
        while answers and await reader.read(65_536):
            writer.write(answers.pop(0))
            if then and answers:
                await asyncio.sleep(wait / 2)
                writer.write(then)
        writer.close()

    async with served(serve) as url, HttpClient(HERE, per_host=1, timeout=5) as client:
        await client.send(HttpRequest(method, url, body=b"" if method == "HEAD" else b"x"))
        await asyncio.sleep(wait)
        assert (await post(client, url)).body == b"ok"
    return connections


async def test_a_connection_is_used_again() -> None:
    assert await connections_of(OK) == 1


@pytest.mark.parametrize(
    "answer",
    [
        OK + OK,
        OK + b"HTTP/1.1 2",
        OK + b"nonsense",
        OK.replace(b"Content", b"Connection: close\r\nContent"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: own\r\n\r\nbytes of another protocol",
    ],
)
async def test_a_connection_on_which_more_was_said_or_that_ends_is_not_used_again(answer: bytes) -> None:
    assert await connections_of(answer) == 2


async def test_what_is_said_while_a_connection_lies_idle_is_for_nobody() -> None:
    assert await connections_of(OK, wait=0.1, then=OK.replace(b"ok", b"no")) == 2


async def test_a_body_behind_the_answer_to_a_head_is_for_nobody() -> None:
    assert await connections_of(OK.replace(b": 2", b": 9"), "HEAD") == 2
    assert await connections_of(OK.removesuffix(b"ok"), "HEAD") == 1


async def test_each_call_has_its_own_time_on_a_connection_that_others_had_before() -> None:
    """One timer serves them all: a later call may have less time, or more, than the one before."""
    asked, over = 0, asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while await reader.read(65_536):
            asked += 1
            if asked == 2:
                await asyncio.sleep(0.3)
            elif asked == 3:
                await over.wait()
            writer.write(OK)
        writer.close()

    async with served(serve) as url, HttpClient(HERE, per_host=1) as client:
        await post(client, url, timeout=0.2)
        assert (await post(client, url, timeout=5)).body == b"ok"  # the time of the first is over meanwhile
        began = asyncio.get_running_loop().time()
        with pytest.raises(CallFailed) as caught:
            await post(client, url, timeout=0.1)
        assert asyncio.get_running_loop().time() - began < 4
        over.set()
        await asyncio.sleep(0.02)
    assert (caught.value.problem.code, asked) == ("http.timeout", 3)
