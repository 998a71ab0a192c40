"""The message service of the simulated Pinduoduo: what is sent, who may listen, what is acknowledged."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from engine.sdk import InputInvalid, read_json, write_json
from engine.testing.channel import Push

MALL: Final = 100_000_001
_FIRST: Final = 9_007_199_254_740_993
"""Numbers of messages exceed 2^53."""
BY_STATE: Final[Mapping[str, str]] = {
    "to_ship": "pdd_trade_TradeConfirmed",
    "group_open": "pdd_trade_TradeConfirmed",
    "risk_review": "pdd_trade_TradeRiskChanged",
    "refunding": "pdd_refund_RefundCreated",
    "refunded": "pdd_refund_RefundAgreeAgreement",
    "shipped": "pdd_trade_TradeSellerShip",
    "received": "pdd_trade_TradeSuccess",
    "cancelled": "pdd_refund_RefundClosed",
}


def message(kind: str, number: int, order_sn: str, changed: datetime, sent: datetime, mall: int = MALL) -> Push:
    """The so-manieth message, about an order that changed then; one that was not acknowledged is sent again, later."""
    content = write_json({"mall_id": mall, "tid": order_sn}).decode()
    frame = {
        "id": _FIRST + number,
        "commandType": "Common",
        "time": int(changed.timestamp() * 1000),
        "sendTime": int(sent.timestamp() * 1000),
        "message": {"type": kind, "mallID": mall, "content": content},
    }
    return Push(write_json(frame), {"id": str(_FIRST + number)})


def acknowledged(frame: bytes, malls: Collection[int] = (MALL,)) -> str | None:
    """The number of the message that a frame of a listener acknowledges. One with other fields than the message is none."""
    try:
        found: Any = read_json(frame)
    except InputInvalid:
        return None
    receipt: Mapping[str, Any] = cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}
    is_whole = receipt.get("commandType") == "Ack" and receipt.get("mallID") in malls and receipt.get("sendTime")
    return str(receipt.get("id")) if is_whole else None


def is_login(path: str, secret: str, now: datetime, tolerance: timedelta) -> bool:
    """Whether the path of a WebSocket, percent-encoding undone, proves who asks and is new."""
    _, _, client, at, proof = path.split("/", 4)
    if not at.isdigit() or abs(now - datetime.fromtimestamp(int(at) / 1000, UTC)) > tolerance:
        return False
    right = hashlib.md5(f"{client}{at}{secret}".encode(), usedforsecurity=False).hexdigest().encode()
    return hmac.compare_digest(proof.encode(), base64.b64encode(right))
