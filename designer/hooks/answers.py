"""What senders are answered. The constant parts are encoded once: an order passes here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from designer.problems import MEDIA_TYPE, encoded, headers_of, status_of
from engine.intake.answers import HookAnswer
from engine.node.answering import BODILESS
from engine.store.ports import Accepted

if TYPE_CHECKING:  # hooks are accepted before the framework is loaded
    from litestar.types import Send

_JSON: Final = (b"content-type", b"application/json")
_TAIL: Final = {False: b'","duplicate":false}', True: b'","duplicate":true}'}


async def send_accepted(send: Send, accepted: Accepted) -> None:
    """200 ``{"event": ID, "duplicate": bool}``."""
    body = usual_body(accepted)
    await send({"type": "http.response.start", "status": 200, "headers": usual_headers(body)})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_own(send: Send, accepted: Accepted, own: HookAnswer) -> None:
    """What the trigger says; where it names no body, the usual one with its status and headers."""
    body = own.body if own.body is not None else usual_body(accepted)
    headers = [(name.encode(), value.encode()) for name, value in own.headers]
    if own.body is None and not any(name == b"content-type" for name, _ in headers):
        headers.append(_JSON)
    if own.status not in BODILESS:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": own.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def usual_headers(body: bytes) -> list[tuple[bytes, bytes]]:
    return [_JSON, (b"content-length", b"%d" % len(body))]


def usual_body(accepted: Accepted) -> bytes:
    return b'{"event":"%d' % accepted.id + _TAIL[accepted.duplicate]


class Refusal(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def refusal_of(error: Exception, language: str) -> Refusal:
    """The problem document of an error."""
    status = status_of(error)
    body = encoded(error, status, language)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(body))]
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers_of(error).items()]
    return Refusal(status, headers, body)


async def send_refusal(send: Send, refusal: Refusal) -> None:
    await send({"type": "http.response.start", "status": refusal.status, "headers": refusal.headers})
    await send({"type": "http.response.body", "body": refusal.body, "more_body": False})
