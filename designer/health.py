"""Whether the service is up, and ready: said from the first moment on, before pages and API are made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from designer.hooks.answers import Refusal, refusal_of, send_refusal
from designer.problems import RETRY_AFTER_SECONDS, Refused, accepted_language
from engine.app import Orderloom
from engine.errors import OrderloomError, Problem
from engine.json_text import write_json

if TYPE_CHECKING:
    from litestar.types import Receive, Scope, Send

LIVE: Final = "/health/live"
READY: Final = "/health/ready"


async def require_ready(orderloom: Orderloom, closing: asyncio.Event) -> None:
    """The store answers and events are taken. Raises ``Refused`` with 503 otherwise, also while more wait than there is room for."""
    if closing.is_set():
        raise Refused(503, Problem("service.closing"))
    try:
        await orderloom.store.change_mark()
    except OrderloomError as error:
        raise Refused(503, error.problems[0]) from None
    try:
        orderloom.take_up.require_room()
    except OrderloomError as error:
        raise Refused(503, error.problems[0], {"Retry-After": str(RETRY_AFTER_SECONDS)}) from None


class EarlyHealth:
    """The two probes as a bare application, for as long as there is no other."""

    def __init__(self, orderloom: Orderloom, closing: asyncio.Event) -> None:
        self._orderloom, self._closing = orderloom, closing

    def takes(self, scope: Scope) -> bool:
        return scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in (LIVE, READY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        status = scope["path"].rpartition("/")[2]
        try:
            if status == "ready":
                await require_ready(self._orderloom, self._closing)
        except Refused as error:
            language = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
            await send_refusal(send, refusal_of(error, accepted_language(language.decode("latin-1"))))
            return
        body = write_json({"status": status})
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send_refusal(send, Refusal(200, headers, body))
