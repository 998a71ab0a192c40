"""The wrappers in which a trade arrives, and what arrives instead of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from engine.sdk import NodeError

_THIN_MARKS = ("topic", "content")


def trade_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The trade itself from an API answer, ``{"trade": …}`` or a bare trade.

    Raises ``NodeError``: ``order.error_response`` for a refusal by the platform, ``order.thin_message`` for a push message, which
    only names a trade that is to be fetched, and ``order.missing_field`` for anything else without a trade in it.
    """
    if isinstance(refusal := payload.get("error_response"), dict):
        raise _refused(cast("dict[str, Any]", refusal))
    for key, value in payload.items():
        if key.endswith(("_get_response", "_get_responce")) and isinstance(value, dict):
            return trade_of(cast("dict[str, Any]", value))
    if isinstance(trade := payload.get("trade"), dict):
        return cast("dict[str, Any]", trade)
    if all(mark in payload for mark in _THIN_MARKS) or ("tid" in payload and "orders" not in payload and "created" not in payload):
        raise NodeError("order.thin_message")
    return dict(payload)


def _refused(refusal: Mapping[str, Any]) -> NodeError:
    """Only the platform's code words are kept: its sentences may repeat what was sent."""
    return NodeError("order.error_response", error=str(refusal.get("sub_code") or refusal.get("code") or "?")[:80])
