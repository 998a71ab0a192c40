"""HTTP as uvicorn speaks it, with a shorter way for deliveries that come whole: no scope, no task, one write for the answer."""

from __future__ import annotations

from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from designer.hooks.straight import PREFIX, Headers, Straight


class _Nobody:
    """Where uvicorn's cycle has an event: nobody waits for it here."""

    def set(self) -> None: ...


class _Underway:
    """Stands where uvicorn has its cycle: requests behind it on the connection wait until it is answered."""

    message_event = _Nobody()

    def __init__(self) -> None:
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = True


class HookProtocol(HttpToolsProtocol):
    """``straight`` takes deliveries. Whatever it leaves, and what comes in parts or behind another request, goes uvicorn's way."""

    def __init__(self, straight: Straight, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._straight = straight
        self._parts: list[bytes] | None = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._parts is not None:  # it has not come whole
            self._usual_way()

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        if self._may_go_straight():
            self._parts = []
        else:
            self._begin_usual()

    def on_body(self, body: bytes) -> None:
        if self._parts is None:
            super().on_body(body)
        else:
            self._parts.append(body)

    def on_message_complete(self) -> None:
        if self._parts is None:
            super().on_message_complete()
            return
        underway, before = _Underway(), self.cycle
        self.cycle = underway  # pyright: ignore[reportAttributeAccessIssue] - of the same shape
        if self._straight.take(self.url, self.headers, b"".join(self._parts), partial(self._answer, underway)):
            self._parts = None
        else:
            self.cycle = before
            self._usual_way()
            super().on_message_complete()

    def _may_go_straight(self) -> bool:
        parser, cycle = self.parser, self.cycle
        return (
            parser is not None
            and self.url.startswith(PREFIX)
            and parser.get_method() == b"POST"
            and (cycle is None or cycle.response_complete)
            and not self.pipeline
            and not self.expect_100_continue
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
        )

    def _usual_way(self) -> None:
        parts, self._parts = self._parts or [], None
        if not self.transport.is_closing():
            self._begin_usual()
            for part in parts:
                super().on_body(part)

    def _begin_usual(self) -> None:
        url, headers, expect = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect
        self.headers.extend(headers)
        super().on_headers_complete()

    def _answer(self, underway: _Underway, status: int, headers: Headers, body: bytes) -> None:
        if underway.disconnected or self.transport.is_closing():
            return
        parts = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *headers):
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"\r\n" if underway.keep_alive else b"connection: close\r\n\r\n")
        parts.append(body)
        self.transport.write(b"".join(parts))
        underway.response_complete = True
        if not underway.keep_alive:
            self.transport.close()
        self.on_response_complete()
