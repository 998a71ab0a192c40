"""The situations of the order domain that concern one value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.errors import NodeError
from engine.json_text import read_json
from engine.order import clean_name, clean_text, parse_money, scale_of, to_utc
from engine.order.reading import Findings, Source

CASES: dict[str, Any] = {
    case["id"]: case for case in read_json((Path(__file__).parents[1] / "fixtures" / "domain" / "edge_cases.json").read_bytes())
}


def test_a_naive_taobao_time_is_beijing_time_on_any_host() -> None:
    text = CASES["tz-taobao-naive"]["given"].split("'")[1]
    assert to_utc(text, "+08:00") == CASES["tz-taobao-naive"]["expect"]


def test_sentinel_dates_are_null() -> None:
    assert {to_utc(one, "+08:00") for one in CASES["sentinel-date"]["given"]} == {CASES["sentinel-date"]["expect"]}


def test_an_int64_id_keeps_its_last_digits() -> None:
    assert Source({"oid": CASES["int64-id"]["given"]}, Findings()).identifier("oid") == "4012600000000000011"


def test_a_price_in_yuan_as_a_json_number_multiplies_exactly() -> None:
    given = CASES["money-float"]["given"]
    assert parse_money(given["goods_price"], "CNY") * given["goods_count"] * 100 == CASES["money-float"]["expect_minor"]


@pytest.mark.parametrize("case", ["money-jpy", "money-kwd"])
def test_minor_units_follow_the_currency(case: str) -> None:
    given = CASES[case]["given"]
    assert parse_money(given["amount"], given["currency"]).scaleb(scale_of(given["currency"])) == CASES[case]["expect_minor"]


def test_an_html_entity_is_resolved() -> None:
    assert clean_name(CASES["html-entity"]["given"]) == CASES["html-entity"]["expect"]


def test_a_remark_is_stored_without_control_characters() -> None:
    assert clean_text("别按门铃\u200b🙏\x00") == "别按门铃🙏"


def test_a_float_never_passes_for_money() -> None:
    with pytest.raises(NodeError):
        parse_money(29.9, "CNY")
