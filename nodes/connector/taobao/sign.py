"""Signatures of Taobao's open platform, for calls and for what the platform pushes to us.

``md5``: upper-case hex of ``secret + Σ sorted key+value + body + secret``; ``hmac`` (MD5) and ``hmac-sha256``: the secret is the
key and wraps nothing. Every parameter is signed but ``sign`` itself. Source: open.taobao.com, documents 101617 (calls) and
"SPI signature" (pushes: the query, a form body's fields or else the raw body, and the headers that ``top-sign-list`` names).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, unquote_plus

from nodes.connector.signing import invalid, require_match, require_recent, required

TOLERANCE = timedelta(minutes=10)
_BEIJING = timezone(timedelta(hours=8))
_FORM = "application/x-www-form-urlencoded"
_LISTED_HEADERS = "top-sign-list"

_DIGESTS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "md5": lambda secret, content: hashlib.md5(secret + content + secret, usedforsecurity=False).digest(),
    "hmac": lambda secret, content: hmac.digest(secret, content, "md5"),
    "hmac-sha256": lambda secret, content: hmac.digest(secret, content, "sha256"),
}


def sign(params: Mapping[str, str], secret: str, sign_method: str = "md5", body: bytes = b"") -> str:
    """The signature of all parameters (``sign`` is left out if it is there) and of a body that is no form.

    Raises ``ValueError`` for an unknown method.
    """
    if sign_method not in _DIGESTS:
        raise ValueError(sign_method)
    content = "".join(f"{name}{params[name]}" for name in sorted(params) if name != "sign").encode()
    return _DIGESTS[sign_method](secret.encode(), content + body).hex().upper()


def verify(query: Mapping[str, str], body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> None:
    """A push to our hook. ``headers`` with names in lower case; ``timestamp`` is naive Beijing time, at most ten minutes off.

    Raises ``NodeError`` with ``signature.invalid``.
    """
    is_form = headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
    params = _merged(query, _form(body) if is_form else {}, _listed(headers))
    sent = required(params, "sign")
    sent_at = _beijing_time(required(params, "timestamp"))
    method = params.get("sign_method") or "md5"
    if method not in _DIGESTS:
        raise invalid("malformed")
    require_match(sent.upper(), [sign(params, secret, method, b"" if is_form else body)])
    require_recent(sent_at, now, TOLERANCE)


def _merged(*parts: Mapping[str, str]) -> dict[str, str]:
    """All that was sent. A name with two values would leave one of them unsigned."""
    params: dict[str, str] = {}
    for part in parts:
        for name, value in part.items():
            if params.setdefault(name, value) != value:
                raise invalid("malformed")
    return params


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=1000)
    except ValueError:
        raise invalid("malformed") from None
    return _merged(*({name: value} for name, value in pairs))


def _listed(headers: Mapping[str, str]) -> dict[str, str]:
    names = [name.strip() for name in headers.get(_LISTED_HEADERS, "").split(",")]
    return {name: unquote_plus(headers.get(name.lower(), "")) for name in names if name}


def _beijing_time(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_BEIJING)
    except ValueError:
        raise invalid("malformed") from None
