"""Why no connection came about, in words of ours: a reader can do nothing with the name of a class."""

from __future__ import annotations

import asyncio
import errno
import ssl

import pytest

from engine.catalogue import explain
from engine.connection.client import HttpClient
from engine.connection.failures import CallFailed, reason_of
from engine.connection.guard import AddressGuard
from engine.connection.http import HttpRequest


def wrapped(cause: BaseException) -> Exception:
    """As client libraries do it, of which not all name the cause."""
    error = RuntimeError("a secret word")
    error.__context__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (ConnectionRefusedError(), "nothing_listens"),
        (TimeoutError(), "no_answer"),
        (ConnectionResetError(), "hung_up"),
        (EOFError(), "hung_up"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no_way"),
        (ssl.SSLError(1, "wrong version number"), "other_answer"),
        (ValueError("a secret word"), "other_answer"),
    ],
)
def test_the_reason_is_found_whatever_a_library_made_of_it(error: Exception, rule: str) -> None:
    assert reason_of(error)["rule"] == reason_of(wrapped(error))["rule"] == rule
    assert "secret" not in reason_of(error)["reason"]


async def test_a_call_to_a_port_where_nothing_listens_says_so_in_both_languages() -> None:
    async with HttpClient(AddressGuard(["127.0.0.0/8"])) as client:
        with pytest.raises(CallFailed) as caught:
            await client.send(HttpRequest("GET", "http://127.0.0.1:1/", {}, b"", 5))
    assert explain(caught.value.problem)["what"] == "No connection to 127.0.0.1 (nothing listens on this port)."
    assert explain(caught.value.problem, "zh")["what"] == "无法连接到 127.0.0.1（该端口没有服务在监听）。"


async def test_a_system_that_hangs_up_is_said_to_do_so() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.transport.abort(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, HttpClient(AddressGuard(["127.0.0.0/8"])) as client:
        with pytest.raises(CallFailed) as caught:
            await client.send(HttpRequest("GET", f"http://127.0.0.1:{port}/", {}, b"", 5))
    assert caught.value.problem.fields["rule"] == "hung_up"
