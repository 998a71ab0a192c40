"""Calls of Pinduoduo's open platform, and what its answers mean.

Refusals come as ``error_response`` with status 200. Codes: open.pinduoduo.com, "error codes".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError, Verdict, by_status
from nodes.connector.arrivals import as_item
from nodes.connector.asking import Busy
from nodes.connector.pages import Page
from nodes.connector.pinduoduo.envelope import refused

TOO_MANY: Final = frozenset({"70031", "52101"})
"""Calls too many: of the app, or of all apps on one interface."""
LATER: Final = TOO_MANY | {"52102", "52103", "70032", "70033", "52002", "50000", "50001"}
"""With those that say: out of order for now."""
_SESSION: Final = frozenset({"10019", "20032"})
_SIGNATURE: Final = frozenset({"20004"})
PAUSE: Final = 1.0
"""Seconds; limits count calls a second, and no answer says how long to wait."""
PAGE_SIZE: Final = 100
PERMIT: Final = "pdd.pmc.user.permit"


def list_call(since: datetime, until: datetime, page: int) -> HttpCall:
    """pdd.order.number.list.increment.get: whole orders by time of change; at most 30 minutes."""
    return HttpCall(
        "POST",
        json={
            "type": "pdd.order.number.list.increment.get",
            "start_updated_at": int(since.timestamp()),
            "end_updated_at": int(until.timestamp()),
            "order_status": 5,
            "refund_status": 5,
            "is_lucky_flag": 0,
            "page": page,
            "page_size": PAGE_SIZE,
        },
    )


def order_call(number: str) -> HttpCall:
    return HttpCall("POST", json={"type": "pdd.order.information.get", "order_sn": number})


def permit_call(topics: Sequence[str]) -> HttpCall:
    """pdd.pmc.user.permit: the shop's messages on these topics go to the app. Said again, it changes nothing."""
    return HttpCall("POST", json={"type": PERMIT, "topics": ",".join(topics)})


def shipment_call(number: str, courier: str, waybill: str) -> HttpCall:
    call = {"type": "pdd.logistics.online.send", "order_sn": number, "logistics_id": courier, "tracking_number": waybill}
    return HttpCall("POST", json=call)


def further_call(number: str, parcels: Sequence[Item]) -> HttpCall:
    """pdd.order.upload.extra.logistics: the further parcels of an order that is shipped, which the buyer sees beside the first."""
    listed = [{"shipping_id": parcel.get("logistics_id"), "tracking_number": parcel.get("tracking_number")} for parcel in parcels]
    call = {"type": "pdd.order.upload.extra.logistics", "order_sn": number, "extra_track_type": 1, "extra_track_list": listed}
    return HttpCall("POST", json=call)


def read_page(answer: HttpAnswer) -> Page:
    """Raises ``Busy`` for what the platform answers later, and ``NodeError``: ``platform.session_ended``, ``platform.signature``,
    ``platform.clock``, ``order.error_response`` for any other refusal, ``platform.no_answer``, ``poll.no_list``.
    """
    found = as_item(body_of(answer).get("order_sn_increment_get_response"))
    orders, total = found.get("order_sn_list"), found.get("total_count")
    if not isinstance(orders, list) or not isinstance(total, int):
        raise NodeError("poll.no_list", path="order_sn_increment_get_response.order_sn_list")
    return Page(cast("list[Any]", orders), total)


def body_of(answer: HttpAnswer) -> Item:
    """Raises ``Busy`` and ``NodeError`` as ``read_page`` does, but ``poll.no_list``."""
    body, code = as_item(answer.body), code_of(answer)
    if code in LATER or by_status(answer) == "retry":
        raise Busy(PAUSE, code or str(answer.status))
    if code is not None:
        raise _refusal(code, as_item(body["error_response"]))
    if by_status(answer) != "done":
        raise NodeError("platform.no_answer", status=answer.status)
    return body


def judge(answer: HttpAnswer) -> Verdict:
    """For effects: a refusal that is not for later is looked at by the node."""
    return "retry" if code_of(answer) in LATER else by_status(answer)


def code_of(answer: HttpAnswer) -> str | None:
    """The code of a refusal, ``None`` for any other answer."""
    refusal = as_item(answer.body).get("error_response")
    return None if refusal is None else str(as_item(refusal).get("error_code") or "?")


def _refusal(code: str, refusal: Item) -> NodeError:
    if code in _SESSION:
        return NodeError("platform.session_ended", error=code)
    if code in _SIGNATURE:
        return NodeError("platform.signature", error=code)
    return NodeError("platform.clock", error=code) if "timestamp" in str(refusal.get("error_msg")).lower() else refused(refusal)
