"""A part of a page that is sent anew whenever it changed, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from litestar.response import ServerSentEvent, ServerSentEventMessage

from designer.pages.frame import PageRequest

EVERY_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 600.0


def live_part(request: PageRequest, make: Callable[[], Awaitable[str]]) -> ServerSentEvent:
    """``make`` gives the HTML as it is now. The browser connects again after the end."""
    return ServerSentEvent(_changes(request, make), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _changes(request: PageRequest, make: Callable[[], Awaitable[str]]) -> AsyncIterator[ServerSentEventMessage]:
    closing: asyncio.Event = request.app.state.closing
    sent, end = "", monotonic() + LONGEST_SECONDS
    while monotonic() < end and not closing.is_set():
        fragment = await make()
        if fragment != sent:
            sent = fragment
            yield ServerSentEventMessage(data=fragment)
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), EVERY_SECONDS)
