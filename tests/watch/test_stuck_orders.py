"""Orders that do not reach a stage in its time: found with their cause, told once, and sent on in order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from engine.node.triggers import Delivery
from engine.path.finder import StuckFilter
from engine.path.stuck import StuckOrder
from engine.path.times import parse_times, save_times
from engine.store.memory import MemoryStore

from .conftest import HUB, Watched, publish

ONCE = {"policy": {"retry": {"attempts": 1}}}
PARKS: dict[str, Any] = {**HUB, "nodes": {name: {**node, **(ONCE if name != "hook" else {})} for name, node in HUB["nodes"].items()}}
HOLDS: dict[str, Any] = {
    **HUB,
    "nodes": {**HUB["nodes"], "hold": {"use": "connector.hold_order@1", "params": {"reason": "risk_review"}}},
    "wires": ["hook -> hold", "hold.released -> to_wms", "to_wms -> to_finance"],
}


@pytest.fixture
def house() -> Watched:
    """In memory alone; what asks the store for more is tested on both."""
    kept = MemoryStore()
    return Watched(lambda: kept)


async def stuck(watched: Watched, **later: float) -> list[StuckOrder]:
    watched.clock.time += timedelta(**later)
    return list((await watched.app.stuck.look(fresh=True)).orders)


def told(found: list[StuckOrder]) -> list[tuple[str, str, str]]:
    return [(one.number, one.stage, one.why.cause) for one in found]


async def test_an_order_whose_call_failed_is_stuck_at_its_stage_once_its_time_is_over(house: Watched) -> None:
    async with house.open():
        await publish(house, PARKS)
        house.outside.down = {"wms"}
        await house.sent("A1")
        assert told(await stuck(house, seconds=299)) == []
        (one,) = await stuck(house, seconds=10)
        assert (one.number, one.stage, one.why.cause, one.why.step, one.why.code) == ("A1", "wms", "parked", "to_wms", "http.unreachable")
        assert (one.channel, one.expected, one.late_by(house.clock.time)) == ("webhook", 300, 9)


async def test_an_order_that_reached_the_warehouse_is_stuck_before_the_books(watched: Watched) -> None:
    async with watched.open():
        await publish(watched, PARKS)
        watched.outside.down = {"finance"}
        await watched.sent("A1")
        assert told(await stuck(watched, minutes=6)) == [("A1", "finance", "parked")]


async def test_calls_that_are_put_off_say_whether_the_connection_is_down(house: Watched) -> None:
    async with house.open():
        await publish(house, HUB)
        house.outside.down = {"wms"}
        await house.sent("A1")
        (one,) = await stuck(house, minutes=6)
        assert one.why.cause in ("retrying", "parked")


async def test_a_held_order_is_not_sent_on_and_a_later_one_of_it_is_behind_nothing(house: Watched) -> None:
    async with house.open():
        await publish(house, HOLDS)
        await house.sent("A1")
        assert told(await stuck(house, minutes=6)) == [("A1", "wms", "held")]


async def test_an_event_behind_a_parked_one_of_its_order_says_so(watched: Watched) -> None:
    async with watched.open():
        await publish(watched, PARKS)
        watched.outside.down = {"wms"}
        await watched.sent("A1")
        await watched.sent("A1", version="2")
        assert told(await stuck(watched, minutes=6)) == [("A1", "wms", "parked"), ("A1", "wms", "behind")]


async def test_expected_times_are_settings_of_channel_and_stage(house: Watched) -> None:
    async with house.open() as app:
        await publish(house, PARKS)
        house.outside.down = {"wms"}
        await house.sent("A1")
        await save_times(app.store, parse_times({"all": {"wms": 10}}), expected=0, actor="owner")
        assert told(await stuck(house, seconds=11)) == [("A1", "wms", "parked")]
        await save_times(app.store, parse_times({"all": {"wms": 10}, "channels": {"webhook": {"wms": 60}}}), expected=1, actor="owner")
        assert told(await stuck(house)) == []


async def test_an_alarm_of_the_stage_is_raised_once_and_over_when_the_orders_were_sent_on(house: Watched) -> None:
    async with house.open() as app:
        await publish(house, PARKS)
        await house.rule("stuck_orders", "stuck")
        house.outside.down = {"wms"}
        for number in ("A1", "A2"):
            await house.sent(number)
        await stuck(house, minutes=6)
        assert await house.look() == [
            "team: Alarm: Orders not in the warehouse in the time that is expected: 2; the oldest is A1."
        ]  # fmt: skip
        await stuck(house, seconds=30)
        assert await house.look() == []
        house.outside.down = set()
        found = app.stuck.last.chosen(StuckFilter(stage="wms"))
        await app.bulk.start([number for one in found for number in one.incidents], "again", 1000, "owner")
        for task in list(app.bulk._tasks):
            await task
        await app.dispatcher.idle()
        assert told(await stuck(house, seconds=30)) == []
        (message,) = await house.look()
        assert message.startswith("team: Over after")


async def test_many_are_sent_on_oldest_first_at_the_chosen_rate(house: Watched) -> None:
    async with house.open() as app:
        await publish(house, PARKS)
        house.outside.down = {"wms"}
        runs = [await house.sent(f"A{number}") for number in range(3)]
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        app.bulk._sleep = sleep  # type: ignore[attr-defined]
        found = await stuck(house, minutes=6)
        assert [one.run_id for one in found] == runs
        house.outside.down = set()
        decided: list[int] = []
        resume = app.bulk._resume

        async def noted(incident: int, action: str, actor: str) -> object:
            decided.append((await app.store.incident(incident)).run_id)
            return await resume(incident, action, actor)

        app.bulk._resume = noted  # type: ignore[attr-defined]
        await app.bulk.start([number for one in found for number in one.incidents], "again", 4, "owner")
        for task in list(app.bulk._tasks):
            await task
        await app.dispatcher.idle()
        assert (decided, slept) == (runs, [0.25, 0.25])
        assert [(await app.store.run(run)).state for run in runs] == ["done"] * 3


async def test_an_order_in_the_warehouse_that_is_not_shipped_in_days_is_stuck_too(watched: Watched) -> None:
    order: Mapping[str, Any] = {
        "channel": "own_shop", "shop_id": "s1", "channel_order_id": "B1", "version": "1",
        "status": "awaiting_fulfillment", "currency": "CNY",
    }  # fmt: skip
    flow = {**HUB, "nodes": {"hook": HUB["nodes"]["hook"], "hub": {"use": "connector.to_hub@1"}}, "wires": ["hook -> hub"]}
    async with watched.open() as app:
        await publish(watched, flow)
        await app.intake.hook("orders", "hook", _delivery(order))
        await app.dispatcher.idle()
        assert told(await stuck(watched, hours=47)) == []
        assert told(await stuck(watched, hours=2)) == [("B1", "shipped", "not_shipped")]


def _delivery(order: Mapping[str, Any]) -> Any:
    return Delivery(json.dumps(order).encode())
