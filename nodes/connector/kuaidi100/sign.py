"""How Kuaidi100 signs what it pushes: upper-case hex of MD5 over the text of ``param`` and the salt of the subscription.

Source: api.kuaidi100.com, "subscription and push" (``param`` and ``sign`` of a form).
"""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl

from engine.sdk import InputInvalid, Problem
from nodes.connector.signing import invalid, require_match

_FIELDS = 20


def sign(param: str, salt: str) -> str:
    return hashlib.md5((param + salt).encode(), usedforsecurity=False).hexdigest().upper()


def verify(body: bytes, salt: str) -> None:
    """Raises ``NodeError`` with ``signature.invalid``."""
    form = form_of(body)
    if not form.get("sign") or "param" not in form:
        raise invalid("missing")
    require_match(form["sign"].upper(), [sign(form["param"], salt)])


def form_of(body: bytes) -> dict[str, str]:
    """Raises ``InputInvalid`` with ``body.unreadable`` for what is no form."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise InputInvalid(Problem("body.unreadable", fields={"reason": "a form is expected", "rule": "form_expected"})) from None
    return dict(pairs)
