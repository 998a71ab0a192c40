"""Stock and parcels under watch: one message when something is wrong, one when it is well again, whatever is looked at how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.goods import GoodsWatch
from engine.store.memory import MemoryStore
from engine.store.ports import AlarmFilter
from engine.watch.goods import parcel_fault, stock_fault
from engine.watch.judge import State, judge
from engine.watch.observations import ParcelSeen, StockSeen
from engine.watch.rule import Rule
from engine.watch.rule_documents import parse_rule
from engine.watch.rules import KINDS
from tests.watch.conftest import Watched

AT = datetime(2026, 1, 16, 8, tzinfo=UTC)
EVERY = 16


def rule(kind: str, **fields: Any) -> Any:
    return parse_rule("r", {"kind": kind, **fields})


def stock(**fields: Any) -> StockSeen:
    return StockSeen("CUP-01", AT, **fields)


@pytest.mark.parametrize(
    ("kind", "seen", "wrong"),
    [
        ("stock_short", stock(free=9), True),
        ("stock_short", stock(free=10), False),
        ("stock_short", stock(free=9, at_least=5), False),
        ("stock_short", stock(free=90, cover=2, days=3), True),
        ("stock_short", stock(gone=True), False),
        ("oversold", stock(free=0), False),
        ("oversold", stock(free=-1, quantity=2, sold=3), True),
    ],
)
def test_a_sku_is_wrong_by_what_is_free(kind: str, seen: StockSeen, wrong: bool) -> None:
    assert (stock_fault(rule(kind), seen) is not None) is wrong
    assert bool(judge(rule(kind), State(), [seen], AT).raised) is wrong


@pytest.mark.parametrize(
    ("kind", "seen", "code"),
    [
        ("parcel_still", ParcelSeen("a", AT, hours=47), None),
        ("parcel_still", ParcelSeen("a", AT, hours=48), "alarm.parcel_still"),
        ("parcel_still", ParcelSeen("a", AT, hours=99, over=True), None),
        ("parcel_late", ParcelSeen("a", AT, misses=True, due="2026-01-16T00:00:00Z"), "alarm.parcel_late"),
        ("parcel_late", ParcelSeen("a", AT, percent=151), "alarm.parcel_slow"),
        ("parcel_late", ParcelSeen("a", AT, percent=200, due="2027-01-16T00:00:00Z"), None),
    ],
)
def test_a_parcel_is_wrong_by_its_hours_its_promise_or_what_is_usual(kind: str, seen: ParcelSeen, code: str | None) -> None:
    assert (parcel_fault(rule(kind), seen) is not None) is (code is not None)
    assert [one.code for one in judge(rule(kind), State(), [seen], AT).raised] == ([code] if code else [])


def test_a_rule_for_one_courier_leaves_the_others_alone_but_hears_of_an_end() -> None:
    still = rule("parcel_still", carrier="yto")
    assert not judge(still, State(), [ParcelSeen("a", AT, carrier="sf", hours=99)], AT).raised
    ended = judge(still, State(open={"a": AT - timedelta(hours=1)}), [ParcelSeen("a", AT, over=True)], AT)
    assert [one.subject for one in ended.over] == ["a"]


@pytest.fixture
def watched() -> Watched:
    store = MemoryStore()
    one = Watched(lambda: MemoryStore(beside=store))
    one.stock = _Stock(one)  # pyright: ignore[reportAttributeAccessIssue]
    return one


class _Stock:
    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    async def put(self, quantity: int, sku: str = "CUP-01") -> None:
        at = self._watched.clock().isoformat()
        levels = [{"sku_code": sku, "quantity": quantity, "warehouse": "HZ1"}]
        await self._watched.app.desk.stock.keep({"system": "wms", "holds": "goods", "at": at, "levels": levels})


async def rules(watched: Watched, *kinds: str) -> None:
    """Only these, and they tell the team."""
    for name in watched.app.watch.rules.rules():
        await watched.app.watch.rules.put(name, {"kind": watched.app.watch.rules.rule(name).kind, "enabled": False}, actor="owner")
    for kind in kinds:
        await watched.rule(kind, kind)


async def test_a_sku_that_runs_short_is_told_once_and_once_when_it_is_well_again(watched: Any) -> None:
    async with watched.open():
        await rules(watched, "stock_short", "oversold")
        await watched.stock.put(50)
        assert await watched.look(seconds=EVERY) == []
        await watched.stock.put(4)
        assert [one.partition(":")[0] for one in await watched.look(seconds=EVERY)] == ["team"]
        for _ in range(5):
            await watched.stock.put(3)
            assert await watched.look(seconds=EVERY) == []
        await watched.stock.put(60)
        assert len(await watched.look(seconds=EVERY)) == 1
        assert await watched.look(seconds=EVERY) == []


async def test_a_restart_neither_forgets_that_a_sku_is_short_nor_tells_of_it_again(watched: Any) -> None:
    async with watched.open():
        await rules(watched, "stock_short")
        await watched.stock.put(4)
        assert len(await watched.look(seconds=EVERY)) == 1
    async with watched.open():
        assert await watched.look(seconds=EVERY) == []
        await watched.stock.put(60)
        assert len(await watched.look(seconds=EVERY)) == 1


async def track(watched: Any, number: str, state: str, hours: float, **more: Any) -> None:
    at = (AT + timedelta(hours=hours)).isoformat()
    item = {"tracking_no": number, "carrier": "yto", "shipped_at": AT.isoformat(), "events": [{"at": at, "state": state}], **more}
    await watched.app.desk.parcels.keep({"items": [item]})


async def test_a_parcel_that_stands_still_is_told_once_and_is_well_with_its_next_movement(watched: Any) -> None:
    watched.clock.time = AT
    async with watched.open():
        await rules(watched, "parcel_still")
        await track(watched, "YT0000000000013", "moving", 0)
        assert await watched.look(hours=47) == []
        told = await watched.look(hours=2)
        assert len(told) == 1
        assert "YT*********0013" in told[0]
        assert "YT0000000000013" not in told[0]
        for _ in range(3):
            await track(watched, "YT0000000000013", "moving", 0)
            assert await watched.look(hours=1) == []
        await track(watched, "YT0000000000013", "out_for_delivery", 51)
        assert len(await watched.look(seconds=EVERY)) == 1


async def test_a_parcel_of_a_courier_that_tells_nothing_is_no_alarm(watched: Any) -> None:
    watched.clock.time = AT
    async with watched.open():
        await rules(watched, "parcel_still")
        said = {"tracking_no": "SF0000000000027", "carrier": "sf", "shipped_at": AT.isoformat(), "events": []}
        await watched.app.desk.parcels.keep({"items": [said]})
        assert await watched.look(hours=99) == []


async def test_a_parcel_that_will_miss_its_promise_is_told_before_it_does(watched: Any) -> None:
    watched.clock.time = AT
    async with watched.open():
        await rules(watched, "parcel_late")
        for n in range(5):
            await track(watched, f"YT000000000010{n}", "delivered", 40)
        await track(watched, "YT0000000000013", "moving", 1, promised_at=(AT + timedelta(hours=30)).isoformat())
        await track(watched, "YT0000000000014", "moving", 1)
        assert len(await watched.look(hours=2)) == 1, "40 hours are usual, 30 are promised"
        assert await watched.look(hours=50) == []
        assert len(await watched.look(hours=10)) == 1, "62 hours are more than half as much again as is usual"
        await track(watched, "YT0000000000013", "delivered", 61)
        assert len(await watched.look(seconds=EVERY)) == 1


async def count(watched: Any) -> int:
    return len((await watched.app.store.alarms(AlarmFilter(None), limit=500)).items)


async def test_a_flood_of_short_skus_begins_with_a_hundred_messages(watched: Any) -> None:
    async with watched.open():
        await rules(watched, "stock_short")
        at = watched.clock().isoformat()
        levels = [{"sku_code": f"SKU-{n:03}", "quantity": 1} for n in range(150)]
        await watched.app.desk.stock.keep({"system": "wms", "holds": "goods", "at": at, "levels": levels})
        await watched.look(seconds=EVERY)
        assert await count(watched) == 100
        await watched.look(seconds=EVERY)
        assert await count(watched) == 100, "those that are told of stay the same ones"


async def test_a_watch_that_forgets_what_it_told_would_be_noticed(watched: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saboteur: without the memory of what was wrong, nothing ever ends."""
    async with watched.open():
        await rules(watched, "stock_short")
        await watched.stock.put(4)
        assert len(await watched.look(seconds=EVERY)) == 1

        async def nothing(self: GoodsWatch) -> tuple[set[str], set[str]]:
            return set(), set()

        monkeypatch.setattr(GoodsWatch, "_wrong_before", nothing)
        await watched.stock.put(60)
        assert await watched.look(seconds=EVERY) == []


def test_every_kind_about_goods_has_a_rule_from_the_beginning() -> None:
    assert {"stock_short", "oversold", "parcel_still", "parcel_late"} <= set(KINDS)
    assert all(issubclass(KINDS[kind], Rule) for kind in KINDS)
