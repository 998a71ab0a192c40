"""WooCommerce signs the raw body of a webhook: base64 HMAC-SHA256 in ``X-WC-Webhook-Signature``, with the webhook's own secret.

Source: woocommerce-rest-api-docs, "Webhooks". Nothing tells when a delivery was sent: replays are met by the delivery id and the
event key. The call that tries a new webhook is a form, ``webhook_id=3``, and is not signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from nodes.connector.signing import body_hmac, require_match, required

HEADER: Final = "x-wc-webhook-signature"
_TRIAL: Final = re.compile(rb"webhook_id=[0-9]{1,20}")


def sign(body: bytes, secret: str) -> str:
    """The header's value for a raw body."""
    return body_hmac(secret, body)


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> None:
    """``headers`` with names in lower case. Raises ``NodeError`` with ``signature.invalid``."""
    require_match(required(headers, HEADER), [sign(body, secret)])


def is_trial(body: bytes) -> bool:
    """Whether this is the call with which WooCommerce tries an address. It says nothing, and anybody could send it."""
    return _TRIAL.fullmatch(body) is not None
