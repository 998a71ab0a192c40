"""Redis streams by redis-py: one consumer of a group; what it has read and not acknowledged it reads again after a start."""

from __future__ import annotations

import asyncio
import builtins
import ssl
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, cast

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ConnectionError, NoPermissionError, ResponseError, TimeoutError  # noqa: A004 - as they call them

from engine.connection import servers
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.servers import CONNECT_WITHIN, lost, reaching, tls_of
from engine.json_text import write_json
from engine.node.triggers import Delivery

_BLOCK_MS: Final = 2000
_CONSUMER: Final = "orderloom"
Entry = tuple[bytes, dict[bytes, bytes] | None]


class _Encrypted(Connection):
    """A connection to an address that was checked, with the certificate of the host's name."""

    def __init__(self, *, tls: ssl.SSLContext, name: str, **more: Any) -> None:
        super().__init__(**more)  # pyright: ignore[reportUnknownMemberType]
        self._tls = {"ssl": tls, "server_hostname": name}

    def _connection_arguments(self) -> dict[str, Any]:
        own = cast("dict[str, Any]", super()._connection_arguments())  # pyright: ignore[reportUnknownMemberType]
        return {**own, **self._tls}

    async def disconnect(self, *given: Any, **more: Any) -> None:
        """Without the farewell of TLS: a server that we have asked to wait for entries does not answer it meanwhile."""
        writer: Any = getattr(self, "_writer", None)
        if writer is not None:
            writer.transport.abort()
        await super().disconnect(*given, **more)


@asynccontextmanager
async def client(
    server: servers.Redis, guard: AddressGuard, stream: str = "", group: str = "", field: str | None = None, prefetch: int = 1
) -> AsyncGenerator[RedisInbox | None]:
    """Without a stream it is only tried. A stream and a group that do not exist yet are made."""
    with reaching(server, AuthenticationError, NoPermissionError):
        address = (await guard.resolve(server.host, server.effective_port))[0]
    tls = tls_of(server)
    encrypted: dict[str, Any] = {} if tls is None else {"tls": tls, "name": server.host}
    pool = ConnectionPool(
        connection_class=Connection if tls is None else _Encrypted,
        host=address,
        port=server.effective_port,
        db=server.database,
        username=server.user,
        password=server.password,
        socket_connect_timeout=CONNECT_WITHIN,
        retry=Retry(NoBackoff(), 0),  # an answer that was lost holds entries, which only a new beginning reads again
        **encrypted,
    )
    async with Redis(connection_pool=pool) as redis:
        try:
            with reaching(server, AuthenticationError, NoPermissionError):
                await _greet(redis)
            if not stream:
                yield None
                return
            inbox = RedisInbox(server, redis, stream, group, field, prefetch)
            await inbox.begin()
            yield inbox
        finally:
            await pool.aclose()


async def _greet(redis: Any) -> None:
    """Raises Python's own ``TimeoutError`` where no answer comes."""
    try:
        async with asyncio.timeout(CONNECT_WITHIN):
            await redis.ping()
    except TimeoutError:
        raise builtins.TimeoutError from None


class RedisInbox:
    def __init__(self, server: servers.Redis, redis: Redis, stream: str, group: str, field: str | None, most: int) -> None:
        self._server, self._stream, self._group, self._field, self._most = server, stream, group, field, most
        self._redis: Any = redis
        self._after: str | bytes = b"0"
        self._last: list[bytes] = []

    async def begin(self) -> None:
        with self._in_use():
            try:
                await self._redis.xgroup_create(self._stream, self._group, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    async def next(self) -> Sequence[Delivery]:
        """First what was read before and not acknowledged, then what is new."""
        while True:
            entries = await self._read()
            if entries:
                self._last = [name for name, _ in entries]
                kept = [(name, fields) for name, fields in entries if fields is not None]  # ``None``: deleted from the stream meanwhile
                if kept:
                    return [self._delivery(name, fields) for name, fields in kept]
                await self.acknowledge()

    async def acknowledge(self) -> None:
        with self._in_use():
            await self._redis.xack(self._stream, self._group, *self._last)

    async def _read(self) -> list[Entry]:
        block = _BLOCK_MS if self._after == b">" else None
        with self._in_use():
            found: Any = await self._redis.xreadgroup(self._group, _CONSUMER, {self._stream: self._after}, count=self._most, block=block)
        streams: list[Any] = [entries for _, entries in (found.items() if hasattr(found, "items") else found or ())]
        entries = cast("list[Entry]", streams[0] if streams else [])
        if self._after != b">":
            self._after = entries[-1][0] if entries else b">"
        return entries

    @contextmanager
    def _in_use(self) -> Generator[None]:
        try:
            yield
        except (OSError, ConnectionError, TimeoutError) as error:
            raise lost(self._server) from error
        except ResponseError as error:
            raise self._refused(error) from None

    def _refused(self, error: ResponseError) -> CallFailed:
        """A stream or group that was deleted is made again at the next attempt."""
        told = str(error)
        if told.startswith(("NOGROUP", "UNBLOCKED")):
            return lost(self._server)
        if isinstance(error, NoPermissionError) or told.startswith("WRONGTYPE"):
            return CallFailed("server.no_place", retriable=True, maybe_sent=False, host=self._server.host, name=self._stream)
        return CallFailed("server.refused", retriable=True, maybe_sent=False, host=self._server.host, name=self._stream)

    def _delivery(self, name: bytes, fields: dict[bytes, bytes]) -> Delivery:
        """The body is the named field, or all of them as an object of texts."""
        if self._field is not None and self._field.encode() in fields:
            body = fields[self._field.encode()]
        else:
            body = write_json({key.decode("utf-8", "replace"): value.decode("utf-8", "replace") for key, value in fields.items()})
        return Delivery(body, {"message-id": name.decode()})
