"""NATS JetStream by nats-py: a durable pull consumer, so that the server sends no more than is asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any, Final

from nats.aio.client import Client as NatsClient
from nats.aio.msg import Msg
from nats.errors import AuthorizationError, Error
from nats.errors import TimeoutError as NothingCame
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo
from nats.js.errors import NotFoundError

from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.servers import CONNECT_WITHIN, Nats, lost, reaching, tls_of
from engine.node.triggers import Delivery

_ASK_FOR: Final = 5.0
_LOOK_EVERY: Final = 4.0
"""Seconds, at least, between two looks whether the consumer is still there: with a stream that is deleted it just falls silent."""
_CLOSE_WITHIN: Final = 2.0
_AGAIN_AFTER: Final = 10.0
"""Seconds after which the server sends again what was neither acknowledged nor renewed, of a consumer that we make."""
_RENEWED: Final = 4
"""Times within these seconds that what is being worked on is renewed."""
_LATE: Final = 1.0
"""Seconds by which the server may be late with that."""

log = logging.getLogger("orderloom.sources")


@asynccontextmanager
async def client(
    server: Nats, guard: AddressGuard, stream: str = "", subject: str = "", durable: str = "", prefetch: int = 1
) -> AsyncGenerator[NatsInbox | None]:
    """Without a stream it is only tried. It never reconnects: other members of a cluster would be addresses that nobody checked.

    Raises ``CallFailed``: ``server.no_place``.
    """
    inbox, connection, reached = None, NatsClient(), False
    try:
        with reaching(server, AuthorizationError):
            await _connect(server, guard, connection)
        reached = True
        inbox = await _opened(server, connection, stream, subject, durable, prefetch) if stream else None
        if inbox is None:
            yield None
        else:
            async with inbox.begun():
                yield inbox
    finally:
        with suppress(Error, OSError, TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN):
                if inbox is not None:
                    await inbox.give_back()
                if reached:  # after a handshake that failed it would wait for ever
                    await connection.close()
        _abort(connection)


def _abort(connection: Any) -> None:
    """The client leaves the socket of a handshake that failed to the collector."""
    writer = getattr(getattr(connection, "_transport", None), "_bare_io_writer", None)
    if writer is not None:
        writer.transport.abort()


class NatsInbox:
    def __init__(self, server: Nats, connection: Any, pull: Any, most: int) -> None:
        self._server, self._connection, self._pull, self._most = server, connection, pull, most
        self._last: list[Msg] = []
        self._looked = monotonic()

    @asynccontextmanager
    async def begun(self) -> AsyncGenerator[None]:
        """What somebody before us did not acknowledge is due, and what is worked on is renewed for as long as the block lasts."""
        info = await self._info()
        times = [info.config.ack_wait or _AGAIN_AFTER, *(info.config.backoff or ())]
        await self._wait_for_old(info, max(times) + _LATE)
        renewing = asyncio.create_task(self._renew(min(times) / _RENEWED))
        try:
            yield
        finally:
            renewing.cancel()

    async def next(self) -> Sequence[Delivery]:
        while not (found := await self._fetched()):
            await self._still_there()
        self._last = found
        return [Delivery(one.data, {"message-id": _name(one)}) for one in found]

    async def _fetched(self) -> list[Msg]:
        """None where none came within the time, or the server refuses us: the library tells both in several ways."""
        try:
            return await self._pull.fetch(self._most, timeout=_ASK_FOR)
        except (NothingCame, TimeoutError):
            return []
        except (Error, OSError) as error:
            raise lost(self._server) from error

    async def _still_there(self) -> None:
        """Whether the server still has our consumer. Soon after the last look it rests first: a server that refuses us does so at once."""
        if self._connection.is_closed or not self._connection.is_connected:
            raise lost(self._server)
        await asyncio.sleep(max(0.0, self._looked + _LOOK_EVERY - monotonic()))
        await self._info()
        self._looked = monotonic()

    async def _wait_for_old(self, info: ConsumerInfo, seconds: float) -> None:
        """Newer ones of the same order must not overtake them, and the server does not say when they are due: at the latest then."""
        if info.num_ack_pending:
            about = {"stream": info.stream_name, "messages": info.num_ack_pending, "seconds": seconds}
            log.info("waits for messages that come again", extra=about)
        until = monotonic() + seconds
        while info.num_ack_pending and (rest := until - monotonic()) > 0:
            await asyncio.sleep(min(rest, 1.0))
            info = await self._info()

    async def _renew(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            with suppress(Error, OSError):  # a connection that is lost is noticed where it is read
                for one in self._last:
                    await one.in_progress()

    async def _info(self) -> ConsumerInfo:
        """The server's word on our consumer. Raises ``CallFailed`` (``server.lost``) where there is none."""
        try:
            return await self._pull.consumer_info()
        except (Error, OSError):
            raise lost(self._server) from None

    async def acknowledge(self) -> None:
        for one in self._last:
            await one.ack()
        self._last = []
        await self._connection.flush()

    async def give_back(self) -> None:
        """What was not acknowledged shall not have to wait for its time."""
        if self._connection.is_connected:
            for one in self._last:
                await one.nak()


async def _connect(server: Nats, guard: AddressGuard, connection: Any) -> None:
    """Once: the library would try for ever to reach a server where nobody listens."""
    under_way = True

    async def tell(error: Exception) -> None:
        """Later on, what goes wrong is raised where it is awaited."""
        if under_way:
            raise error

    address = (await guard.resolve(server.host, server.effective_port))[0]
    shown = f"[{address}]" if ":" in address else address
    await connection.connect(
        f"{'tls' if server.tls == 'tls' else 'nats'}://{shown}:{server.effective_port}",
        allow_reconnect=False,
        connect_timeout=CONNECT_WITHIN,
        error_cb=tell,
        max_reconnect_attempts=0,
        **_login(server),
    )
    under_way = False


async def _opened(server: Nats, connection: Any, stream: str, subject: str, durable: str, prefetch: int) -> NatsInbox:
    config = ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, ack_wait=_AGAIN_AFTER, max_ack_pending=prefetch)
    try:
        pull = await connection.jetstream().pull_subscribe(subject, durable=durable, stream=stream, config=config)
    except NotFoundError:
        raise CallFailed("server.no_place", retriable=True, maybe_sent=False, name=stream, host=server.host) from None
    return NatsInbox(server, connection, pull, prefetch)


def _login(server: Nats) -> dict[str, Any]:
    tls = tls_of(server)
    encrypted: dict[str, Any] = {} if tls is None else {"tls": tls, "tls_hostname": server.host}
    if server.user is None:
        return {**encrypted, "token": server.password}
    return {**encrypted, "user": server.user, "password": server.password}


def _name(message: Msg) -> str:
    """The sender's own id where it gave one (``Nats-Msg-Id``), else the place in the stream."""
    own = (message.headers or {}).get("Nats-Msg-Id")
    return own or f"{message.metadata.stream}:{message.metadata.sequence.stream}"
