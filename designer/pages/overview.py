"""The first page: what is going on now. It renews itself by server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from time import monotonic

from litestar import Response, get
from litestar.response import ServerSentEvent, ServerSentEventMessage

from designer.pages.board import Board
from designer.pages.frame import PageRequest, loom, page, render

EVERY_SECONDS = 1.0
LONGEST_SECONDS = 600.0
FRAGMENT = "overview/live.html"


@get("/", opt={"permission": "run.read"})
async def overview(request: PageRequest) -> Response[str]:
    return page(request, "overview/page.html", now=await board(request).current())


@get("/live", opt={"permission": "run.read"})
async def live(request: PageRequest) -> ServerSentEvent:
    """The changing part of the overview as HTML, sent anew whenever it changed. The browser connects again after the end."""
    return ServerSentEvent(_changes(request), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def board(request: PageRequest) -> Board:
    """The board of the running engine, made when first asked for."""
    engine = loom(request)
    found: Board | None = getattr(request.app.state, "board", None)
    if found is None:
        found = request.app.state.board = Board(engine)
    return found


async def _changes(request: PageRequest) -> AsyncIterator[ServerSentEventMessage]:
    closing: asyncio.Event = request.app.state.closing
    sent, end = "", monotonic() + LONGEST_SECONDS
    while monotonic() < end and not closing.is_set():
        fragment = render(request, FRAGMENT, now=await board(request).current())
        if fragment != sent:
            sent = fragment
            yield ServerSentEventMessage(data=fragment)
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), EVERY_SECONDS)
