"""How the three channels sign what they send, written from their documents: the sender's side of what the triggers verify."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from engine.json_text import write_json

_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request to a hook: ``path`` with its query, headers, raw body."""

    path: str
    headers: dict[str, str]
    body: bytes


def taobao(payload: dict[str, Any], secret: str, path: str, now: datetime) -> Delivery:
    """Sorted query parameters, then the raw body, under HMAC-SHA256 in upper-case hex (open.taobao.com, SPI signature)."""
    body = write_json(payload)
    query = {"app_key": "demo", "sign_method": "hmac-sha256", "timestamp": now.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")}
    signed = "".join(name + query[name] for name in sorted(query)).encode() + body
    query["sign"] = hmac.digest(secret.encode(), signed, hashlib.sha256).hex().upper()
    return Delivery(f"{path}?{urlencode(query)}", {"Content-Type": "application/json"}, body)


def shopify(payload: dict[str, Any], secret: str, path: str, delivery_id: str) -> Delivery:
    """The raw body under HMAC-SHA256 in base64 (shopify.dev, verify webhooks)."""
    body = write_json(payload)
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/updated",
        "X-Shopify-Shop-Domain": "orderloom-demo.myshopify.com",
        "X-Shopify-Webhook-Id": delivery_id,
        "X-Shopify-Hmac-Sha256": base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode(),
    }
    return Delivery(path, headers, body)


def own_shop(payload: dict[str, Any], secret: str, path: str, delivery_id: str, now: datetime) -> Delivery:
    """Id, time and raw body under the key of a ``whsec_…`` secret (standardwebhooks.com)."""
    body, sent = write_json(payload), str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{delivery_id}.{sent}.".encode() + body, hashlib.sha256)).decode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,{signature}",
    }
    return Delivery(path, headers, body)
