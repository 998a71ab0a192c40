"""The real outside: connections by name, the pooled client, the mail server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from engine.connection.book import ConnectionBook
from engine.connection.client import HttpClient
from engine.connection.gates import Gates
from engine.connection.guard import AddressGuard
from engine.connection.http import HttpRequest, HttpResponse
from engine.connection.mail import Letter, send_mail
from engine.connection.mail_server import Smtp
from engine.connection.types import Connection
from engine.errors import InputInvalid, NodeError
from engine.json_text import read_json, write_json
from engine.node.context import HttpAnswer

_KEPT_HEADERS = (
    "content-type", "link", "location", "retry-after", "x-request-id", "x-shopify-shop-api-call-limit", "x-wp-totalpages",
)  # fmt: skip
_JSON = "application/json"
SERVER_FAULT = 500


class LiveOutside:
    """Connections are looked up at each attempt (rule R12), so that a changed address or secret counts at once."""

    def __init__(self, book: ConnectionBook, client: HttpClient, guard: AddressGuard, now: Callable[[], datetime]) -> None:
        self._book, self._client, self._guard, self._now = book, client, guard, now
        self.gates = Gates()
        self.dated: Callable[[str, str, datetime], None] = lambda _name, _date, _at: None
        """Hears the date of a channel's answers, with the name of the connection and our time."""

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:  # noqa: ASYNC109
        known = self._book.get(connection)
        gate = self.gates.of(connection, known)
        if gate.is_free:  # by hand, for an order passes here
            gate.under_way += 1
            try:
                answer = await self._send(connection, known, content, key, timeout)
            finally:
                gate.leave()
        else:
            with gate.at_once(connection) or await gate.in_line(connection) as call:
                known = self._known_by_now(connection)
                answer = await self._send(connection, known, content, key, timeout)
                call.went = answer.status < SERVER_FAULT
        if known.type_family == "channel" and "date" in answer.headers:
            self.dated(connection, answer.headers["date"], self._now())
        return answer_of(answer)

    def _send(self, name: str, known: Connection, content: Mapping[str, Any], key: str, seconds: float) -> Awaitable[HttpResponse]:
        if not known.over_http:  # its type was changed under a published flow
            raise NodeError("connection.wrong_type", name=name, type=known.type_name, types="http")
        request = HttpRequest(content["method"], url_of(known.address, content), _headers(content, key), _body(content), seconds)
        return self._client.send(known.prepare(request, self._now()))

    def _known_by_now(self, connection: str) -> Connection:
        """It may have been changed while the call stood in line; its limits then count for those behind it, too."""
        known = self._book.get(connection)
        self.gates.of(connection, known)
        return known

    async def mail(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> None:  # noqa: ASYNC109
        letter = Letter(content["to"], content["subject"], content["text"], key)
        gate = self.gates.of(connection, self._mail_server(connection))
        with gate.at_once(connection) or await gate.in_line(connection) as call:
            await send_mail(self._mail_server(connection), letter, self._guard, self._now(), timeout=timeout)
            call.went = True

    def _mail_server(self, connection: str) -> Smtp:
        server = self._known_by_now(connection)
        if not isinstance(server, Smtp):
            raise NodeError("connection.wrong_type", name=connection, type=server.type_name, types="smtp")
        return server


def url_of(base: str, content: Mapping[str, Any]) -> str:
    """The connection's address with the call's path and query; a query in the address (a robot's key) stays in front."""
    wanted = content.get("query")
    return _joined(base, content["path"], urlencode(wanted) if wanted else "")


@lru_cache(maxsize=1024)
def _joined(base: str, path: str, more: str) -> str:
    address, mark, query = base.partition("?")
    if path:
        address = address.rstrip("/") + "/" + path.lstrip("/")
    joined = "&".join(part for part in (query, more) if part)
    return f"{address}?{joined}" if mark or joined else address


def answer_of(response: HttpResponse) -> HttpAnswer:
    """The answer as it is journaled: few headers, body as JSON where it is JSON."""
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return HttpAnswer(response.status, headers, _parsed(response.body))


def _headers(content: Mapping[str, Any], key: str) -> dict[str, str]:
    headers = {"Idempotency-Key": key, **content.get("headers", {})}
    if "json" in content and "Content-Type" not in headers:
        headers["Content-Type"] = _JSON
    return headers


def _body(content: Mapping[str, Any]) -> bytes:
    if "json" in content:
        return write_json(content["json"])
    return content.get("text", "").encode()


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return read_json(body)
    except InputInvalid:
        return body.decode("utf-8", "replace")
