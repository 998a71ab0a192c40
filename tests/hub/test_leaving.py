"""An order of a shared parcel that is called off leaves it; the others still ship, once, whichever of them gave the parcel its number."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.app import Orderloom
from engine.hub.shipments import holds_of
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing.simulator import SimulatedTarget
from tests.nodes.polled import NOON, Clock
from tests.sources.house import until

FLOW = Path(__file__).parents[2] / "flows" / "merge_same_buyer.json"
DAY = NOON.date().isoformat()


def stamp(clock: Clock) -> str:
    return f"{clock.now:%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class House:
    app: Orderloom
    wms: SimulatedTarget
    clock: Clock

    async def tell(self, number: str, kind: str = "created", **changes: Any) -> None:
        made = {
            "order_no": number, "created_at": f"{DAY}T03:00:00Z", "paid_at": f"{DAY}T03:0{number[-1]}:00Z", "updated_at": stamp(self.clock),
            "currency": "CNY", "amounts": {"items": "10.00", "discount": "0.00", "shipping": "0.00", "tax": "0.00", "paid": "10.00"},
            "buyer": {"id": "u1", "email": "buyer@example.com"}, "note": "",
            "receiver": {
                "name": "测试乙", "phone": "19900000505", "country": "CN", "province": "广东省", "city": "深圳市", "district": "南山区",
                "address": "示例大道5号",
            },
            "lines": [{"line_no": "1", "sku": "OS-SOAP-LAV", "title": "皂", "qty": 1, "unit_price": "10.00"}],
        }  # fmt: skip
        plan = await self.app.flows.newest("merge_same_buyer")
        assert plan is not None
        body = json.dumps({"type": f"order.{kind}", "timestamp": stamp(self.clock), "data": {**made, **changes}}).encode()
        await self.app.intake.accept(plan, plan.triggers["own_shop"], Delivery(body), self.clock(), actor="test")
        await self.app.dispatcher.idle()
        self.clock.on(seconds=5)

    async def merged(self, *numbers: str) -> None:
        for number in numbers:
            await self.tell(number)
        await until(self._all_wait(len(numbers)))
        self.clock.on(minutes=31)
        await until(lambda: len(self.wms.ledger.orders) == 1)
        await self.app.dispatcher.idle()

    def _all_wait(self, count: int) -> Any:
        async def waiting() -> bool:
            return len((await self.app.store.holds()).items) == count

        return waiting

    def held(self, number: str) -> dict[str, Any]:
        return dict(self.wms.ledger.orders["own_shop", "own_shop", number])

    def orders_in(self, number: str) -> list[str]:
        """Those whose lines the parcel holds."""
        return sorted(line["from_order"] for line in self.held(number)["lines"])

    async def waybill_is_of(self, number: str) -> list[str]:
        """The orders that hear of the parcel when it is shipped."""
        name = ("own_shop", "own_shop", number)
        return [one.order[2] for one in holds_of(name, await self.app.store.consignments_under(*name))]

    async def differences(self) -> list[tuple[str, ...]]:
        found = await self.app.reconciler.reconcile(DAY, "own_shop")
        return [(row["channel_order_id"], row["system"], row["kind"], row["field"]) for row in found["rows"]]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = Clock()
    async with SimulatedTarget() as wms:
        connections = {
            "own_shop": {"type": "own_shop", "secret": "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}, "wms": {"type": "wms", "url": wms.url},
            "team_chat": {"type": "wecom", "url": "https://127.0.0.1:1/send?key=k"},
        }  # fmt: skip
        settings = Settings(connections=connections, allow_private=("127.0.0.0/8",))
        async with Orderloom(settings, MemoryStore(), clock=clock) as app:
            await app.start()
            await app.publish(FLOW.read_bytes(), note="", actor="test")
            yield House(app, wms, clock)


async def test_the_order_that_gave_the_parcel_its_number_leaves_and_the_others_stay_in_it(house: House) -> None:
    await house.merged("OWN-1", "OWN-2", "OWN-3")
    assert house.orders_in("OWN-1") == ["OWN-1", "OWN-2", "OWN-3"]
    await house.tell("OWN-1", "cancelled", cancelled_at=stamp(house.clock))
    held = house.held("OWN-1")
    assert (held["status"], held["amount"]["paid"], house.orders_in("OWN-1")) == ("awaiting_fulfillment", "20.00", ["OWN-2", "OWN-3"])
    assert [one["channel_order_id"] for one in held["merged_orders"]] == ["OWN-2", "OWN-3"]
    assert [one["channel_order_id"] for one in held["called_off"]] == ["OWN-1"]
    assert list(house.wms.ledger.orders) == [("own_shop", "own_shop", "OWN-1")]
    assert await house.waybill_is_of("OWN-1") == ["OWN-2", "OWN-3"]
    assert await house.differences() == []


async def test_an_order_that_went_along_leaves_and_the_warehouse_hears_of_it_under_the_number_of_the_parcel(house: House) -> None:
    await house.merged("OWN-1", "OWN-2")
    await house.tell("OWN-2", "cancelled", cancelled_at=stamp(house.clock))
    assert (house.orders_in("OWN-1"), house.held("OWN-1")["amount"]["paid"]) == (["OWN-1"], "10.00")
    assert await house.waybill_is_of("OWN-1") == ["OWN-1"]
    assert list(house.wms.ledger.orders) == [("own_shop", "own_shop", "OWN-1")]
    assert await house.differences() == []


async def test_with_the_last_order_the_parcel_is_called_off_and_what_left_is_not_told_again(house: House) -> None:
    await house.merged("OWN-1", "OWN-2")
    await house.tell("OWN-1", "cancelled", cancelled_at=stamp(house.clock))
    before = house.held("OWN-1")
    await house.tell("OWN-1", "refunded", status="refunded", cancelled_at=stamp(house.clock))
    assert house.held("OWN-1") == before
    await house.tell("OWN-2", "cancelled", cancelled_at=stamp(house.clock))
    assert (house.held("OWN-1")["status"], await house.differences()) == ("cancelled", [])


async def test_an_order_that_is_called_off_while_its_parcel_is_on_its_way_waits_for_it(house: House) -> None:
    for number in ("OWN-1", "OWN-2"):
        await house.tell(number)
    house.wms.answer_after(1.0)
    house.clock.on(minutes=31)
    await until(lambda: _led(house))
    await house.tell("OWN-2", "cancelled", cancelled_at=stamp(house.clock))
    house.wms.answer_after(0)
    await until(lambda: ("own_shop", "own_shop", "OWN-1") in house.wms.ledger.orders)
    house.clock.on(seconds=11)
    await until(lambda: house.orders_in("OWN-1") == ["OWN-1"])
    assert list(house.wms.ledger.orders) == [("own_shop", "own_shop", "OWN-1")]


async def _led(house: House) -> bool:
    return not (await house.app.store.holds()).items


async def test_an_order_that_shares_no_parcel_is_called_off_as_ever(house: House) -> None:
    await house.merged("OWN-1")
    await house.tell("OWN-1", "cancelled", cancelled_at=stamp(house.clock))
    assert house.held("OWN-1")["status"] == "cancelled"
    assert await house.differences() == []
