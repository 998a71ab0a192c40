"""Calls to Taobao's open platform and what its answers mean. Pure.

Sources: open.taobao.com, API 128 (taobao.trades.sold.increment.get), 54 (taobao.trade.fullinfo.get), 10690
(taobao.logistics.offline.send) and the platform's list of error codes. Every answer has status 200; a refusal is
``{"error_response": {"code", "msg", "sub_code", "sub_msg"}}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final, Literal, cast

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError, Verdict
from nodes.connector.arrivals import as_item
from nodes.connector.asking import Busy

LIST: Final = "taobao.trades.sold.increment.get"
DETAIL: Final = "taobao.trade.fullinfo.get"
SEND: Final = "taobao.logistics.offline.send"
PAGE_SIZE: Final = 100
LONGEST: Final = timedelta(days=1)
"""A list covers at most a day of changes, and nothing that changed more than three months ago."""
BEIJING: Final = timezone(timedelta(hours=8))
GONE: Final = "isv.trade-not-exist"

_LISTED = "tid,modified,created"
_SHOWN = (
    "tid,modified,created,status,seller_nick,payment,received_payment,total_fee,discount_fee,adjust_fee,post_fee,num,pay_time,consign_time,"
    "end_time,shipping_type,step_trade_status,step_paid_fee,orders"
)
_TRADE = """
tid title type status seller_nick buyer_nick buyer_open_uid created pay_time modified consign_time end_time total_fee discount_fee
adjust_fee post_fee payment received_payment coupon_fee platform_subsidy_fee order_tax_fee num shipping_type no_shipping step_trade_status
step_paid_fee receiver_country receiver_state receiver_city receiver_district receiver_town receiver_address receiver_name receiver_mobile
receiver_phone receiver_zip buyer_message seller_memo seller_flag invoice_name buyer_tax_no buyer_email trade_from is_part_consign top_hold
forbid_consign team_buy_hold ofp_hold share_group_hold is_sh_ship est_con_time send_time delivery_time orders promotion_details service_tags
trade_attr
"""
FIELDS: Final = ",".join(_TRADE.split())
_LATER = ("7", "10")
_SESSION = ("26", "27")
_BESIDE = frozenset({"has_next", "total_results", "request_id"})
"""What stands in an answer beside its rows."""
_SIGNATURE = ("24", "25", "28", "29")
_CLOCK = ("30", "31")
_BAN = re.compile(r"ban will last for (\d+) more second")
_MOMENT_LATER = frozenset({"isv.logistics-offline-service-error:S01", "isv.logistics-offline-service-error:B150"})


def list_call(since: datetime, until: datetime, page: int, *, counted: bool = False, whole: bool = False) -> HttpCall:
    """What changed from ``since`` to ``until``, newest first. ``counted``: with the number of all instead of ``has_next``; ``whole``:
    each trade as far as the list shows it, which is without its promotions and what holds it back.
    """
    return _call(
        LIST,
        fields=_SHOWN if whole else _LISTED,
        start_modified=beijing_text(since),
        end_modified=beijing_text(until),
        page_no=str(page),
        page_size=str(PAGE_SIZE),
        use_has_next="false" if counted else "true",
    )


def detail_call(tid: str) -> HttpCall:
    """One trade with all that the canonical order needs, and the token that stands for its receiver."""
    return _call(DETAIL, tid=tid, fields=FIELDS, include_oaid="include_oaid")


def shipped_call(tid: str, company_code: str, tracking_no: str, oids: tuple[str, ...] = ()) -> HttpCall:
    """``oids``: the sub-orders in the parcel where it does not hold them all."""
    part = {"sub_tid": ",".join(oids), "is_split": "1"} if oids else {}
    return _call(SEND, tid=tid, company_code=company_code, out_sid=tracking_no, **part)


def beijing_text(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def read(answer: HttpAnswer) -> Item:
    """What stands inside of ``…_response``.

    Raises ``Busy`` for what the platform will answer later, and ``NodeError``: ``platform.session_ended``, ``platform.signature``,
    ``platform.clock``, ``order.error_response`` with the platform's code word for any other refusal, ``platform.no_answer``.
    """
    if answer.status in (408, 429) or answer.status >= 500:
        raise Busy(1.0, str(answer.status))
    body = as_item(answer.body)
    if (refusal := refusal_of(answer)) is not None:
        raise _refusal(refusal)
    for name, inside in body.items():
        if name.endswith("_response") and isinstance(inside, dict):
            return cast("Item", inside)
    raise NodeError("platform.no_answer", status=answer.status)


def refusal_of(answer: HttpAnswer) -> Item | None:
    """What the platform says instead of an answer."""
    refusal: Any = as_item(answer.body).get("error_response")
    return cast("Item", refusal) if isinstance(refusal, dict) else None


def judge(answer: HttpAnswer) -> Verdict:
    """For effects: ``done`` or ``retry``. Raises ``NodeError`` with the platform's code word for what it refuses."""
    try:
        read(answer)
    except Busy:
        return "retry"
    return "done"


def pages_of(answer: Mapping[str, Any]) -> int:
    """How many pages a list has that was asked for ``counted``. Raises ``NodeError`` with ``poll.no_list``."""
    total = answer.get("total_results")
    if not (isinstance(total, (int, str)) and str(total).isdigit()):
        raise NodeError("poll.no_list", path="total_results")
    return -(-int(total) // PAGE_SIZE)


def has_next(answer: Mapping[str, Any], rows: Sequence[object]) -> bool:
    """Whether a list goes on. Where it does not say so, a whole page does."""
    said = answer.get("has_next")
    return said if isinstance(said, bool) else len(rows) >= PAGE_SIZE


def rows_of(answer: Mapping[str, Any], around: str = "trades", name: str = "trade") -> list[Item]:
    """The rows of a list; ``trades`` is left out where there are none, and one alone may be no list.

    Raises ``NodeError`` with ``poll.no_list`` for an answer of another form: taken as an empty one it would lose orders.
    """
    inside = answer.get(around)
    if answer.get("has_next") is not True and (inside in ({}, [], "") or (around not in answer and answer.keys() <= _BESIDE)):
        return []
    found: Any = cast("Item", inside).get(name) if isinstance(inside, dict) else inside
    rows = cast("list[Any]", found) if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise NodeError("poll.no_list", path=f"{around}.{name}")
    return cast("list[Item]", rows)


def sub_code(refusal: Mapping[str, Any]) -> str:
    """The code word of a refusal. Its sentences are left out: they may repeat what was sent."""
    return str(refusal.get("sub_code") or refusal.get("code") or "?")[:80]


def _refusal(refusal: Mapping[str, Any]) -> Exception:
    code, word = str(refusal.get("code", "")), sub_code(refusal)
    if code in _LATER or word.startswith(("isp.", "accesscontrol.")) or word in _MOMENT_LATER:
        ban = _BAN.search(str(refusal.get("sub_msg", "")))
        return Busy(float(ban[1]) + 0.5 if ban else 1.0, word)
    for codes, problem in _PROBLEMS:
        if code in codes:
            return NodeError(problem, error=word)
    return NodeError("order.error_response", error=word)


_Code = Literal["platform.session_ended", "platform.signature", "platform.clock"]
_PROBLEMS: Final[tuple[tuple[tuple[str, ...], _Code], ...]] = (
    (_SESSION, "platform.session_ended"),
    (_SIGNATURE, "platform.signature"),
    (_CLOCK, "platform.clock"),
)


def _call(method: str, **params: str) -> HttpCall:
    return HttpCall("POST", "", json={"method": method, **params})
