"""Chat robots: WeChat Work, DingTalk and Feishu, each with its own way to sign.

Sources: developer.work.weixin.qq.com "group robot", open.dingtalk.com "custom robot security settings", open.feishu.cn "custom bot".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast
from urllib.parse import quote_plus

from pydantic import Field

from engine.connection.http import HttpRequest, HttpResponse
from engine.connection.types import Called, Secret, SecretUrl, connection_type
from engine.errors import InputInvalid, Problem
from engine.json_text import read_json, write_json

BODIES: Final[Mapping[str, Callable[[str], dict[str, Any]]]] = {
    "wecom": lambda text: {"msgtype": "text", "text": {"content": text}},
    "dingtalk": lambda text: {"msgtype": "text", "text": {"content": text}},
    "feishu": lambda text: {"msg_type": "text", "content": {"text": text}},
}
"""How a text message is written, by type of robot: as in the platforms' documentation."""


class Robot(Called):
    """A robot's address holds its key."""

    url: SecretUrl = Field(
        title="Webhook address", description="The whole address that the robot shows in its group. Who knows it may send."
    )
    secret: Secret | None = Field(
        default=None, title="Secret", description="Only where the robot's security settings show one. Signs each message."
    )


@connection_type("wecom", title="WeChat Work robot", icon="message-circle", family="message")
class Wecom(Robot):
    """A robot in a WeChat Work group that posts messages. It needs its address only."""


@connection_type("dingtalk", title="DingTalk robot", icon="message-circle", family="message")
class Dingtalk(Robot):
    """A robot in a DingTalk group that posts messages. The secret begins with `SEC` and stands in its security settings."""

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        if self.secret is None:
            return request
        timestamp = int(now.timestamp() * 1000)
        joint = "&" if "?" in request.url else "?"
        return replace(
            request, url=f"{request.url}{joint}timestamp={timestamp}&sign={dingtalk_sign(self.secret.get_secret_value(), timestamp)}"
        )


@connection_type("feishu", title="Feishu robot", icon="message-circle", family="message")
class Feishu(Robot):
    """A robot in a Feishu group that posts messages. The secret is the key of its signature check."""

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        if self.secret is None:
            return request
        timestamp = int(now.timestamp())
        message = read_json(request.body)
        if not isinstance(message, dict):
            raise InputInvalid(Problem("connection.not_signable"))
        signature = {"timestamp": str(timestamp), "sign": feishu_sign(self.secret.get_secret_value(), timestamp)}
        return replace(request, body=write_json({**signature, **cast("dict[str, Any]", message), **signature}))


def dingtalk_sign(secret: str, timestamp_ms: int) -> str:
    """The URL parameter ``sign``, already percent-encoded: key is the secret, message ``milliseconds\\nsecret``."""
    message = f"{timestamp_ms}\n{secret}".encode()
    return quote_plus(base64.b64encode(hmac.digest(secret.encode(), message, hashlib.sha256)).decode())


def feishu_sign(secret: str, timestamp_s: int) -> str:
    """The body field ``sign``: key is ``seconds\\nsecret``, the message is empty."""
    return base64.b64encode(hmac.digest(f"{timestamp_s}\n{secret}".encode(), b"", hashlib.sha256)).decode()


def code_in(body: Any, status: int) -> int:
    """The platform's own code, 0 for done; the HTTP status where there is none."""
    members = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    found = next((members[name] for name in ("errcode", "code", "StatusCode") if isinstance(members.get(name), int)), None)
    return status if found is None else found


def code_of(answer: HttpResponse) -> int:
    """The same of an answer as it came."""
    try:
        return code_in(read_json(answer.body), answer.status)
    except InputInvalid:
        return answer.status
