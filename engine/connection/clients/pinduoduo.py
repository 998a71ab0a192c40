"""Pinduoduo's message service (PMC): a WebSocket over which the platform says which order has changed.

The path proves who we are: client id, milliseconds, base64(md5 in hex(client id + milliseconds + secret)). A message is
``{"id", "commandType": "Common", "sendTime", "message": {"type", "mallID", "content"}}``; one that is not answered by an ``Ack``
comes again. Both sides send a ``HeartBeat`` every few seconds. Source: the platform's own SDK (``WsClient``), and public ones that agree
with it: lywzx/pdd-node-sdk, whalesky-labs/pdd-sdk-php.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, cast

import aiohttp
from yarl import URL

from engine.connection.channels import Pinduoduo
from engine.connection.failures import CallFailed, reason_of
from engine.connection.guard import AddressGuard
from engine.connection.resolver import GuardedResolver
from engine.connection.servers import CONNECT_WITHIN
from engine.errors import InputInvalid
from engine.json_text import read_json, write_json
from engine.node.triggers import Delivery

BEAT: Final = 5.0
SILENCE: Final = 180.0
"""Seconds without any word of the platform's after which the connection counts as lost; its own SDK waits as long."""
LARGEST: Final = 1024 * 1024
Message = dict[str, Any]


@asynccontextmanager
async def client(
    shop: Pinduoduo, guard: AddressGuard, prefetch: int = 20, beat: float = BEAT, silence: float = SILENCE
) -> AsyncGenerator[PinduoduoInbox]:
    """Raises ``CallFailed``: ``server.login``, ``server.timeout``, ``server.unreachable``, ``address.refused``."""
    async with _session(guard) as session:
        socket = await _connected(session, guard, shop)
        inbox = PinduoduoInbox(shop, socket, prefetch)
        working = [asyncio.create_task(inbox.read()), asyncio.create_task(inbox.beat(beat, silence))]
        try:
            yield inbox
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            await socket.close()


class PinduoduoInbox:
    """Messages as they were sent, each under its id; ``HeartBeat`` and ``Ack`` of the platform's stay here."""

    def __init__(self, shop: Pinduoduo, socket: aiohttp.ClientWebSocketResponse, most: int) -> None:
        self._shop, self._socket, self._most = shop, socket, most
        self._come: asyncio.Queue[Message | None] = asyncio.Queue(most)
        self._last: list[Message] = []
        self._heard = time.monotonic()

    async def next(self) -> Sequence[Delivery]:
        first = await self._come.get()
        found = [first]
        while len(found) < self._most and not self._come.empty():
            found.append(self._come.get_nowait())
        self._last = [one for one in found if one is not None]
        if not self._last:
            raise _lost(self._shop)
        if len(self._last) < len(found):
            self._come.put_nowait(None)
        return [Delivery(write_json(one), {"message-id": str(one.get("id", ""))}) for one in self._last]

    async def acknowledge(self) -> None:
        """Raises ``CallFailed`` (``server.lost``): then they come again."""
        for one in self._last:
            await self._send(_receipt(one))
        self._last = []

    async def read(self) -> None:
        """Until the connection is gone. Waits while more have come than were asked for."""
        async for frame in self._socket:
            self._heard = time.monotonic()
            message = _message_in(frame)
            if message is not None:
                await self._come.put(message)
        await self._come.put(None)

    async def beat(self, every: float, silence: float) -> None:
        """Ends the connection where the platform says nothing for too long."""
        with suppress(CallFailed):
            while time.monotonic() - self._heard < silence:
                await self._send({"commandType": "HeartBeat", "time": _now()})
                await asyncio.sleep(every)
        await self._socket.close()

    async def _send(self, frame: Message) -> None:
        try:
            await self._socket.send_str(write_json(frame).decode())
        except (ConnectionError, aiohttp.ClientError) as error:
            raise _lost(self._shop) from error


def path_of(client_id: str, secret: str, milliseconds: int) -> str:
    """The path that logs in, percent-encoded."""
    proof = hashlib.md5(f"{client_id}{milliseconds}{secret}".encode(), usedforsecurity=False).hexdigest()
    return f"/message/{client_id}/{milliseconds}/{base64.b64encode(proof.encode()).decode().replace('=', '%3D')}"


def _session(guard: AddressGuard) -> aiohttp.ClientSession:
    """Without cookies, and without redirects: those would lead to addresses that nobody checked."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_no_redirect)
    connector = aiohttp.TCPConnector(resolver=GuardedResolver(guard))
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[trace])


async def _no_redirect(session: aiohttp.ClientSession, context: Any, params: aiohttp.TraceRequestRedirectParams) -> None:
    del session, context
    raise CallFailed("http.redirect", retriable=False, maybe_sent=False, host=params.url.raw_host, reason="a message service that moved")


async def _connected(session: aiohttp.ClientSession, guard: AddressGuard, shop: Pinduoduo) -> aiohttp.ClientWebSocketResponse:
    base = guard.check_url(shop.messages_address)
    url = URL(f"{str(base).rstrip('/')}{path_of(shop.client_id, shop.secret.get_secret_value(), _now())}", encoded=True)
    try:
        async with asyncio.timeout(CONNECT_WITHIN):
            return await session.ws_connect(url, max_msg_size=LARGEST)
    except aiohttp.WSServerHandshakeError as error:
        raise _failed("server.login" if error.status in (400, 401, 403) else "server.unreachable", base, reason=str(error.status)) from None
    except TimeoutError as error:
        raise _failed("server.timeout", base, **reason_of(error)) from None
    except (aiohttp.ClientError, OSError) as error:
        raise _failed("server.unreachable", base, **reason_of(error)) from None


def _failed(code: str, url: URL, **why: Any) -> CallFailed:
    return CallFailed(code, retriable=True, maybe_sent=False, host=url.raw_host, port=url.port, **why)


def _message_in(frame: aiohttp.WSMessage) -> Message | None:
    """What is to be taken; ``None`` for signs of life and for what is no message."""
    if frame.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
        return None
    try:
        found: Any = read_json(frame.data)
    except InputInvalid:
        return None
    return cast("Message", found) if isinstance(found, dict) and "message" in found else None


def _receipt(one: Message) -> Message:
    inside: Any = one["message"]
    about: Message = cast("Message", inside) if isinstance(inside, dict) else {}
    named = {"id": one.get("id"), "sendTime": one.get("sendTime"), "type": about.get("type"), "mallID": about.get("mallID")}
    return {"commandType": "Ack", "time": _now(), **named}


def _now() -> int:
    return int(time.time() * 1000)


def _lost(shop: Pinduoduo) -> CallFailed:
    return CallFailed("server.lost", retriable=True, maybe_sent=False, host=URL(shop.messages_address).raw_host)
