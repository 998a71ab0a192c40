"""What is said on one connection: a message goes out, its answer is put together as it comes.

Parsed by httptools, as the web server does. What is not the one answer that was asked for spoils the connection for a next one.
"""

from __future__ import annotations

import asyncio
from typing import Final

import aiohttp
from aiohttp.connector import Connection
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from engine.connection.http import HttpResponse, TooLarge
from engine.connection.unpacked import unpacked

MAX_HEAD: Final = 64 * 1024
"""Bytes of a status line with its headers."""
MAX_FRAMES: Final = 16
"""Bytes on the wire for one of a body: a chunk of one byte takes six."""
SOON: Final = 0.001
"""Seconds: a clock of the event loop goes in such steps."""
FINAL: Final = 200
"""Answers below this are interim, but for one."""
_SWITCHED: Final = 101


class Talk(asyncio.Protocol):
    """The talk on a connection of aiohttp's connector, for as long as it is held. ``most``: bytes of a body that is taken."""

    def __init__(self, connection: Connection, most: int) -> None:
        handler = connection.protocol
        if handler is None or handler.transport is None:
            raise aiohttp.ServerDisconnectedError
        self.connection, self._handler, self._transport, self._most = connection, handler, handler.transport, most
        self._answer: asyncio.Future[HttpResponse] | None = None
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._at_head = self._is_head = self.is_spoiled = False
        self._left = self._room = 0
        self._loop = asyncio.get_running_loop()
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._parser = self._make_parser()
        self._transport.set_protocol(self)

    @property
    def is_usable(self) -> bool:
        return not self.is_spoiled and not self._transport.is_closing()

    def ask(self, message: bytes, until: float, *, is_head: bool) -> asyncio.Future[HttpResponse]:
        """Sends a message; its answer, or why there is none: ``TimeoutError``, ``TooLarge`` or an ``aiohttp.ClientError``.

        One timer serves one talk after the other: making one for each would take longer than to look whether it is time.
        """
        if self._is_head:  # its parser waits for a body that never comes
            self._parser = self._make_parser()
        answer = self._answer = self._loop.create_future()
        self._is_head, self._at_head = is_head, True
        self._headers, self._body = {}, []
        self._left, self._room, self._until = MAX_HEAD, self._most, until
        if self._timer is None or self._timer.when() > until:
            self._set_timer()
        self._transport.write(message)
        return answer

    def close(self) -> None:
        self.is_spoiled = True
        self._stop_timer()
        self.connection.close()

    def release(self) -> None:
        """Gives the connection back to the connector."""
        self._stop_timer()
        if self.is_usable:
            self._transport.set_protocol(self._handler)
            self.connection.release()
        else:
            self.close()

    # What the transport tells.

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self._spoil()
            return
        self._left -= len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._spoil()
        except HttpParserError:
            self._fail(aiohttp.ClientPayloadError())
        if self._left < 0:
            self._fail(aiohttp.ClientPayloadError() if self._at_head else TooLarge())

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_spoiled = True
        if self._at_head:
            self._fail(aiohttp.ServerDisconnectedError() if exc is None else aiohttp.ClientOSError(*exc.args))
        elif exc is None and _ends_with_its_connection(self._headers):
            self._complete()
        else:
            self._fail(aiohttp.ClientPayloadError())
        self._handler.connection_lost(exc)

    # What the parser finds.

    def on_message_begin(self) -> None:
        if self._answer is None:
            self.is_spoiled = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if b"\0" in value:
            self._fail(aiohttp.ClientPayloadError())
        elif self._at_head:  # behind a body in chunks there may be more
            self._headers[name.decode("utf-8", "surrogateescape").lower()] = value.decode("utf-8", "surrogateescape").rstrip(" \t")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < FINAL and status != _SWITCHED:
            return
        self._at_head, self._left = False, MAX_FRAMES * self._most
        if self._is_head:
            self._complete()

    def on_body(self, piece: bytes) -> None:
        if self._answer is None:
            self.is_spoiled = True
            return
        self._room -= len(piece)
        if self._room < 0:
            self._fail(TooLarge())
        else:
            self._body.append(piece)

    def on_message_complete(self) -> None:
        if self._at_head:
            self._headers = {}
        else:
            self._complete()

    def _complete(self) -> None:
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        if "content-encoding" in self._headers:
            try:
                body = unpacked(body, self._headers["content-encoding"], self._most)
            except (TooLarge, aiohttp.ClientPayloadError) as error:
                self._fail(error)
                return
        answer, self._answer = self._answer, None
        if answer is None or answer.done():
            return
        if not self._parser.should_keep_alive():
            self.is_spoiled = True
        answer.set_result(HttpResponse(self._parser.get_status_code(), self._headers, body))

    def _set_timer(self) -> None:
        self._stop_timer()
        self._timer = self._loop.call_at(self._until, self._on_time)

    def _stop_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _on_time(self) -> None:
        self._timer = None
        if self._answer is None:
            return
        if self._loop.time() < self._until - SOON:
            self._set_timer()
        else:
            self._fail(TimeoutError())
            self._transport.abort()

    def _fail(self, error: Exception) -> None:
        answer, self._answer = self._answer, None
        self.is_spoiled = True
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def _spoil(self) -> None:
        """Whatever comes now belongs to nobody."""
        self.is_spoiled = True
        self._transport.abort()

    def _make_parser(self) -> HttpResponseParser:
        """As tolerant of servers as aiohttp's."""
        parser = HttpResponseParser(self)
        parser.set_dangerous_leniencies(lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True)
        return parser


def _ends_with_its_connection(headers: dict[str, str]) -> bool:
    coding = headers.get("transfer-encoding")
    return "content-length" not in headers if coding is None else not coding.lower().endswith("chunked")
