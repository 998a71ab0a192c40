"""Calls of JD's open platform, and what its answers mean.

Refusals come with status 200: as ``error_response``, as a ``code`` other than 0, or as ``success`` that is not true.
Codes: open.jd.com, "platform error codes".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final, Literal, cast

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError, Verdict, by_status
from nodes.connector.arrivals import as_item
from nodes.connector.asking import Busy
from nodes.connector.jd.envelope import ENDINGS, inside
from nodes.connector.jd.fields import WANTED
from nodes.connector.jd.status import STATUS
from nodes.connector.pages import Page

LATER: Final = frozenset({"2", "1", "43", "65", "66", "67"})
"""2: calls too many; the others: the platform, or what is behind it, is out of order for now."""
_PROBLEMS: Final[Mapping[str | None, Literal["platform.session_ended", "platform.signature", "platform.clock"]]] = {
    "19": "platform.session_ended",
    "12": "platform.signature",
    "8": "platform.clock",
}
PAUSE: Final = 5.0
"""Seconds; no answer says how long to wait."""
PAGE_SIZE: Final = 100
_BEIJING: Final = timezone(timedelta(hours=8))
_FIELDS: Final = ",".join(WANTED)


def list_call(since: datetime, until: datetime, page: int) -> HttpCall:
    """jingdong.pop.order.search: whole orders by time of change (``dateType`` 0), in any state; at most a month."""
    return HttpCall(
        "POST",
        json={
            "method": "jingdong.pop.order.search",
            "start_date": _text(since),
            "end_date": _text(until),
            "dateType": 0,
            "sortType": 1,
            "order_state": ",".join(STATUS),
            "optional_fields": _FIELDS,
            "page": str(page),
            "page_size": str(PAGE_SIZE),
        },
    )


def order_call(number: str) -> HttpCall:
    return HttpCall("POST", json={"method": "jingdong.pop.order.get", "order_id": number, "optional_fields": _FIELDS})


def shipment_call(number: str, courier: str, waybill: str) -> HttpCall:
    return HttpCall("POST", json={"method": "jingdong.pop.order.shipment", "orderId": number, "logiCoprId": courier, "logiNo": waybill})


def read_page(answer: HttpAnswer) -> Page:
    """Raises ``Busy`` for what the platform answers later, and ``NodeError``: ``platform.session_ended``, ``platform.signature``,
    ``platform.clock``, ``order.error_response`` for any other refusal, ``platform.no_answer``, ``poll.no_list``.
    """
    found = answered(answer)
    orders, total = found.get("orderInfoList"), found.get("orderTotal")
    if orders is None and total in (0, "0"):
        return Page((), 0)
    if not isinstance(orders, list) or not str(total).isdigit():
        raise NodeError("poll.no_list", path="searchorderinfo_result.orderInfoList")
    return Page(cast("list[Any]", orders), int(str(total)))


def answered(answer: HttpAnswer) -> Mapping[str, Any]:
    """What the envelope holds. Raises ``Busy`` and ``NodeError`` as ``read_page`` does, but ``poll.no_list``."""
    code = code_of(answer)
    if code in LATER or by_status(answer) == "retry":
        raise Busy(PAUSE, code or str(answer.status))
    if code in _PROBLEMS:
        raise NodeError(_PROBLEMS[code], error=code)
    if code is None and by_status(answer) != "done":
        raise NodeError("platform.no_answer", status=answer.status)
    return inside(as_item(answer.body))


def judge(answer: HttpAnswer) -> Verdict:
    """For effects: a refusal that is not for later is looked at by the node."""
    return "retry" if code_of(answer) in LATER else by_status(answer)


def code_of(answer: HttpAnswer) -> str | None:
    """The platform's code of a refusal, ``None`` for any other answer. A soft failure has a code of its own, which is not this one."""
    body = as_item(answer.body)
    refusal = body.get("error_response")
    if refusal is not None:
        return str(as_item(refusal).get("code") or "?")
    code = str(envelope_of(body).get("code", "0"))
    return None if code == "0" else code


def envelope_of(body: Item) -> Item:
    """What stands in ``…_responce``; empty where there is none."""
    return next((as_item(value) for key, value in body.items() if key.endswith(ENDINGS)), dict[str, Any]())


def _text(at: datetime) -> str:
    return f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}"
