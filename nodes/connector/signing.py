"""What the channels' signature checks share: comparing, the clock, and how a refusal is said.

A refused delivery is ``signature.invalid`` with a ``reason``: ``missing``, ``malformed``, ``mismatch`` or ``expired``.
Clocks and limits belong to each channel and are not shared.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from engine.sdk import NodeError

Reason = Literal["missing", "malformed", "mismatch", "expired"]


def invalid(reason: Reason) -> NodeError:
    """The refusal, to be raised. It never says which signature would have been right."""
    return NodeError("signature.invalid", reason=reason)


def required(values: Mapping[str, str], name: str) -> str:
    """A header (names in lower case) or parameter that a signed delivery must bring."""
    value = values.get(name, "")
    if not value:
        raise invalid("missing")
    return value


def require_match(sent: str, right: Iterable[str]) -> None:
    """Compare in constant time with each signature that would be right."""
    given = sent.encode()
    matches = [hmac.compare_digest(given, one.encode()) for one in right]
    if not any(matches):
        raise invalid("mismatch")


def require_recent(sent_at: datetime, now: datetime, tolerance: timedelta) -> None:
    """Refuse what was sent too long ago or too far ahead; both times are aware."""
    if abs(now - sent_at) > tolerance:
        raise invalid("expired")


def body_hmac(secret: str, body: bytes) -> str:
    """Base64 of the HMAC-SHA256 of the raw body, as Shopify and WooCommerce sign their deliveries."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
