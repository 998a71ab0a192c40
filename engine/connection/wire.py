"""One request and its answer over a pooled connection of aiohttp.

aiohttp's connector, resolver, TLS and parser do the work; its session, request and response objects are left out. They serve cookies,
proxies, uploads and streams, which no call here has, and made up two thirds of what a call costs (docs/performance.md).
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import ceil
from typing import Final, NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest, ConnectionKey
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from engine.connection.http import HttpRequest, HttpResponse

_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
"""Where a message ends is said by us alone: two opinions about it would be a way to smuggle a second request."""
_NO_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REMEMBERED: Final = 2048
AT_HAND: Final = 1.0
"""Seconds."""


class TooLarge(Exception):
    """The answer's body is larger than was allowed."""


@dataclass(slots=True)
class Sending:
    """How far an exchange got: ``begun`` once a byte may have left, ``expired`` once its time was over."""

    begun: bool = False
    expired: bool = False


class _Peer(ClientRequest):
    """What the connector wants to know of a host: in aiohttp's own words, a request to it. Its key is worked out once."""

    @cached_property
    def connection_key(self) -> ConnectionKey:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().connection_key


@dataclass(slots=True)
class _Host:
    """``at_hand``: connections that were used a moment ago, the last one last; ``waiting``: calls that the connector is to find one for."""

    peer: _Peer
    at_hand: list[Connection] = field(default_factory=list[Connection])
    waiting: int = 0


class Wire:
    """``per_host``: connections to one host at a time. Belongs to the event loop that it is made in.

    What was used a moment ago is taken again without the connector, which gets it back within a second, or at once where somebody waits.
    """

    def __init__(self, resolver: AbstractResolver, per_host: int) -> None:
        self._connector = aiohttp.TCPConnector(limit=0, limit_per_host=per_host, resolver=resolver, ttl_dns_cache=30)
        self._loop = asyncio.get_running_loop()
        self._hosts: dict[tuple[str, str | None, int | None], _Host] = {}
        self._returning: asyncio.TimerHandle | None = None

    async def close(self) -> None:
        self._return_all()
        await self._connector.close()

    async def exchange(self, request: HttpRequest, url: URL, seconds: float, most: int, sending: Sending) -> HttpResponse:
        """The answer with a body of at most ``most`` bytes, within ``seconds``.

        Raises ``TimeoutError``, ``TooLarge``, ``aiohttp.ClientError``, ``OSError`` or ``ValueError``. A connection that the other side
        closed while it lay idle is noticed only now: where a request may be repeated, it is, once.
        """
        until = self._loop.time() + seconds
        try:
            return await self._once(request, url, until, most, sending)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if request.method.upper() not in _REPEATABLE or isinstance(error, aiohttp.ClientConnectorError):
                raise
        return await self._once(request, url, until, most, sending)

    async def _once(self, request: HttpRequest, url: URL, until: float, most: int, sending: Sending) -> HttpResponse:
        """A connection takes its time by aiohttp; the talk on it is ended by a timer, which costs less than a timeout around all."""
        host = self._hosts.get((url.scheme, url.raw_host, url.port)) or self._meet(url)
        message = head_of(request, url.raw_path_qs, host.peer.headers["Host"]) + request.body
        connection = _usable(host.at_hand) or await self._connect(host, until)
        timer = self._loop.call_at(until, _expire, connection, sending)
        try:
            answer = await _talk(connection, request.method.upper(), message, most, sending)
        except Exception:
            connection.close()
            if sending.expired:
                raise TimeoutError from None
            raise
        except BaseException:
            connection.close()
            raise
        finally:
            timer.cancel()
        self._give_back(host, connection)
        if sending.expired:  # a body without a length seems whole when its connection ends
            raise TimeoutError
        return answer

    async def _connect(self, host: _Host, until: float) -> Connection:
        """A connection on which nothing was said that nobody asked for."""
        host.waiting += 1
        try:
            while True:
                connection = await self._connector.connect(host.peer, [], _limit(until - self._loop.time()))
                if _is_usable(connection):
                    return connection
                connection.close()
        finally:
            host.waiting -= 1

    def _give_back(self, host: _Host, connection: Connection) -> None:
        if host.waiting or not _is_usable(connection):
            connection.release()
            return
        host.at_hand.append(connection)
        if self._returning is None:
            self._returning = self._loop.call_later(AT_HAND, self._return_all)

    def _return_all(self) -> None:
        """Whoever closes what lies idle is the connector."""
        if self._returning is not None:
            self._returning.cancel()
            self._returning = None
        for host in self._hosts.values():
            while host.at_hand:
                host.at_hand.pop().release()

    def _meet(self, url: URL) -> _Host:
        if len(self._hosts) >= _REMEMBERED:
            self._return_all()
            self._hosts.clear()
        made = _Host(_Peer("GET", url.origin(), loop=self._loop))
        self._hosts[url.scheme, url.raw_host, url.port] = made
        return made


def _usable(at_hand: list[Connection]) -> Connection | None:
    while at_hand:
        connection = at_hand.pop()
        if _is_usable(connection):
            return connection
        connection.close()
    return None


def _is_usable(connection: Connection) -> bool:
    protocol = connection.protocol
    return protocol is not None and protocol.is_connected() and not protocol.should_close


def _expire(connection: Connection, sending: Sending) -> None:
    sending.expired = True
    if connection.transport is not None:
        connection.transport.abort()


def _limit(seconds: float) -> aiohttp.ClientTimeout:
    return _limit_of(max(1, ceil(seconds)) if seconds >= 1 else max(0.001, ceil(seconds * 1000) / 1000))


@lru_cache(maxsize=1024)
def _limit_of(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=seconds)


async def _talk(connection: Connection, method: str, message: bytes, most: int, sending: Sending) -> HttpResponse:
    protocol = connection.protocol
    if protocol is None or protocol.transport is None:
        raise aiohttp.ServerDisconnectedError
    _expect(protocol, is_head=method == "HEAD")
    sending.begun = True
    protocol.transport.write(message)
    try:
        answer, stream = await protocol.read()
        while 100 <= answer.code < 200 and answer.code != 101:
            answer, stream = await protocol.read()
    except HttpProcessingError:
        raise aiohttp.ClientPayloadError from None
    body = await _body(stream, most)
    return HttpResponse(answer.code, {name.lower(): value for name, value in answer.headers.items()}, body)


def _expect(protocol: ResponseHandler, *, is_head: bool) -> None:
    """The parser of the last answer reads the next one, unless bodies are to be left out: making one takes as long as parsing."""
    if is_head or protocol._skip_payload or protocol._parser is None:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        protocol.set_response_params(skip_payload=is_head, read_until_eof=True)


async def _body(stream: aiohttp.StreamReader, most: int) -> bytes:
    body = await stream.readany()
    if stream.at_eof():
        pieces = [body]
    else:
        pieces, size = [body], len(body)
        while piece := await stream.readany():
            pieces.append(piece)
            size += len(piece)
            if size > most:
                break
    if sum(map(len, pieces)) > most:
        raise TooLarge
    return b"".join(pieces)


def head_of(request: HttpRequest, path: str, host: str) -> bytes:
    """The request line and the headers. Raises ``ValueError`` for a word that is no method, a name that is none, or a line break."""
    frame = _frame(request.method, tuple(request.headers), host, has_body=bool(request.body))
    said = [value for name, value in request.headers.items() if name not in frame.left_out] if frame.left_out else request.headers.values()
    head = frame.text % ((path, *said, len(request.body)) if frame.tells_length else (path, *said))
    if head.count("\n") != frame.lines or head.count("\r") != frame.lines or "\0" in head:
        raise ValueError("a line break in a header")
    return head.encode()


class _Frame(NamedTuple):
    """A head with gaps for what differs between requests of one kind: the path, the values of its headers but those ``left_out``, and the
    length of the body where it ``tells_length``; how many lines it has.
    """

    text: str
    lines: int
    left_out: frozenset[str]
    tells_length: bool


@lru_cache(maxsize=1024)
def _frame(method: str, names: tuple[str, ...], host: str, *, has_body: bool) -> _Frame:
    own = {"host": host, "user-agent": "Orderloom"}
    left_out = frozenset(name for name in names if _token(name).lower() in _FRAMING)
    lines = [f"{_plain(_token(method).upper())} %s HTTP/1.1"]
    for name in names:
        if name not in left_out:
            own.pop(name.lower(), None)
            lines.append(f"{_plain(name)}: %s")
    lines += [f"{name}: {_plain(value)}" for name, value in own.items()]
    tells_length = has_body or method.upper() not in _NO_BODY
    if tells_length:
        lines.append("content-length: %d")
    return _Frame("\r\n".join([*lines, "", ""]), len(lines) + 1, left_out, tells_length)


def _plain(text: str) -> str:
    """As it stands, in a text with gaps."""
    return text.replace("%", "%%")


def _token(word: str) -> str:
    """A method or a name (RFC 9110, 5.6.2)."""
    if not _TOKEN.fullmatch(word):
        raise ValueError("no token")
    return word
