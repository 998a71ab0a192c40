"""Smaller answers for those who understand them: an ASGI middleware for pages and API, and files packed once.

Not for hooks, whose answers are a few bytes. A streamed answer (events) passes as it comes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

import zstandard
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

SMALL: Final = 860  # bytes: fewer fit into one packet anyway
_LEVEL: Final = 7
_ZSTD_LEVEL: Final = 9
"""A fifth smaller than gzip, in half the time."""
_LARGE, _LARGE_LEVEL = 64 * 1024, 15
"""Of so many bytes on, which few answers have (the canvas): a fifteenth smaller still, for some 6 ms."""
THOROUGH: Final = 22
"""For what is packed at the start, some 80 ms for the largest."""
_WAYS: Final = ("zstd", "gzip")
_WRITTEN: Final = ("text/html", "application/json", "application/problem+json", "application/vnd.oai.openapi+json")


def compressed(app: ASGIApp) -> ASGIApp:
    """Middleware: compresses whole answers of text from ``SMALL`` bytes on."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        wish = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        encoding = best_of(_WAYS, wish.decode("latin-1"))
        await app(scope, receive, Compressing(send, encoding) if encoding != "identity" else send)

    return middleware


class Compressing:
    """A ``send`` that holds the start of a written answer back until its body is there; anything else passes at once."""

    def __init__(self, send: Send, encoding: str) -> None:
        self._send, self._encoding = send, encoding
        self._start: HTTPResponseStartEvent | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_written(Headers(message["headers"])):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if message["type"] == "http.response.body":
                message["body"] = _fitted(start, message["body"], self._encoding, whole=not message.get("more_body"))
            await self._send(start)
        await self._send(message)


def accepts(wish: str, encoding: str) -> bool:
    """Whether an ``Accept-Encoding`` header allows the encoding (RFC 9110, 12.5.3)."""
    weights = [one.replace(" ", "").partition(";q=") for one in wish.lower().split(",")]
    named = {name: weight.strip("0.") != "" if weight else True for name, _, weight in weights}
    return named.get(encoding, named.get("*", False))


def best_of(contents: Iterable[str], wish: str) -> str:
    """The first encoding that the header allows, else ``identity``."""
    return next((encoding for encoding in contents if encoding != "identity" and accepts(wish, encoding)), "identity")


def packed(content: bytes, level: int = THOROUGH) -> dict[str, bytes]:
    """A content in every encoding that makes it smaller, smallest first, and plain. Slow and thorough: for what is kept."""
    ways = {"zstd": zstandard.ZstdCompressor(level=level).compress(content), "gzip": gzipped(content, 9), "identity": content}
    fitting = {name: way for name, way in ways.items() if name == "identity" or len(way) < len(content) >= SMALL}
    return dict(sorted(fitting.items(), key=lambda pair: len(pair[1])))


def gzipped(content: bytes, level: int = _LEVEL) -> bytes:
    """The same bytes for the same content: no time in the header."""
    packer = zlib.compressobj(level, wbits=31)
    return packer.compress(content) + packer.flush()


def _is_written(headers: Headers) -> bool:
    return "content-encoding" not in headers and headers.get("content-type", "").startswith(_WRITTEN)


def _fitted(start: HTTPResponseStartEvent, body: bytes, encoding: str, *, whole: bool) -> bytes:
    headers = MutableScopeHeaders(start)
    headers.extend_header_value("vary", "Accept-Encoding")
    if not whole or len(body) < SMALL:
        return body
    level = _ZSTD_LEVEL if len(body) < _LARGE else _LARGE_LEVEL
    small = gzipped(body) if encoding == "gzip" else zstandard.ZstdCompressor(level=level).compress(body)
    headers["Content-Encoding"] = encoding
    headers["Content-Length"] = str(len(small))
    return small
