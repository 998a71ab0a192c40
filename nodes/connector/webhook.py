"""Webhook: any JSON that another system sends."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from engine.sdk import Arrival, Delivery, Example, HookParams, PlainPath, SecretRef, trigger
from nodes.connector.arrivals import ChannelName, ShopPath, VersionPath, item_of, text_at
from nodes.connector.signing import invalid, required


class WebhookParams(HookParams):
    secret: SecretRef | None = Field(
        default=None,
        title="Secret",
        description=(
            "The connection whose secret signs the deliveries (HMAC-SHA256 of the raw body). Empty: anyone who knows the address may send."
        ),
    )
    signature_header: str = Field(
        default="X-Signature",
        pattern=r"^[A-Za-z0-9-]+$",
        title="Signature header",
        description="The header with the signature, as hex or base64, with or without sha256= before it.",
    )
    channel: ChannelName = "webhook"
    key_path: PlainPath | None = Field(
        default=None,
        title="Order number",
        description="The field that says which order it is. Empty: every different content is an event of its own.",
    )
    version_path: VersionPath = None
    shop_path: ShopPath = None


def verify_webhook(delivery: Delivery, params: WebhookParams, connection: Mapping[str, Any], now: datetime) -> None:
    """HMAC-SHA256 over the raw body. Raises ``NodeError`` with ``signature.invalid``."""
    del now
    if params.secret is None:
        return
    sent = required(delivery.headers, params.signature_header.lower()).strip()
    right = hmac.digest(str(connection["secret"]).encode(), delivery.body, hashlib.sha256)
    if not any(hmac.compare_digest(one, right) for one in _decoded(sent.removeprefix("sha256="))):
        raise invalid("mismatch")


@trigger(
    "connector.webhook",
    version=1,
    label="Webhook",
    starts="hook",
    verify=verify_webhook,
    icon="webhook",
    examples=(
        Example(
            {"channel": "erp", "key_path": "order.no", "version_path": "order.changed"},
            [{"order": {"no": 17, "changed": "2026-01-16T03:04:05Z"}}],
            {"out": [{"order": {"no": 17, "changed": "2026-01-16T03:04:05Z"}}]},
            event={"channel": "erp", "order_id": "17", "version": "2026-01-16T03:04:05Z"},
            title="With an order number",
        ),
        Example(
            {}, [{"hello": "world"}], {"out": [{"hello": "world"}]}, event={"channel": "webhook", "order_id": None}, title="Any object"
        ),
    ),
)
def webhook(delivery: Delivery, params: WebhookParams) -> Arrival:
    """Starts the flow with whatever JSON another system sends. Give a secret, and only deliveries with a valid signature are accepted."""
    item = item_of(delivery)
    return Arrival(
        (item,),
        channel=params.channel,
        shop_id=text_at(item, params.shop_path) or "",
        order_id=text_at(item, params.key_path),
        version=text_at(item, params.version_path),
    )


def _decoded(sent: str) -> list[bytes]:
    found: list[bytes] = []
    for decode in (bytes.fromhex, _base64):
        try:
            found.append(decode(sent))
        except (ValueError, binascii.Error):
            continue
    return found


def _base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
