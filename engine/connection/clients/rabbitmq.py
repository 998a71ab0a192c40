"""RabbitMQ by aiormq: one channel, one consumer, at most ``prefetch`` messages on the way to us or not acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote

from aiormq import Connection
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.connection import TransportFactory
from aiormq.exceptions import AuthenticationError, ChannelNotFoundEntity, ProbableAuthenticationError
from yarl import URL

from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.servers import CONNECT_WITHIN, RabbitMq, lost, reaching, tls_of
from engine.connection.sockets import open_socket
from engine.node.triggers import Delivery

_ASK_AFTER: Final = 5.0
"""Seconds of silence after which the queue and our consumer are asked for: with a queue that is deleted a server just falls silent."""


@asynccontextmanager
async def client(server: RabbitMq, guard: AddressGuard, queue: str = "", prefetch: int = 1) -> AsyncGenerator[RabbitInbox | None]:
    """Without a queue it is only tried. Raises ``CallFailed``: ``server.no_place`` where there is no such queue."""
    way = _Way(server, guard)
    connection: Any = Connection(_url(server), transport_factory=way)
    try:
        with reaching(server, AuthenticationError, ProbableAuthenticationError):
            async with asyncio.timeout(CONNECT_WITHIN):
                await connection.connect()
        inbox = RabbitInbox(server, await connection.channel(publisher_confirms=False), queue, prefetch) if queue else None
        if inbox is not None:
            await inbox.begin()
        yield inbox
    finally:
        await connection.close()
        way.close()


class RabbitInbox:
    def __init__(self, server: RabbitMq, channel: AbstractChannel, queue: str, prefetch: int) -> None:
        self._server, self._queue, self._most = server, queue, prefetch
        self._channel: Any = channel
        self._arrived: asyncio.Queue[DeliveredMessage | None] = asyncio.Queue()
        self._last = 0
        self._consumer = ""

    async def begin(self) -> None:
        self._channel.closing.add_done_callback(self._gone)
        await self._ask()
        await self._channel.basic_qos(prefetch_count=self._most)
        self._consumer = (await self._channel.basic_consume(self._queue, self._arrived.put)).consumer_tag

    async def next(self) -> Sequence[Delivery]:
        found = [await self._first()]
        while len(found) < self._most and not self._arrived.empty():
            found.append(self._still_there(self._arrived.get_nowait()))
        self._last = found[-1].delivery_tag or 0
        return [_delivery(one) for one in found]

    async def acknowledge(self) -> None:
        """The last one stands for all before it."""
        await self._channel.basic_ack(self._last, multiple=True)

    async def _first(self) -> DeliveredMessage:
        while True:
            try:
                return self._still_there(await asyncio.wait_for(self._arrived.get(), _ASK_AFTER))
            except TimeoutError:
                await self._ask()
                self._still_consumed()

    async def _ask(self) -> None:
        try:
            await self._channel.queue_declare(self._queue, passive=True)
        except ChannelNotFoundEntity:
            raise CallFailed("server.no_place", retriable=True, maybe_sent=False, name=self._queue, host=self._server.host) from None

    def _still_consumed(self) -> None:
        """A queue that was deleted and made again has none of us: the server cancelled it, and the library only forgets it then."""
        if self._consumer not in self._channel.consumers:
            raise lost(self._server)

    def _gone(self, _: object) -> None:
        self._arrived.put_nowait(None)

    def _still_there(self, message: DeliveredMessage | None) -> DeliveredMessage:
        if message is None:
            raise lost(self._server)
        return message


class _Way(TransportFactory):
    """Connects to an address that was checked, with the certificate of the host's name."""

    def __init__(self, server: RabbitMq, guard: AddressGuard) -> None:
        self._server, self._guard = server, guard
        self._writer: asyncio.StreamWriter | None = None

    async def create(self, url: URL, **kwargs: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        del url, kwargs
        server, port = self._server, self._server.effective_port
        sock = await open_socket(await self._guard.resolve(server.host, port), port)
        tls = tls_of(server)
        named: dict[str, Any] = {} if tls is None else {"ssl": tls, "server_hostname": server.host}
        reader, self._writer = await asyncio.open_connection(sock=sock, **named)
        return reader, self._writer

    def close(self) -> None:
        """The library leaves it open where the greeting fails."""
        if self._writer is not None:
            self._writer.close()


def _delivery(message: DeliveredMessage) -> Delivery:
    name = message.header.properties.message_id
    return Delivery(message.body, {"message-id": str(name)} if name else {})


def _url(server: RabbitMq) -> URL:
    scheme, login = "amqps" if server.tls == "tls" else "amqp", (server.user or "guest", server.password or "guest")
    user, password = (quote(one, safe="") for one in login)
    return URL(
        f"{scheme}://{user}:{password}@{server.host}:{server.effective_port}/{quote(server.vhost, safe='')}?heartbeat=30", encoded=True
    )
