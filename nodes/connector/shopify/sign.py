"""Shopify signs the raw body of a webhook: base64 HMAC-SHA256 in ``X-Shopify-Hmac-Sha256``.

Source: shopify.dev, "Verify webhooks". ``X-Shopify-Triggered-At`` is not signed, and a redelivery keeps it for hours: replays
are met by the delivery id and the event key, not by a clock.
"""

from __future__ import annotations

from collections.abc import Mapping

from nodes.connector.signing import body_hmac, require_match, required

HEADER = "x-shopify-hmac-sha256"


def sign(body: bytes, secret: str) -> str:
    """The header's value for a raw body."""
    return body_hmac(secret, body)


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> None:
    """``headers`` with names in lower case. Raises ``NodeError`` with ``signature.invalid``."""
    require_match(required(headers, HEADER), [sign(body, secret)])
