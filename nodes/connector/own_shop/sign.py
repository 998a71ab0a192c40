"""The own shop signs by the Standard Webhooks specification (standardwebhooks.com), symmetric signatures ``v1``.

A secret is ``whsec_`` and base64; while one is being replaced, several are accepted and a delivery may bring several signatures.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from engine.sdk import NodeError
from nodes.connector.signing import invalid, require_match, require_recent, required

TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
_LATEST = 10**11


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,…`` for the header ``webhook-signature``; the timestamp is in seconds. Raises ``signature.secret_malformed``."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key(secret), content, hashlib.sha256)).decode()


def verify(body: bytes, headers: Mapping[str, str], secrets: str | Sequence[str], now: datetime) -> None:
    """``headers`` with names in lower case; ``secrets`` one, several, or several in one text with spaces between.

    Raises ``NodeError``: ``signature.invalid``, or ``signature.secret_malformed`` for a secret that is none.
    """
    message_id, sent, signatures = (required(headers, f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    timestamp = _seconds(sent)
    known = secrets.split() if isinstance(secrets, str) else secrets
    right = [sign(secret, message_id, timestamp, body) for secret in known]
    if not right:
        raise NodeError("signature.secret_malformed")
    _require_one(signatures.split(), right)
    require_recent(datetime.fromtimestamp(timestamp, UTC), now, TOLERANCE)


def _require_one(sent: list[str], right: list[str]) -> None:
    ours = [one for one in sent if one.startswith("v1,")]
    if not ours:
        raise invalid("malformed")
    for one in ours[:-1]:
        try:
            return require_match(one, right)
        except NodeError:
            continue
    return require_match(ours[-1], right)


def _seconds(text: str) -> int:
    """Plain ASCII digits only, as they are part of what is signed."""
    if not (text.isascii() and text.isdigit()) or str(int(text[:12])) != text or int(text) >= _LATEST:
        raise invalid("malformed")
    return int(text)


def _key(secret: str) -> bytes:
    encoded = secret.strip().removeprefix(_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise NodeError("signature.secret_malformed")
    return key
