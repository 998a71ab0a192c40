"""One request and its answer over a pooled connection of aiohttp.

aiohttp's connector, resolver and TLS find the connection; what is said on it is ours (``talk``). Its session, requests, responses and
streams are left out: they serve cookies, proxies and uploads, which no call here has, and made up most of what a call costs
(docs/performance.md).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import ceil
from typing import Final, NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_reqrep import ClientRequest, ConnectionKey
from aiohttp.connector import Connection
from yarl import URL

from engine.connection.failures import HUNG_UP, CallFailed, reason_of
from engine.connection.http import HttpRequest, HttpResponse, Sending, TooLarge
from engine.connection.talk import Talk

_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
"""Where a message ends is said by us alone: two opinions about it would be a way to smuggle a second request."""
_NO_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REMEMBERED: Final = 2048
AT_HAND: Final = 1.0
"""Seconds."""


class _Peer(ClientRequest):
    """What the connector wants to know of a host: in aiohttp's own words, a request to it. Its key is worked out once."""

    @cached_property
    def connection_key(self) -> ConnectionKey:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().connection_key


@dataclass(slots=True)
class _Host:
    """``at_hand``: connections that were used a moment ago, the last one last; ``waiting``: calls that the connector is to find one for."""

    peer: _Peer
    at_hand: list[Talk] = field(default_factory=list[Talk])
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

    def exchange(self, request: HttpRequest, url: URL, seconds: float, most: int, sending: Sending) -> Awaitable[HttpResponse]:
        """The answer with a body of at most ``most`` bytes, within ``seconds``.

        Raises ``TimeoutError``, ``TooLarge``, ``aiohttp.ClientError``, ``OSError`` or ``ValueError``. A connection that the other side
        closed while it lay idle is noticed only now: where a request may be repeated, it is, once.
        """
        until, method = self._loop.time() + seconds, request.method.upper()
        exchange = self._twice if method in _REPEATABLE else self._once
        return exchange(request, method, url, until, most, sending)

    async def _twice(self, request: HttpRequest, method: str, url: URL, until: float, most: int, sending: Sending) -> HttpResponse:
        try:
            return await self._once(request, method, url, until, most, sending)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise
        return await self._once(request, method, url, until, most, sending)

    async def _once(self, request: HttpRequest, method: str, url: URL, until: float, most: int, sending: Sending) -> HttpResponse:
        """A connection takes its time by aiohttp; the talk on it keeps its own."""
        host = self._hosts.get((url.scheme, url.raw_host, url.port)) or self._meet(url)
        message = head_of(request, url.raw_path_qs, host.peer.headers["Host"]) + request.body
        talk = _usable(host.at_hand) or await self._connect(host, until, most)
        sending.begun = True
        try:
            answer = await talk.ask(message, until, is_head=method == "HEAD")
        except BaseException:
            talk.close()
            raise
        self._give_back(host, talk)
        return answer

    async def _connect(self, host: _Host, until: float, most: int) -> Talk:
        """On a connection on which nothing was said that nobody asked for."""
        host.waiting += 1
        try:
            while True:
                connection = await self._connector.connect(host.peer, [], _limit(until - self._loop.time()))
                if _is_untouched(connection):
                    return Talk(connection, most)
                connection.close()
        finally:
            host.waiting -= 1

    def _give_back(self, host: _Host, talk: Talk) -> None:
        if host.waiting or talk.is_spoiled:
            talk.release()
            return
        host.at_hand.append(talk)
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

    @staticmethod
    def failed(error: Exception, url: URL, seconds: float, most: int, sending: Sending) -> Exception:
        """What ``exchange`` has raised, as ``CallFailed``; what is not foreseen as it is."""
        if isinstance(error, TimeoutError):
            return CallFailed("http.timeout", retriable=True, maybe_sent=sending.begun, host=url.raw_host, seconds=seconds)
        if isinstance(error, TooLarge):
            return CallFailed("http.too_large", retriable=False, maybe_sent=True, host=url.raw_host, limit=most)
        if isinstance(error, aiohttp.ClientError | OSError):  # a certificate that does not fit is a ValueError, too
            return _unreachable(error, url)
        if isinstance(error, ValueError):  # a line break in a header, a word that is no method
            return CallFailed("http.bad_request", retriable=False, maybe_sent=False, host=url.raw_host)
        return error

    def _meet(self, url: URL) -> _Host:
        if len(self._hosts) >= _REMEMBERED:
            self._return_all()
            self._hosts.clear()
        made = _Host(_Peer("GET", url.origin(), loop=self._loop))
        self._hosts[url.scheme, url.raw_host, url.port] = made
        return made


def _unreachable(error: Exception, url: URL) -> CallFailed:
    """The error's text is left out, as it may hold the URL."""
    maybe_sent = not isinstance(error, aiohttp.ClientConnectorError)
    why = HUNG_UP if isinstance(error, aiohttp.ServerDisconnectedError) else reason_of(error)
    return CallFailed("http.unreachable", retriable=True, maybe_sent=maybe_sent, host=url.raw_host, **why)


def _usable(at_hand: list[Talk]) -> Talk | None:
    while at_hand:
        talk = at_hand.pop()
        if talk.is_usable:
            return talk
        talk.close()
    return None


def _is_untouched(connection: Connection) -> bool:
    protocol = connection.protocol
    return protocol is not None and protocol.is_connected() and not protocol.should_close


def _limit(seconds: float) -> aiohttp.ClientTimeout:
    return _limit_of(max(1, ceil(seconds)) if seconds >= 1 else max(0.001, ceil(seconds * 1000) / 1000))


@lru_cache(maxsize=1024)
def _limit_of(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=seconds)


def head_of(request: HttpRequest, path: str, host: str) -> bytes:
    """The request line and the headers. Raises ``ValueError`` for a word that is no method, a name that is none, or a line break."""
    frame = _frame(request.method, tuple(request.headers), host, bool(request.body))
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
def _frame(method: str, names: tuple[str, ...], host: str, has_body: bool, /) -> _Frame:
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
