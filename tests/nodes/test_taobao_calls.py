"""What Taobao's answers mean, whatever they hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.connection.http import HttpRequest
from engine.connection.types import parse_connection
from engine.errors import InputInvalid
from engine.sdk import HttpAnswer, NodeError, days_left, write_json
from nodes.connector.asking import Busy
from nodes.connector.taobao.calls import judge, list_call, pages_of, read, rows_of, shipped_call
from nodes.connector.taobao.sign import sign

NOW = datetime(2026, 1, 15, 16, 0, tzinfo=UTC)
SHOP = {"type": "taobao", "secret": "helloworld", "app_key": "12345678", "session": "test"}
VALUES = st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.none(), st.lists(st.text(max_size=3), max_size=2))


def sent(document: dict[str, Any], json: Any) -> dict[str, str]:
    prepared = parse_connection("taobao", document).prepare(HttpRequest("POST", "https://x.example", {}, write_json(json)), NOW)
    assert prepared.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    return dict(parse_qsl(prepared.body.decode(), keep_blank_values=True, strict_parsing=True))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text("abcdefghij_", min_size=1, max_size=8), VALUES, max_size=6))
def test_what_is_sent_is_what_is_signed_but_for_the_signature(business: dict[str, Any]) -> None:
    form = sent(SHOP, {"method": "taobao.item.seller.get", **business})
    assert form["sign"] == sign(form, "helloworld")
    assert set(form) - {"sign"} >= {name for name, value in business.items() if value is not None}
    assert {"method", "app_key", "session", "timestamp", "format", "v", "sign_method"} <= set(form)


def test_a_call_tells_the_time_of_beijing_without_an_offset() -> None:
    assert sent(SHOP, {"method": "m"})["timestamp"] == "2026-01-16 00:00:00"


def test_a_shop_without_an_app_key_cannot_be_asked() -> None:
    with pytest.raises(InputInvalid) as caught:
        sent({"type": "taobao", "secret": "s"}, {"method": "m"})
    assert caught.value.problems[0].code == "connection.no_app_key"


def test_the_days_until_a_session_ends_are_known() -> None:
    shop = parse_connection("taobao", {**SHOP, "expires_at": "2026-01-23T00:00:00+08:00"})
    ends: str = shop.fields()["expires_at"]
    assert ends == "2026-01-22T16:00:00Z" == shop.public_view()["expires_at"]
    assert days_left(ends, NOW) == 7
    assert days_left(ends, datetime(2026, 1, 22, 17, tzinfo=UTC)) == -1
    assert days_left(None, NOW) is None


@pytest.mark.parametrize("text", ["soon", "2026-01-23 00:00:00", "2026-13-01T00:00:00Z", ""])
def test_the_end_of_a_session_has_an_offset(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_connection("taobao", {**SHOP, "expires_at": text})
    assert caught.value.problems[0].where == ("taobao", "expires_at")


def refusal(code: int, word: str = "", said: str = "") -> HttpAnswer:
    return HttpAnswer(200, {}, {"error_response": {"code": code, "msg": "x", "sub_code": word, "sub_msg": said}})


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (refusal(7, "accesscontrol.limited-by-api-access-count", "This ban will last for 3 more seconds"), 3.5),
        (refusal(7, "accesscontrol.limited-by-app-access-count"), 1.0),
        (refusal(15, "isp.top-remote-connection-timeout"), 1.0),
        (refusal(15, "isv.logistics-offline-service-error:B150"), 1.0),
        (refusal(10), 1.0),
        (HttpAnswer(502, {}, "<html>"), 1.0),
    ],
)
def test_what_the_platform_answers_later_is_asked_again_when_it_says(answer: HttpAnswer, seconds: float) -> None:
    with pytest.raises(Busy) as caught:
        read(answer)
    assert caught.value.seconds == seconds
    assert judge(answer) == "retry"


@pytest.mark.parametrize(
    ("answer", "code", "error"),
    [
        (refusal(27, "sessionkey-not-generated-by-server"), "platform.session_ended", "sessionkey-not-generated-by-server"),
        (refusal(25), "platform.signature", "25"),
        (refusal(31), "platform.clock", "31"),
        (refusal(15, "isv.trade-not-exist", "交易 4012600000000000010 不存在"), "order.error_response", "isv.trade-not-exist"),
        (HttpAnswer(200, {}, "<html>"), "platform.no_answer", None),
        (HttpAnswer(200, {}, {"trade_fullinfo_get_response": None}), "platform.no_answer", None),
    ],
)
def test_what_the_platform_refuses_is_named_by_its_code_word(answer: HttpAnswer, code: str, error: str | None) -> None:
    with pytest.raises(NodeError) as caught:
        read(answer)
    assert (caught.value.problem.code, caught.value.problem.fields.get("error")) == (code, error)
    assert "4012600000000000010" not in str(caught.value)


INSIDE = st.sampled_from(["error_response", "a_response", "code", "trade"])


@given(st.recursive(VALUES, lambda inner: st.dictionaries(INSIDE, inner), max_leaves=6))
def test_any_answer_is_read_or_refused_with_a_problem(body: Any) -> None:
    try:
        inside = read(HttpAnswer(200, {}, body))
    except (NodeError, Busy):
        return
    assert isinstance(inside, dict)


def test_a_list_may_hold_one_trade_as_an_object_or_none_at_all() -> None:
    assert rows_of({"trades": {"trade": [{"tid": 1}, {"tid": 2}]}}) == [{"tid": 1}, {"tid": 2}]
    assert rows_of({"trades": {"trade": {"tid": 1}}}) == [{"tid": 1}]
    assert rows_of({}) == rows_of({"trades": {}}) == []
    with pytest.raises(NodeError, match=r"poll\.no_list"):
        rows_of({"trades": None})


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (100, 1), (101, 2), ("250", 3)])
def test_pages_are_counted_from_the_number_of_trades(total: Any, pages: int) -> None:
    assert pages_of({"total_results": total}) == pages


@pytest.mark.parametrize("total", [None, "many"])
def test_a_number_of_trades_that_is_none_is_no_last_page(total: Any) -> None:
    with pytest.raises(NodeError, match=r"poll\.no_list"):
        pages_of({"total_results": total})


def test_a_part_of_an_order_is_shipped_by_its_sub_orders() -> None:
    assert shipped_call("1", "YTO", "YT1").json == {
        "method": "taobao.logistics.offline.send",
        "tid": "1",
        "company_code": "YTO",
        "out_sid": "YT1",
    }
    part = shipped_call("1", "YTO", "YT1", ("11", "12")).json
    assert (part["sub_tid"], part["is_split"]) == ("11,12", "1")


def test_a_list_is_asked_for_in_beijing_time() -> None:
    asked = list_call(NOW, NOW, 3).json
    assert (asked["start_modified"], asked["page_no"], asked["use_has_next"]) == ("2026-01-16 00:00:00", "3", "true")
    assert list_call(NOW, NOW, 1, counted=True).json["use_has_next"] == "false"
