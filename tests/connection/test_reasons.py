"""Why a system was not reached is said in words that a person understands, in both languages, and never by a library's name for it."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from engine.catalogue import RULE, entries, explain
from engine.connection import reasons
from engine.connection.client import HttpClient
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.http import HttpRequest
from engine.connection.reasons import why_unreachable
from engine.connection.servers import Server, reaching
from engine.connection.types import parse_connection

HERE = AddressGuard(["127.0.0.0/8", "::1/128"])
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def served(serve: Serve) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def told(url: str) -> list[str]:
    """What somebody reads in English and in Chinese who calls an address that cannot be reached."""
    async with HttpClient(HERE, timeout=5) as client:
        with pytest.raises(CallFailed) as caught:
            await client.send(HttpRequest("POST", url, body=b"x"))
    assert caught.value.problem.code == "http.unreachable"
    return [explain(caught.value.problem, language)["what"] for language in ("en", "zh")]


async def test_a_port_that_nobody_listens_on() -> None:
    assert await told(f"http://127.0.0.1:{unused_port()}/") == [
        "No connection to 127.0.0.1 (nothing listens on this port).", "无法连接到 127.0.0.1（该端口没有服务在监听）。",
    ]  # fmt: skip


async def test_a_connection_that_breaks_off_without_an_answer() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.close()

    async with served(hang_up) as port:
        assert await told(f"http://127.0.0.1:{port}/") == [
            "No connection to 127.0.0.1 (the other side broke the connection off).", "无法连接到 127.0.0.1（对方中断了连接）。",
        ]  # fmt: skip


async def test_a_port_that_speaks_no_tls() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with served(plain) as port:
        assert await told(f"https://127.0.0.1:{port}/") == [
            "No connection to 127.0.0.1 (no encryption could be agreed on).", "无法连接到 127.0.0.1（无法协商加密）。",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        (errno.ECONNREFUSED, "nothing_listens"), (errno.ECONNRESET, "hung_up"), (errno.EHOSTUNREACH, "no_way"),
        (errno.ETIMEDOUT, "no_answer"), (errno.EPIPE, "hung_up"),
    ],
)  # fmt: skip
def test_the_error_that_it_came_of_decides(number: int, rule: str) -> None:
    error = ValueError("their own")
    error.__cause__ = OSError(number, os.strerror(number))
    assert why_unreachable(error)["rule"] == rule


def test_a_name_that_nobody_knows_a_certificate_and_whatever_else() -> None:
    assert why_unreachable(socket.gaierror(socket.EAI_NONAME, "Name or service not known"))["rule"] == "unknown_name"
    assert why_unreachable(ssl.SSLCertVerificationError())["rule"] == "certificate_other"
    assert why_unreachable(EOFError())["rule"] == "hung_up"
    assert why_unreachable(ZeroDivisionError("13800138000"))["rule"] == "other_answer"


def test_errors_that_go_in_a_circle_are_looked_at_once() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert why_unreachable(first)["rule"] == "other_answer"


def test_every_reason_has_its_words_in_chinese() -> None:
    rules = set(re.findall(r'"rule": "(\w+)"', Path(reasons.__file__).read_text(encoding="utf-8")))
    assert len(rules) == 7
    assert {rule for rule in rules if (RULE, rule) not in entries("zh")} == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whoever_is_not_let_in_reads_no_name_of_a_class(language: str) -> None:
    server = cast("Server", parse_connection("db", {"type": "redis", "host": "db.example"}))
    with pytest.raises(CallFailed) as caught, reaching(server, PermissionError):
        raise PermissionError("password of 13800138000")
    what = explain(caught.value.problem, language)["what"]
    assert what == {"en": "db.example did not let us in.", "zh": "db.example 拒绝登录。"}[language]
