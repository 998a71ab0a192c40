"""The connection to Courier Express, and how its requests are signed.

Every request carries the account, the time in seconds since 1970, and the HMAC-SHA256 (hex) under the secret of
``METHOD\\nPATH\\nTIME\\nSHA256(body)``; the path is as it stands in the request line, with its query.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from pydantic import Field

from engine.sdk import Connection, HttpRequest, HttpUrl, Secret, connection_type

ACCOUNT: Final = "X-Courier-Account"
TIME: Final = "X-Courier-Time"
SIGNATURE: Final = "X-Courier-Signature"


@connection_type("courier_express", title="Courier Express")
class CourierExpress(Connection):
    """An account with the courier. The secret signs each request and is never sent."""

    url: HttpUrl = Field(title="Address")
    account: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$", title="Account")
    secret: Secret = Field(title="Secret", description="Signs what we send to the courier.")  # pyright: ignore[reportIncompatibleVariableOverride]

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        """Signed anew at each attempt, because the courier refuses a time that is more than five minutes off."""
        time = str(int(now.timestamp()))
        signature = sign(self.secret.get_secret_value(), request.method, path_of(request.url), time, request.body)
        return replace(request, headers={**request.headers, ACCOUNT: self.account, TIME: time, SIGNATURE: signature})


def sign(secret: str, method: str, path: str, time: str, body: bytes) -> str:
    """64 hex digits."""
    text = "\n".join((method, path, time, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def path_of(url: str) -> str:
    """Path and query of a URL, as in the request line."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
