"""The wrappers in which an order arrives, and what arrives instead of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from engine.sdk import NodeError

_ANSWERS = ("order_info_get_response", "order_information_get_response", "order_list_get_response", "order_sn_increment_get_response")
_LISTS = ("order_list", "order_sn_list")


def order_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The order itself from an API answer, from a list of one, of ``{"order_info": …}`` or a bare order.

    Raises ``NodeError``: ``order.error_response`` for a refusal by the platform, ``order.thin_message`` for a push message, which
    only names an order that is to be fetched.
    """
    if isinstance(refusal := payload.get("error_response"), dict):
        raise refused(cast("dict[str, Any]", refusal))
    for key in _ANSWERS:
        if isinstance(answer := payload.get(key), dict):
            return order_of(cast("dict[str, Any]", answer))
    for key in _LISTS:
        if (alone := _alone(payload.get(key))) is not None:
            return alone
    if isinstance(order := payload.get("order_info"), dict):
        return cast("dict[str, Any]", order)
    if ("content" in payload and "type" in payload) or ("order_sn" in payload and not payload.keys() & _BODY):
        raise NodeError("order.thin_message")
    return dict(payload)


def refused(refusal: Mapping[str, Any]) -> NodeError:
    """Only the platform's code words are kept: its sentences may repeat what was sent."""
    return NodeError("order.error_response", error=str(refusal.get("sub_code") or refusal.get("error_code") or "?")[:80])


def _alone(value: object) -> dict[str, Any] | None:
    orders = cast("list[object]", value) if isinstance(value, list) else []
    return cast("dict[str, Any]", orders[0]) if len(orders) == 1 and isinstance(orders[0], dict) else None


_BODY = frozenset({"item_list", "created_time", "order_status", "pay_amount"})
"""A whole order has at least one of these."""
