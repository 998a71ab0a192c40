"""A probe with a clock of its own, what it told, and servers that are odd."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import web

from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.probe import Prober, ProbeReport
from engine.connection.types import parse_connection
from engine.connection.uses import Hook
from tests.connection.serving import Handler

NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)


@asynccontextmanager
async def prober(*allowed: str, hooks: Sequence[Hook] = (), limit: float = 10) -> AsyncIterator[Prober]:
    async def known(name: str) -> Sequence[Hook]:
        return hooks

    guard = AddressGuard(allowed or ("127.0.0.0/8", "::1"))
    async with HttpClient(guard, timeout=5) as client:
        yield Prober(client, guard, lambda: NOW, known, limit=limit)


async def probed(document: dict[str, Any], *allowed: str, message: str | None = None, hooks: Sequence[Hook] = ()) -> ProbeReport:
    async with prober(*allowed, hooks=hooks) as one:
        return await one.probe("one", parse_connection("one", document), message=message)


@asynccontextmanager
async def silent(context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A port that takes connections and never says a word; ends when all who came are gone."""
    guests: set[asyncio.Task[None]] = set()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guests.add(cast("asyncio.Task[None]", asyncio.current_task()))
        with suppress(OSError):
            await reader.read()
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*guests)


def answering(status: int, text: str = "") -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    return handler


def told(report: ProbeReport) -> list[tuple[str, str]]:
    """Each step with how it went, filled in, or with its problem's code."""
    return [(one.what, one.problem.code if one.problem else one.detail.format_map(one.fields)) for one in report.steps]


def failure(report: ProbeReport) -> str:
    """The code of the one step that failed, which is the last."""
    assert not report.ok
    assert [step.ok for step in report.steps] == [True] * (len(report.steps) - 1) + [False]
    return report.problems[0].code
