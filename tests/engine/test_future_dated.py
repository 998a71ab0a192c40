"""An order whose times lay in the future: whatever the channel tells next with a right time is newer, in the hub and at the warehouse."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing.simulator import SimulatedTarget
from tests.designer.api.selling import DAY, order

FLOW: dict[str, Any] = {
    "format": 1,
    "name": "hub",
    "title": {},
    "nodes": {
        "orders": {"use": "connector.webhook@1", "params": {"key_path": "order_no", "version_path": "updated_at", "channel": "own_shop"}},
        "canonical": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "dated": {"use": "rule.future_dated@2"},
        "hub": {"use": "connector.to_hub@1"},
        "held": {"use": "connector.hold_order@1"},
        "wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
    },
    "wires": [
        "orders -> canonical", "canonical -> dated", "dated -> hub", "dated.ahead -> hub", "hub.new -> held", "hub.changed -> held",
        "held -> wms", "held.released -> wms",
    ],
    "layout": {},
    "tests": [],
}  # fmt: skip
CAME = datetime(2026, 1, 16, 3, 4, 7, tzinfo=UTC)
WRONG = "11:04:05"
"""Eight hours after the order was made."""


class Clock:
    def __init__(self) -> None:
        self.time = CAME

    def __call__(self) -> datetime:
        return self.time


@dataclass
class House:
    app: Orderloom
    wms: SimulatedTarget
    clock: Clock

    async def take(self, at: str, number: int = 1, **changes: Any) -> None:
        times = dict.fromkeys(("created_at", "paid_at", "updated_at"), f"{DAY}T{at}Z")
        await self.app.intake.hook("hub", "orders", Delivery(json.dumps(order(number, **{**times, **changes})).encode()))
        await self.app.dispatcher.idle()

    async def take_wrong_and_release(self, number: int = 1) -> None:
        await self.take(WRONG, number)
        (hold,) = (await self.app.store.holds()).items
        await self.app.holds.release(hold.id, "owner")
        await self.app.dispatcher.idle()
        assert self.at_warehouse(number)["version"] == f"{DAY}T03:04:04Z"

    def at_warehouse(self, number: int = 1) -> Any:
        return self.wms.ledger.orders["own_shop", "", f"OWN-{number}"]

    async def versions(self, number: int = 1) -> list[tuple[str, str]]:
        """Newest first, with what became of each."""
        found = (await self.app.store.order_versions("own_shop", "", f"OWN-{number}", limit=9)).items
        return [(one.version[11:19], one.outcome) for one in found]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = Clock()
    async with SimulatedTarget() as wms:
        settings = Settings(connections={"wms": {"type": "wms", "url": wms.url}}, allow_private=("127.0.0.0/8",))
        async with Orderloom(settings, MemoryStore(), clock=clock) as app:
            await app.start()
            await app.publish(json.dumps(FLOW).encode(), note="", actor="test")
            yield House(app, wms, clock)


async def test_what_comes_next_with_a_right_time_reaches_the_warehouse_after_the_wrong_one_was_released(house: House) -> None:
    """The very same state, a change of a moment later, one of half an hour later, and one that is later than the wrong time."""
    for number, (at, after) in enumerate((("03:04:05", 60), ("03:05:00", 60), ("03:40:00", 2160), ("11:30:00", 30_400)), 1):
        house.clock.time = CAME
        await house.take_wrong_and_release(number)
        house.clock.time += timedelta(seconds=after)
        await house.take(at, number, buyer={"id": "u2"})
        assert await house.versions(number) == [(at, "changed"), ("03:04:04", "new")]
        there = house.at_warehouse(number)
        assert (there["version"], there["buyer"]["ref"]) == (f"{DAY}T{at}Z", "u2")
    assert {one.status for one in house.wms.received} == {200, 201}
    assert (await house.app.reconciler.reconcile(DAY, "own_shop"))["rows"] == []


async def test_two_states_with_wrong_times_stay_in_their_order_and_one_from_before_them_is_still_older(house: House) -> None:
    await house.take_wrong_and_release()
    house.clock.time += timedelta(minutes=10)
    await house.take("11:14:05")
    await house.take("03:01:00")
    assert await house.versions() == [("03:01:00", "stale"), ("03:14:04", "changed"), ("03:04:04", "new")]


async def test_a_hold_for_its_time_ends_with_the_very_same_state_in_its_right_time(house: House) -> None:
    await house.take(WRONG)
    await house.take("03:04:05")
    assert await house.app.holds.end_overtaken() == 1
    assert not (await house.app.store.holds()).items
    assert house.at_warehouse()["created_at"] == f"{DAY}T03:04:05Z"
