"""Stock day by day: carried on until told anew, warehouses added up, and sales counted over the days on which there was any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from designer.pages.stock_line import curve_of
from engine.hub.stock import Needs, findings_of, lines_of
from engine.hub.stock_desk import StockDesk
from engine.hub.stock_history import DayStock, day_by_day, days_on_sale, days_with_stock
from engine.store.memory import MemoryStore
from engine.store.stock_records import Holds, Sold, StockDay, StockLevel, day_of

TODAY = datetime(2026, 1, 20, 9, tzinfo=UTC)


def told(ago: int, quantity: int, house: str = "HZ1", system: str = "wms", holds: Holds = "goods", hour: int = 0) -> StockDay:
    return day_of(StockLevel(system, "", house, "A", holds, quantity, TODAY - timedelta(days=ago, hours=hour)))


def quantities(*days: StockDay, count: int = 5) -> list[int | None]:
    return [one.quantity for one in day_by_day(days, TODAY, count)]


def test_what_was_told_holds_until_it_is_told_anew_and_before_it_nothing_is_known() -> None:
    assert quantities(told(3, 9), told(1, 4)) == [None, 9, 9, 4, 4]
    assert quantities(told(40, 7), told(0, 2)) == [7, 7, 7, 7, 2], "also what was told before the first day"
    assert [one.day.isoformat() for one in day_by_day([], TODAY, 2)] == ["2026-01-19", "2026-01-20"]


def test_warehouses_are_added_up_and_one_of_two_systems_counts_once() -> None:
    assert quantities(told(4, 5), told(2, 3, "SH2"), told(0, 0)) == [5, 5, 8, 8, 3]
    assert quantities(told(4, 5, hour=1), told(3, 6, system="erp")) == [5, 6, 6, 6, 6]
    assert quantities(told(4, 5), told(3, 99, system="shop", holds="offer")) == [5] * 5, "what a channel offers lies nowhere"


def test_a_day_on_which_it_ran_out_was_a_day_of_sales_and_one_of_which_nobody_knows_too() -> None:
    history = [DayStock(TODAY.date(), quantity) for quantity in (None, 3, 0, 0, 0, 5)]
    assert days_with_stock(history) == 4
    assert days_with_stock([]) == 0
    assert days_on_sale([told(30, 0)], TODAY, 14) == {"A": 1}


def test_a_sku_that_was_out_of_stock_lasts_for_fewer_days_than_it_seems() -> None:
    levels = [StockLevel("wms", "", "HZ1", "A", "goods", 20, TODAY)]
    sold = {"A": Sold(sold=28)}
    (seems,) = lines_of(levels, sold, {})
    on_sale = days_on_sale([told(30, 0), told(3, 40), told(0, 20)], TODAY, 14)
    (lasts,) = lines_of(levels, sold, {}, on_sale=on_sale)
    assert (seems.daily, seems.cover) == ("2.0", 10)
    assert on_sale == {"A": 4}
    assert (lasts.daily, lasts.cover) == ("7.0", 2)
    needs = Needs(at_least=None, days=5)
    assert [one.kind for line in (seems, lasts) for one in findings_of([line], needs)] == ["short"]


async def test_the_desk_looks_again_once_anything_was_told() -> None:
    store, now = MemoryStore(), [TODAY]
    desk = StockDesk(store, lambda: now[0])

    async def keep(ago: int, quantity: int) -> None:
        at = (TODAY - timedelta(days=ago)).isoformat()
        await desk.keep({"system": "wms", "holds": "goods", "at": at, "levels": [{"sku_code": "A", "quantity": quantity}]})

    await keep(9, 0)
    assert await desk._days_on_sale() == {"A": 5}
    await keep(1, 4)
    assert await desk._days_on_sale() == {"A": 7}
    assert [one.quantity for one in await desk.history("A", 3)] == [0, 4, 4]


def test_the_line_shows_gaps_as_gaps_and_what_was_never_known_as_nothing() -> None:
    assert curve_of(day_by_day([], TODAY, 5)) is None
    curve = curve_of(day_by_day([told(3, 10), told(1, 0), told(0, 5)], TODAY, 5))
    assert curve is not None
    assert (curve.least, curve.most, curve.now, curve.days, curve.zero) == (0, 10, 5, 5, 53.0)
    assert curve.paths == ["M60.0 3.0H120.0V3.0H180.0V53.0H240.0V28.0H300.0"]
