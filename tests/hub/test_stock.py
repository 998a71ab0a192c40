"""Stock by SKU: what is free, what is oversold or short, and where systems differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import NodeError
from engine.hub.stock import Finding, Needs, StockLine, findings_of, is_oversold, is_short, lines_of
from engine.hub.stock_desk import take_of
from engine.store.stock_records import Sold, StockLevel, StockLimit

AT = datetime(2026, 1, 16, 8, tzinfo=UTC)


def goods(sku: str, quantity: int, *, house: str = "HZ1", system: str = "wms", minute: int = 0) -> StockLevel:
    return StockLevel(system, "", house, sku, "goods", quantity, AT + timedelta(minutes=minute))


def offer(sku: str, quantity: int, channel: str = "taobao") -> StockLevel:
    return StockLevel(channel, "s1", "", sku, "offer", quantity, AT)


def line(*levels: StockLevel, sold: Sold = Sold(), limit: StockLimit | None = None) -> StockLine:  # noqa: B008 - it cannot be changed
    (one,) = lines_of(levels, {"A": sold} if sold != Sold() else {}, {"A": limit} if limit else {}, 10)
    return one


def kinds(*levels: StockLevel, sold: Sold = Sold(), needs: Needs = Needs(at_least=None)) -> list[str]:  # noqa: B008
    return [one.kind for one in findings_of([line(*levels, sold=sold)], needs)]


def test_what_is_free_is_what_lies_there_less_what_is_sold_and_not_shipped() -> None:
    one = line(goods("A", 7), goods("A", 5, house="SH2"), sold=Sold(open=4, sold=20))
    assert (one.quantity, one.open, one.free, one.daily, one.cover) == (12, 4, 8, "2.0", 4)


def test_a_sku_is_oversold_when_more_is_sold_than_lies_there_and_not_before() -> None:
    assert not is_oversold(line(goods("A", 4), sold=Sold(open=4)))
    assert is_oversold(line(goods("A", 4), sold=Sold(open=5)))
    assert findings_of([line(goods("A", 4), sold=Sold(open=5))], Needs()) == [Finding("A", "oversold", 5, 4)]


def test_a_sku_that_was_sold_and_no_warehouse_names_is_oversold_once_any_warehouse_tells() -> None:
    found = lines_of([goods("B", 9)], {"A": Sold(open=2)}, {}, 10)
    assert [(one.sku_code, one.quantity, is_oversold(one)) for one in found] == [("A", None, True), ("B", 9, False)]
    assert lines_of([], {"A": Sold(open=2)}, {}, 10) == []


@pytest.mark.parametrize(
    ("quantity", "sold", "needs", "short"),
    [
        (10, Sold(), Needs(10), False),
        (9, Sold(), Needs(10), True),
        (12, Sold(open=3), Needs(10), True),
        (100, Sold(sold=200), Needs(None, days=7), True),
        (100, Sold(sold=100), Needs(None, days=7), False),
        (0, Sold(), Needs(None, days=7), False),
        (0, Sold(), Needs(None), False),
    ],
)
def test_a_sku_is_short_below_a_number_of_units_or_of_days(quantity: int, sold: Sold, needs: Needs, short: bool) -> None:
    assert is_short(line(goods("A", quantity), sold=sold), needs) is short


def test_limits_of_the_sku_count_before_those_of_all() -> None:
    assert not is_short(line(goods("A", 4), limit=StockLimit("A", 3, None)), Needs(10))
    assert is_short(line(goods("A", 40), limit=StockLimit("A", 50, None)), Needs(10))
    assert is_short(line(goods("A", 40), sold=Sold(sold=100), limit=StockLimit("A", None, 5)), Needs(10))


def test_a_channel_that_offers_more_than_is_free_or_none_of_it_is_told() -> None:
    assert kinds(goods("A", 10), offer("A", 8), sold=Sold(open=2)) == []
    assert kinds(goods("A", 10), offer("A", 9), sold=Sold(open=2)) == ["offered_too_many"]
    assert kinds(goods("A", 10), offer("A", 0)) == ["not_offered"]
    assert kinds(offer("A", 9)) == [], "no warehouse has told anything"


def test_two_systems_that_tell_of_one_warehouse_count_once_and_their_difference_is_told() -> None:
    both = (goods("A", 10), goods("A", 7, system="erp", minute=5))
    assert line(*both).quantity == 7
    assert findings_of([line(*both)], Needs(None)) == [Finding("A", "different", 7, 10, "wms", "HZ1")]
    assert kinds(goods("A", 10), goods("A", 10, system="erp", minute=5)) == []


def test_warehouses_without_a_name_are_each_systems_own() -> None:
    assert line(goods("A", 10, house=""), goods("A", 7, house="", system="erp")).quantity == 17


def test_a_level_that_cannot_be_kept_says_which_and_why() -> None:
    told = {
        "system": "wms",
        "holds": "goods",
        "at": "2026-01-16T08:00:00Z",
        "levels": [{"sku_code": "a-1", "quantity": "12.0"}, {"sku_code": " "}],
    }
    with pytest.raises(NodeError) as caught:
        take_of(told)
    assert (caught.value.problem.code, dict(caught.value.problem.fields)) == ("stock.bad_level", {"number": 2, "field": "sku_code"})
    (level,) = take_of({**told, "levels": [{"sku_code": "a-1", "quantity": "12.0", "at": "2027-01-01T00:00:00Z"}]}).levels
    assert (level.sku_code, level.quantity, level.at) == ("A-1", 12, AT), "no level is newer than when it was read"
