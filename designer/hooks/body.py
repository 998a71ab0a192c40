"""Reads a request's body no further than its limit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from designer.problems import Refused
from engine.errors import Problem

if TYPE_CHECKING:  # hooks are accepted before the framework is loaded
    from litestar.types import Receive, Scope

MOST_SECONDS = 30.0


class Gone(Exception):
    """The sender hung up before the body was complete."""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The body. Raises ``Refused`` (413 ``body.too_large``, 408 ``body.too_slow``) or ``Gone``.

    An order mostly arrives in one part with its headers; only what comes in several is timed, because a timer is not cheap.
    """
    if _announced(scope) > limit:
        raise _too_large(limit)
    first, more = await _part(receive)
    if len(first) > limit:
        raise _too_large(limit)
    return await _with_the_rest(first, receive, limit) if more else first


async def _with_the_rest(first: bytes, receive: Receive, limit: int) -> bytes:
    parts, size, more = [first], len(first), True
    try:
        async with asyncio.timeout(MOST_SECONDS):
            while more:
                part, more = await _part(receive)
                size += len(part)
                if size > limit:
                    raise _too_large(limit)
                parts.append(part)
    except TimeoutError:
        raise Refused(408, Problem("body.too_slow", fields={"seconds": int(MOST_SECONDS)}), {"Connection": "close"}) from None
    return b"".join(parts)


async def _part(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] != "http.request":
        raise Gone
    return message.get("body", b""), message.get("more_body", False)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _too_large(limit: int) -> Refused:
    return Refused(413, Problem("body.too_large", fields={"limit": limit}))
