"""Which courier takes an order: by place and weight, with what is excluded, and what becomes of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from nodes.rule.choose_courier import choose_courier

from .parcels import RECEIVER, line, order

CHEAP = {"code": "YTO", "except_regions": ["西藏", "新疆", "广东/深圳/盐田"], "max_grams": 3000}
EMS = {"code": "EMS", "regions": ["西藏", "新疆"]}


def chosen(item: dict[str, Any], *couriers: dict[str, Any], **params: Any) -> tuple[str | None, str | None]:
    params = {"couriers": [*couriers] or [CHEAP, EMS], "grams": {"SOAP": 500}, **params}
    port, made = choose_courier.function(item, choose_courier.params.model_validate(params))
    assert (port == "none") == ("courier" not in made)
    return made.get("courier"), made.get("courier_by")


def to(**receiver: Any) -> dict[str, Any]:
    return order("A1", receiver={**RECEIVER, **receiver})


@pytest.mark.parametrize("province", ["西藏", "西藏自治区", "新疆维吾尔自治区", " 新疆 "])
def test_a_remote_area_is_known_by_its_long_and_short_name(province: str) -> None:
    assert chosen(to(province=province, city="拉萨市")) == ("EMS", "rule")


def test_an_excluded_district_is_excluded_in_its_city_only() -> None:
    assert chosen(to(district="盐田区")) == (None, None)
    assert chosen(to(city="广州市", district="盐田区")) == ("YTO", "rule")


def test_a_city_with_no_suffix_too_short_to_cut_is_itself() -> None:
    assert chosen(to(province="吉林省", city="吉林市"), {"code": "X", "regions": ["吉林/吉林"]}) == ("X", "rule")


@pytest.mark.parametrize(("pieces", "courier"), [(6, "YTO"), (7, None)])
def test_the_limit_of_weight_is_still_allowed(pieces: int, courier: str | None) -> None:
    assert chosen(order("A1", line("1", "SOAP", pieces)))[0] == courier


def test_what_nobody_takes_goes_by_the_fall_back() -> None:
    assert chosen(order("A1", line("1", "SOAP", 70)), otherwise="SF") == ("SF", "otherwise")


def test_an_unknown_weight_only_goes_where_weight_does_not_count() -> None:
    heavy = order("A1", line("1", "ANVIL"))
    assert chosen(heavy) == (None, None)
    assert chosen(heavy, CHEAP, {"code": "DB", "min_grams": 3000}, {"code": "SF"}) == ("SF", "rule")


def test_an_unknown_place_goes_by_nobody_who_excludes_any() -> None:
    nowhere = to(province=None, city=None, district=None)
    assert chosen(nowhere) == (None, None)
    assert chosen(nowhere, {"code": "SF"}) == ("SF", "rule")


def test_countries_are_regions_too() -> None:
    abroad = to(country="US", province="Kentucky", city="Springfield")
    assert chosen(abroad, {"code": "YTO", "regions": ["CN"]}, {"code": "DHL", "regions": ["us"]}) == ("DHL", "rule")


def test_payment_on_delivery_needs_a_courier_that_takes_it() -> None:
    item = order("A1", payment_status="unpaid")
    assert chosen(item, {"code": "YTO", "on_delivery": False}, {"code": "SF"}) == ("SF", "rule")


def test_a_weight_of_the_line_counts_before_the_table() -> None:
    assert chosen(order("A1", line("1", "SOAP", 1, weight_grams=3001))) == (None, None)
