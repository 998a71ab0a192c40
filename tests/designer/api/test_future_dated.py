"""An order whose times lay in the future: whatever the channel tells next with a right time is newer, in the hub and at the warehouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.store.memory import MemoryStore
from tests.designer.api.selling import DAY, Shop, order, selling

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
        "finance": {"use": "connector.to_finance@1", "params": {"finance": {"connection": "finance"}}},
    },
    "wires": [
        "orders -> canonical", "canonical -> dated", "dated -> hub", "dated.ahead -> hub", "hub.new -> held", "hub.changed -> held",
        "held -> wms", "held.released -> wms", "held -> finance", "held.released -> finance",
    ],
    "layout": {},
    "tests": [],
}  # fmt: skip
NAME = ("own_shop", "", "OWN-1")


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 1, 16, 3, 4, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@dataclass
class House:
    shop: Shop
    clock: Clock

    async def take(self, at: str, **changes: Any) -> None:
        times = dict.fromkeys(("created_at", "paid_at", "updated_at"), f"{DAY}T{at}Z")
        answer = await self.shop.client.post("/hooks/hub/orders", json=order(1, **{**times, **changes}))
        assert answer.status_code == 200, answer.text
        await self.shop.app.dispatcher.idle()

    async def take_wrong_and_release(self) -> None:
        await self.take("11:04:05")
        (hold,) = (await self.shop.app.store.holds()).items
        await self.shop.app.holds.release(hold.id, "owner")
        await self.shop.app.dispatcher.idle()
        assert self.at_warehouse()["version"] == f"{DAY}T03:04:04Z"

    def at_warehouse(self) -> Any:
        return self.shop.wms.ledger.orders[NAME]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = Clock()
    async with selling(tmp_path, FLOW, store=MemoryStore(), clock=clock) as shop:
        yield House(shop, clock)


@pytest.mark.parametrize(("at", "after"), [("03:04:05", 60), ("03:05:00", 60), ("03:40:00", 2160), ("11:30:00", 30_400)])
async def test_what_comes_next_with_a_right_time_reaches_the_warehouse_after_the_wrong_one_was_released(
    house: House, at: str, after: int
) -> None:
    await house.take_wrong_and_release()
    house.clock.time += timedelta(seconds=after)
    await house.take(at, buyer={"id": "u2"})
    kept = await house.shop.app.store.order(*NAME)
    assert kept.version == house.at_warehouse()["version"] == f"{DAY}T{at}Z"
    assert house.at_warehouse()["buyer"]["ref"] == "u2"
    assert [one.status for one in house.shop.wms.received if one.order["version"] == kept.version] == [200]


async def test_two_states_with_wrong_times_stay_in_their_order_and_one_from_before_them_is_still_older(house: House) -> None:
    await house.take_wrong_and_release()
    house.clock.time += timedelta(minutes=10)
    await house.take("11:14:05", updated_at=f"{DAY}T11:14:05Z")
    versions = [one.version for one in (await house.shop.app.store.order_versions(*NAME, limit=9)).items]
    assert versions == [f"{DAY}T03:14:04Z", f"{DAY}T03:04:04Z"]
    await house.take("03:01:00")
    newest = (await house.shop.app.store.order_versions(*NAME, limit=1)).items[0]
    assert newest.outcome == "stale"


async def test_a_hold_for_its_time_ends_with_the_very_same_state_in_its_right_time(house: House) -> None:
    await house.take("11:04:05")
    await house.take("03:04:05")
    assert await house.shop.app.holds.end_overtaken() == 1
    assert not (await house.shop.app.store.holds()).items
    assert house.at_warehouse()["created_at"] == f"{DAY}T03:04:05Z"


async def test_nothing_of_it_is_a_difference(house: House) -> None:
    await house.take_wrong_and_release()
    assert (await house.shop.reconcile())["rows"] == []
