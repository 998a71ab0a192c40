"""The classic case by real HTTP: a warehouse whose interface is set to UTC+8 where UTC is read. The alarm names it, and nothing waits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import Alarm, AlarmFilter, RunFilter
from engine.testing import SimulatedTarget
from engine.watch.message import said
from nodes.connector.samples import sample
from tests.sources.house import until

EIGHT = timedelta(hours=8)
ORDERS: dict[str, Any] = {
    "name": "orders",
    "nodes": {
        "shop": {"use": "connector.webhook@1", "params": {"key_path": "order_no"}},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "kept": {"use": "connector.to_hub@1"},
        "to_wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "overseas"}}},
    },
    "wires": ["shop -> order", "order -> kept", "kept.new -> to_wms"],
    "tests": [],
}
WAYBILLS: dict[str, Any] = {
    "name": "waybills",
    "nodes": {
        "list": {
            "use": "connector.http_list@1",
            "params": {
                "service": {"connection": "overseas"}, "path": "/shipments", "items_path": "items", "every": "200ms",
                "since_param": "since", "cursor_param": "cursor", "next_path": "next", "channel": "wms", "key_path": "shipment_no",
            },
        },
        "take": {"use": "connector.take_waybill@1"},
    },
    "wires": ["list -> take"],
    "tests": [],
}  # fmt: skip


class House:
    """A running service whose orders lie in a warehouse overseas."""

    def __init__(self, app: Orderloom, warehouse: SimulatedTarget) -> None:
        self.app, self.warehouse, self.sold = app, warehouse, 0

    async def ship(self, count: int) -> None:
        """Sold, taken in by the warehouse, and told by it as shipped."""
        before = self.warehouse.count
        for _ in range(count):
            self.sold += 1
            order = {**sample("own_shop")["data"], "order_no": f"OWN-{self.sold}"}
            await self.app.intake.hook("orders", "shop", Delivery(json.dumps(order).encode()))
        await until(lambda: self.warehouse.count == before + count, "in the warehouse")
        for number, received in enumerate([*self.warehouse.received][before:]):
            name = tuple(received.order[part] for part in ("channel", "shop_id", "channel_order_id"))
            self.warehouse.shipments.ship(name, "YTO", f"YT{before + number:013}")

        async def told() -> bool:
            runs = (await self.app.store.runs(RunFilter(flow="waybills", state="done"), limit=200)).items
            return len(runs) == len(self.warehouse.shipments.told)

        await until(told, "told: nothing waits for a time in the future")

    async def alarm(self) -> Alarm | None:
        found = (await self.app.store.alarms(AlarmFilter(None, "wrong_clock"))).items
        assert len(found) <= 1, "one episode"
        return found[0] if found else None


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    async with SimulatedTarget() as warehouse:
        settings = Settings(connections={"overseas": {"type": "wms", "url": warehouse.url}}, allow_private=("127.0.0.0/8",))
        async with Orderloom(settings, MemoryStore()) as app:
            for document in (ORDERS, WAYBILLS):
                await app.publish(json.dumps({"format": 1, **document}).encode(), note="", actor="owner")
            await app.start()
            yield House(app, warehouse)


async def test_a_warehouse_whose_times_are_eight_hours_off_is_named_with_its_zone_and_its_shipments_go_on() -> None:
    async with house() as one:
        await one.ship(3)
        assert await one.alarm() is None, "its times are right so far"
        one.warehouse.shipments.slip = EIGHT
        began = datetime.now(UTC)
        await one.ship(3)
        await until(one.alarm, "the third shipment tells it")
        alarm = await one.alarm()
        assert alarm is not None
        assert (alarm.code, alarm.subject, alarm.state) == ("alarm.zone_ahead", "wms", "raised")
        assert (alarm.fields["written"], alarm.fields["read"], alarm.fields["off"]) == ("UTC+08:00", "UTC", "8:00")
        assert alarm.raised_at - began < timedelta(seconds=20), "not two days"
        head, whole = said("raised", alarm, "en")
        assert head.startswith("Alarm: The times of WMS lie 8:00 hours in the future (3 orders, OWN-")
        assert "written in UTC+08:00 and are read as UTC" in whole
        assert "按 UTC+08:00 写入，却按 UTC 读取" in said("raised", alarm, "zh")[1]
        one.warehouse.shipments.slip = timedelta(0)
        await one.ship(5)

        async def over() -> bool:
            now = await one.alarm()
            return now is not None and now.state == "over"

        await until(over, "five believable times end it")


async def test_a_warehouse_that_tells_late_and_many_at_once_is_no_wrong_clock() -> None:
    async with house() as one:
        one.warehouse.shipments.slip = -EIGHT
        await one.ship(20)
        await one.app.watch.look()
        assert await one.alarm() is None
