"""Who asks, and from where.

Until accounts exist there is one owner, known by the one-time key: as a bearer token, or by a cookie made of it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from designer.hosts import is_loopback
from designer.problems import Connection, Refused
from engine.access.permissions import ANYONE, OWNER, may
from engine.errors import Problem

COOKIE: Final = "orderloom_session"
PERMISSION: Final = "permission"
ANY_HOST: Final = "any_host"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CSP: Final = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_RAW_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class Gate:
    """Knows the key; tells the owner from strangers in constant time."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._session = hmac.digest(self._key, b"orderloom browser session", hashlib.sha256).hex()

    def opens(self, key: str) -> bool:
        return hmac.compare_digest(key.encode(), self._key)

    def knows(self, session: str) -> bool:
        return hmac.compare_digest(session.encode(), self._session.encode())

    @property
    def cookie(self) -> str:
        """The ``Set-Cookie`` value of a browser that showed the key; the key cannot be read from it."""
        return f"{COOKIE}={self._session}; Path=/; HttpOnly; SameSite=Strict"


def permitted(connection: Connection, handler: BaseRouteHandler) -> None:
    """The one guard of all pages and API routes: the name asked for, the actor, the actor's permission, the origin of writes.

    Raises ``Refused`` with 401, 403 or 421. The actor is left in ``connection.state.actor``.
    """
    if not handler.opt.get(ANY_HOST):
        _require_own_name(connection.headers.get("host", ""))
    if connection.scope.get("method") == "OPTIONS":
        return  # the framework's own answer: nothing but the methods of an address
    actor, by_cookie = _actor(connection)
    action = str(handler.opt.get(PERMISSION, ""))
    if not may(actor, action, connection.scope["path"]):
        if actor == ANYONE:
            raise Refused(401, Problem("access.key_needed"), {"WWW-Authenticate": "Bearer"})
        raise Refused(403, Problem("access.denied", fields={"action": action}))
    if by_cookie and connection.scope.get("method") not in _SAFE_METHODS:
        _require_same_origin(connection)
    connection.state.actor = actor


async def secure(message: Message, scope: Scope) -> None:
    """Puts the security headers on every answer, whatever made it; senders of hooks need none."""
    if message["type"] == "http.response.start" and not scope["raw_path"].startswith(b"/hooks/"):
        message["headers"] = [*message["headers"], *_RAW_HEADERS]


def sign_in(app: ASGIApp) -> ASGIApp:
    """ASGI middleware of the pages: ``/?key=KEY`` sets the cookie and leads to the first page without the key."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        key = _key_in_query(scope)
        state = scope["litestar_app"].state
        gate: Gate = state.gate
        if key is None or not gate.opens(key):
            await app(scope, receive, send)
        else:
            await _redirect_home(send, gate.cookie, state.home)

    return middleware


def _key_in_query(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["path"] != "/" or b"key=" not in scope["query_string"]:
        return None
    return parse_qs(scope["query_string"].decode("latin-1")).get("key", [None])[0]


async def _redirect_home(send: Send, cookie: str, home: str) -> None:
    headers = {"Location": home, "Set-Cookie": cookie, "Cache-Control": "no-store", "Content-Length": "0"}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 303, "headers": raw})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _require_own_name(host: str) -> None:
    """A page of a stranger that points its own name at this machine (DNS rebinding) brings that name along."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        name = ""
    if not is_loopback(name):
        raise Refused(421, Problem("access.wrong_host"))


def _actor(connection: Connection) -> tuple[str, bool]:
    """The actor, and whether a cookie said so (browsers send it along unasked)."""
    gate: Gate = connection.app.state.gate
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return (OWNER if gate.opens(token.strip()) else ANYONE), False
    return (OWNER, True) if gate.knows(connection.cookies.get(COOKIE, "")) else (ANYONE, False)


def _require_same_origin(connection: Connection) -> None:
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    host = connection.headers.get("host", "")
    same = site == "same-origin" if site is not None else origin in (f"http://{host}", f"https://{host}")
    if not same:
        raise Refused(403, Problem("access.cross_site"))
