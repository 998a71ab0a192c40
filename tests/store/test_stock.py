"""What every store promises about stock: the newest level of each place counts, and a whole list says what is not there."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from engine.store.memory import MemoryStore
from engine.store.ports import OrderLine, Store
from engine.store.stock_records import KEPT_DAYS, Sold, StockLevel, StockLimit, StockTake, TakeCounts

from .conftest import NOW, event, fact, order


def level(sku: str, quantity: int, *, minute: int = 0, house: str = "HZ1", reserved: int | None = None) -> StockLevel:
    return StockLevel("wms", "", house, sku, "goods", quantity, NOW + timedelta(minutes=minute), reserved)


def take(*levels: StockLevel, minute: int = 0, whole: bool = False) -> StockTake:
    return StockTake("wms", "goods", NOW + timedelta(minutes=minute), levels, whole)


async def quantities(store: Store) -> dict[str, int]:
    return {one.sku_code: one.quantity for one in await store.stock_levels()}


async def test_levels_are_kept_by_system_shop_warehouse_and_sku_with_their_time(store: Store) -> None:
    shop = StockLevel("taobao", "s1", "", "A-1", "offer", 7, NOW)
    told = take(level("A-1", 5, reserved=2), level("A-1", 3, house="SH2"))
    assert await store.keep_stock(told) == TakeCounts(kept=2, changed=2)
    await store.keep_stock(StockTake("taobao", "offer", NOW, (shop,)))
    assert list(await store.stock_levels()) == [shop, *told.levels]
    assert [(one.system, one.holds, one.read_at) for one in await store.stock_sources()] == [
        ("taobao", "offer", None),
        ("wms", "goods", None),
    ]


async def test_what_was_so_earlier_never_takes_the_place_of_what_is_so_now(store: Store) -> None:
    await store.keep_stock(take(level("A-1", 5, minute=2), minute=2))
    assert await store.keep_stock(take(level("A-1", 9, minute=1), minute=1)) == TakeCounts(older=1)
    assert await quantities(store) == {"A-1": 5}


async def test_the_same_list_twice_changes_nothing(store: Store) -> None:
    told = take(level("A-1", 5), level("B-2", 0), whole=True)
    await store.keep_stock(told)
    assert await store.keep_stock(told) == TakeCounts(kept=2)
    assert await quantities(store) == {"A-1": 5, "B-2": 0}


async def test_a_sku_that_a_whole_list_no_longer_names_is_not_there_any_more(store: Store) -> None:
    await store.keep_stock(take(level("A-1", 5), level("B-2", 8), whole=True))
    assert await store.keep_stock(take(level("A-1", 4, minute=5), minute=5, whole=True)) == TakeCounts(kept=1, changed=1, gone=1)
    assert await quantities(store) == {"A-1": 4}
    assert (await store.keep_stock(take(level("B-2", 8, minute=1), minute=1, whole=True))).older == 1, "an old list came late"
    assert await quantities(store) == {"A-1": 4}
    await store.keep_stock(take(level("B-2", 3, minute=9), minute=9))
    assert await quantities(store) == {"A-1": 4, "B-2": 3}


TAKES = (
    take(level("A-1", 5), level("B-2", 8), whole=True),
    take(level("A-1", 4, minute=3), minute=3),
    take(level("A-1", 4, minute=3), level("C-3", 1, minute=5), minute=5, whole=True),
    take(level("B-2", 6, minute=8), minute=8),
)


async def settled(order_of: tuple[StockTake, ...]) -> dict[str, int]:
    store = MemoryStore()
    for one in (*order_of, *order_of[:2]):
        await store.keep_stock(one)
    return await quantities(store)


async def test_lists_in_any_order_and_some_twice_end_at_the_same_stock() -> None:
    assert {tuple(sorted((await settled(one)).items())) for one in permutations(TAKES)} == {(("A-1", 4), ("B-2", 6), ("C-3", 1))}


async def test_a_store_that_lets_the_last_word_win_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saboteur of the test above."""
    monkeypatch.setattr("engine.store.stock_records._is_older", lambda *_: False)
    assert len({tuple(sorted((await settled(one)).items())) for one in permutations(TAKES)}) > 1


async def test_units_sold_and_not_shipped_are_those_of_paid_orders_still_to_go(store: Store) -> None:
    states = ("awaiting_fulfillment", "paid_hold", "partially_shipped", "shipped", "cancelled", "pending_payment", "unknown")
    run = (await store.journal.put_event(event())).id
    for number, status in enumerate(states, 1):
        one = order(channel_order_id=str(number), status=status, lines=(OrderLine("A-1", 10), OrderLine("", 1)))
        await store.journal.put_order(one, fact(run, number))
    assert await store.sold(NOW - timedelta(days=1)) == {"A-1": Sold(open=30, sold=40)}
    assert await store.sold(NOW) == {"A-1": Sold(open=30, sold=0)}, "all were created before"


async def test_limits_of_a_sku_are_kept_until_they_are_taken_away(store: Store) -> None:
    limit = StockLimit("A-1", 20, 7)
    await store.set_stock_limit(limit, actor="owner")
    assert await store.stock_limits() == {"A-1": limit}
    await store.set_stock_limit(StockLimit("A-1", None, None), actor="owner")
    assert not await store.stock_limits()
    actions = [(row.action, row.resource, row.detail) for row in (await store.audit_rows()).items]
    assert actions == [("stock_limit.save", "sku:A-1", {}), ("stock_limit.save", "sku:A-1", {"at_least": "20", "days": "7"})]


def on_day(sku: str, quantity: int, day: int, *, hour: int = 0) -> StockTake:
    at = NOW + timedelta(days=day, hours=hour)
    return StockTake("wms", "goods", at, (StockLevel("wms", "", "HZ1", sku, "goods", quantity, at),))


async def days(store: Store, sku: str | None = "A") -> list[tuple[int, int]]:
    return [((one.day - NOW.date()).days, one.level.quantity) for one in await store.stock_days(sku)]


async def test_the_last_of_each_day_is_kept_whatever_comes_late(store: Store) -> None:
    for told in (on_day("A", 9, 0), on_day("A", 7, 0, hour=2), on_day("A", 8, 0, hour=1), on_day("A", 5, 2), on_day("B", 1, 1)):
        await store.keep_stock(told)
    assert await days(store) == [(0, 7), (2, 5)]
    assert await days(store, "B") == [(1, 1)]


async def test_what_a_whole_list_lacks_is_none_on_its_day(store: Store) -> None:
    await store.keep_stock(on_day("A", 9, 0))
    await store.keep_stock(StockTake("wms", "goods", NOW + timedelta(days=3), (), whole=True))
    assert await days(store) == [(0, 9), (3, 0)]
    assert await days(store, None) == [(0, 9), (3, 0)], "it was out of stock once"


async def test_days_are_forgotten_but_for_what_it_was_last(store: Store) -> None:
    for day in (0, 1, 5, 20):
        await store.keep_stock(on_day("A", 10 + day, day))
    await store.keep_stock(on_day("QUIET", 3, 0, hour=1))
    await store.keep_stock(on_day("A", 1, 10 + KEPT_DAYS))
    assert await days(store) == [(5, 15), (20, 30), (10 + KEPT_DAYS, 1)]
    assert await days(store, "QUIET") == [(0, 3)], "it has not changed since"
    assert await days(store, None) == []
