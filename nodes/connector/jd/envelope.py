"""The wrappers in which an order arrives, and what arrives instead of one.

JD spells its envelope ``…_responce``, answers refusals with status 200, and hides soft failures in ``apiResult.success``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from engine.sdk import NodeError

ENDINGS = ("_responce", "_response")
_RESULTS = ("orderDetailInfo", "searchorderinfo_result")


def order_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The order itself from an API answer, from a list of one, of ``{"orderInfo": …}`` or a bare order.

    Raises ``NodeError``: ``order.error_response`` for a refusal or a soft failure, ``order.thin_message`` for what only names an order.
    """
    inner = inside(payload)
    if isinstance(order := inner.get("orderInfo"), dict):
        return cast("dict[str, Any]", order)
    if isinstance(orders := inner.get("orderInfoList"), list) and len(cast("list[Any]", orders)) == 1 and isinstance(orders[0], dict):
        return cast("dict[str, Any]", orders[0])
    if "orderId" in inner and not inner.keys() & _BODY:
        raise NodeError("order.thin_message")
    return dict(inner)


def inside(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the envelope holds. Raises ``NodeError`` ``order.error_response``."""
    if isinstance(refusal := payload.get("error_response"), dict):
        raise refused(cast("dict[str, Any]", refusal).get("code"))
    for key, value in payload.items():
        if isinstance(value, dict) and (key.endswith(ENDINGS) or key in _RESULTS):
            inner = cast("dict[str, Any]", value)
            if key.endswith(ENDINGS) and str(inner.get("code", "0")) != "0":
                raise refused(inner["code"])
            return inside(inner)
    if isinstance(result := payload.get("apiResult"), dict) and not said_yes(cast("dict[str, Any]", result).get("success")):
        raise refused(cast("dict[str, Any]", result).get("numberCode") or cast("dict[str, Any]", result).get("englishErrCode"))
    return payload


def said_yes(value: object) -> bool:
    """Whether ``success`` says so: true, or the text of it. What is not there did not succeed."""
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "1"))


def refused(code: object) -> NodeError:
    """Only the platform's code words are kept: its sentences may repeat what was sent."""
    return NodeError("order.error_response", error=str(code or "?")[:80])


_BODY = frozenset({"itemInfoList", "orderState", "orderPayment", "orderStartTime"})
"""A whole order has at least one of these."""
