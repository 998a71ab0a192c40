"""What senders are answered. The constant parts are encoded once: an order passes here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from litestar.types import Send

from designer.problems import MEDIA_TYPE, encoded, headers_of, status_of
from engine.store.ports import Accepted

_JSON: Final = (b"content-type", b"application/json")
_TAIL: Final = {False: b'","duplicate":false}', True: b'","duplicate":true}'}


async def send_accepted(send: Send, accepted: Accepted) -> None:
    """200 ``{"event": ID, "duplicate": bool}``."""
    body = b'{"event":"%d' % accepted.id + _TAIL[accepted.duplicate]
    await send({"type": "http.response.start", "status": 200, "headers": [_JSON, (b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_refusal(send: Send, error: Exception, language: str) -> int:
    """The problem document of an error; returns the status."""
    status = status_of(error)
    body = encoded(error, status, language)
    await _send(send, status, body, headers_of(error))
    return status


async def _send(send: Send, status: int, body: bytes, extra: Mapping[str, str]) -> None:
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(body))]
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in extra.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
