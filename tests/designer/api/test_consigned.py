"""Merged and split orders are reconciled with real systems behind: resolved, told by name, and sent again under the same keys."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.json_text import read_json, write_json
from engine.store.memory import MemoryStore
from nodes.rule.merging import merged, named_with_part
from nodes.rule.split_order import SplitOrder, split_order
from tests.designer.api.selling import DAY, Shop, order, selling

FLOW: dict[str, Any] = {
    "format": 1,
    "name": "hub",
    "title": {},
    "nodes": {
        "orders": {"use": "connector.webhook@1", "params": {"key_path": "order_no", "version_path": "updated_at", "channel": "own_shop"}},
        "canonical": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "hub": {"use": "connector.to_hub@1"},
        "open": {"use": "rule.condition@1", "params": {"when": "item.status == 'awaiting_fulfillment'"}},
        "wait": {"use": "connector.merge_wait@1", "params": {"window": "30m"}},
        "merge": {"use": "rule.merge_orders@1"},
        "split": {"use": "rule.split_order@1", "params": {"warehouses": {"SZ-1": "SZ", "HZ-1": "HZ", "BJ-1": "BJ"}, "otherwise": "SZ"}},
        "wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
        "finance": {"use": "connector.to_finance@1", "params": {"finance": {"connection": "finance"}}},
    },
    "wires": [
        "orders -> canonical", "canonical -> hub", "hub.new -> open", "hub.changed -> open", "hub.new -> finance",
        "hub.changed -> finance", "open.yes -> wait", "open.no -> wms", "wait.alone -> split", "wait.together -> merge",
        "merge.merged -> wms", "merge.alone -> split", "split.part -> wms", "split.whole -> wms",
    ],
    "layout": {},
    "tests": [],
}  # fmt: skip
HUB_ONLY: dict[str, Any] = {
    **FLOW,
    "nodes": {name: FLOW["nodes"][name] for name in ("orders", "canonical", "hub", "finance")},
    "wires": ["orders -> canonical", "canonical -> hub", "hub.new -> finance", "hub.changed -> finance"],
}
TO_WMS: dict[str, Any] = {
    **FLOW,
    "name": "to_wms",
    "nodes": {
        "now": {"use": "connector.webhook@1", "params": {"channel": "test", "key_path": "channel_order_id", "version_path": "version"}},
        "wms": FLOW["nodes"]["wms"],
    },
    "wires": ["now -> wms"],
}
BY_WAREHOUSE = SplitOrder(warehouses={"SZ-1": "SZ", "HZ-1": "HZ"}, otherwise="SZ")
NAMED = ("channel_order_id", "system", "kind", "field", "parcel", "orders", "part", "parts")
MEMBERS = (1, 2)
SPLIT = 3


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 1, 16, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


class House(Shop):
    """Orders 1 and 2 are of one buyer and go in one parcel; 3 is split in three; 4 goes alone."""

    clock: Clock

    async def take(self, **changes: Any) -> None:
        answer = await self.client.post("/hooks/hub/orders", json=sold(**changes))
        assert answer.status_code == 200, answer.text
        await self.app.dispatcher.idle()

    async def take_all(self) -> None:
        for number in MEMBERS:
            await self.take(number=number)
        await self.take(
            number=SPLIT, buyer={"id": "u3"}, amounts={"items": "100.00", "paid": "100.00"}, lines=lines("33.33", "33.33", "33.34")
        )
        await self.take(number=4, buyer={"id": "u4"})
        await self.later()

    async def later(self) -> None:
        self.clock.time += timedelta(minutes=31)
        await self.app.waits.wake_due()
        await self.app.dispatcher.idle()

    async def found(self) -> list[tuple[Any, ...]]:
        return [tuple(row[name] for name in NAMED) for row in (await self.reconcile())["rows"]]

    def sent(self, number: str) -> list[str]:
        """The keys under which the WMS was sent what it lists under a number."""
        return [one.key for one in self.wms.received if one.order["channel_order_id"] == number]


def sold(number: int, **changes: Any) -> dict[str, Any]:
    return order(number, **{"paid_at": f"{DAY}T03:05:0{number}Z", "buyer": {"id": "u1"}, "lines": lines("80.00"), **changes})


def lines(*prices: str) -> list[dict[str, Any]]:
    return [
        {"line_no": str(n), "sku": sku, "title": "Cup", "qty": 1, "unit_price": price}
        for n, (sku, price) in enumerate(zip(("SZ-1", "HZ-1", "BJ-1"), prices, strict=False), 1)
    ]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = Clock()
    async with selling(tmp_path, FLOW, store=MemoryStore(), clock=clock) as shop:
        made = House(shop.app, shop.client, shop.wms, shop.finance)
        made.clock = clock
        yield made


async def test_merged_and_split_orders_have_no_difference_and_the_lists_say_how_they_stand(house: House) -> None:
    await house.take_all()
    assert sorted(name[2] for name in house.wms.ledger.orders) == ["OWN-1", "OWN-3-1", "OWN-3-2", "OWN-3-3", "OWN-4"]
    found = await house.reconcile()
    assert found["rows"] == []
    assert (found["counts"], found["parcels"], found["parts"]) == (
        {"source": 4, "hub": 4, "wms": 5, "finance": 4}, {"wms": 1, "finance": 0}, {"wms": 3, "finance": 0},
    )  # fmt: skip


async def test_a_parcel_of_parts_that_the_wms_lost_is_told_of_their_orders_and_sent_again_once(house: House) -> None:
    """As a flow makes it of many orders at once: split first, and then merged."""
    for document in (HUB_ONLY, TO_WMS):
        await house.app.publish(json.dumps(document).encode(), note="", actor="test")
    parts: list[list[dict[str, Any]]] = []
    for number in (5, 6):
        await house.take(number=number, amounts={"items": "80.00", "paid": "80.00"}, lines=lines("40.00", "40.00"))
        kept = read_json((await house.app.store.order("own_shop", "", f"OWN-{number}")).body)
        parts.append([item for port, item in split_order.function(kept, BY_WAREHOUSE) if port == "part"])
    (first, second), (third, fourth) = parts
    for item in (merged([first, third], named_with_part), second, fourth):
        assert (await house.client.post("/hooks/to_wms/now", content=write_json(item))).status_code == 200
    await house.app.dispatcher.idle()
    assert sorted(name[2] for name in house.wms.ledger.orders) == ["OWN-5-1", "OWN-5-2", "OWN-6-2"]
    assert await house.found() == []
    house.wms.forget(("own_shop", "", "OWN-5-1"))
    (key,) = house.sent("OWN-5-1")
    assert await house.found() == [(f"OWN-{number}", "wms", "missing", "", "OWN-5-1", 2, 1, 2) for number in (5, 6)]
    assert {one["how"] for one in await house.send_again()} == {"sent"}
    assert house.sent("OWN-5-1") == [key, key]
    assert await house.found() == []


async def test_a_parcel_that_the_wms_lost_is_sent_once_for_all_its_orders_under_its_key(house: House) -> None:
    await house.take_all()
    house.wms.forget(("own_shop", "", "OWN-1"))
    assert await house.found() == [(f"OWN-{number}", "wms", "missing", "", "OWN-1", 2, 0, 0) for number in MEMBERS]
    (key,) = house.sent("OWN-1")
    assert [(one["channel_order_id"], one["how"]) for one in await house.send_again()] == [("OWN-1", "sent"), ("OWN-2", "sent")]
    assert house.sent("OWN-1") == [key, key]
    assert await house.found() == []


async def test_an_order_that_went_along_with_another_brings_their_parcel_when_it_is_sent_again(house: House) -> None:
    await house.take_all()
    house.wms.forget(("own_shop", "", "OWN-1"))
    await house.found()
    (one,) = await house.send_again(channel_order_id="OWN-2")
    assert (one["how"], len(house.sent("OWN-1"))) == ("sent", 2)
    assert await house.found() == []


async def test_a_part_that_the_wms_lost_is_sent_again_alone(house: House) -> None:
    await house.take_all()
    house.wms.forget(("own_shop", "", "OWN-3-2"))
    assert await house.found() == [("OWN-3", "wms", "missing", "", "", 0, 2, 3)]
    (one,) = await house.send_again(channel_order_id="OWN-3", part=2)
    assert (one["how"], one["part"]) == ("sent", 2)
    assert [len(set(house.sent(f"OWN-3-{part}"))) for part in (1, 2, 3)] == [1, 1, 1]
    assert [len(house.sent(f"OWN-3-{part}")) for part in (1, 2, 3)] == [1, 2, 1]
    assert await house.found() == []


async def test_an_order_that_is_lost_with_all_its_parts_is_sent_again_in_all_of_them(house: House) -> None:
    await house.take_all()
    for part in (1, 2, 3):
        house.wms.forget(("own_shop", "", f"OWN-3-{part}"))
    assert await house.found() == [("OWN-3", "wms", "missing", "", "", 0, 0, 3)]
    (one,) = await house.send_again(channel_order_id="OWN-3")
    assert one["how"] == "sent"
    assert await house.found() == []


async def test_a_part_that_was_refused_goes_on_alone(house: House) -> None:
    real = house.wms._take

    def picky(key: str, version: str, body: bytes) -> Any:
        return (422, {}) if b'"OWN-3-' in body and picky.refusing and b'"number":1' not in body else real(key, version, body)

    picky.refusing = True  # type: ignore[attr-defined]
    house.wms._take = picky  # type: ignore[method-assign]
    await house.take_all()
    picky.refusing = False  # type: ignore[attr-defined]
    assert await house.found() == [("OWN-3", "wms", "missing", "", "", 0, part, 3) for part in (2, 3)]
    (one,) = await house.send_again(channel_order_id="OWN-3", part=3)
    await house.app.dispatcher.idle()
    assert one["how"] == "resumed"
    assert await house.found() == [("OWN-3", "wms", "missing", "", "", 0, 2, 3)]


async def test_a_parcel_that_was_refused_goes_on_also_by_the_order_that_went_along(house: House) -> None:
    house.wms.fail_next(1, 422)
    for number in MEMBERS:
        await house.take(number=number)
    await house.later()
    assert [row[:3] for row in await house.found()] == [(f"OWN-{number}", "wms", "missing") for number in MEMBERS]
    (one,) = await house.send_again(channel_order_id="OWN-2")
    await house.app.dispatcher.idle()
    assert one["how"] == "resumed"
    assert await house.found() == []


async def test_amounts_that_the_wms_altered_are_told_of_the_parcel_and_of_the_part(house: House) -> None:
    await house.take_all()
    for number in ("OWN-1", "OWN-3-2"):
        house.wms.ledger.altered["own_shop", "", number] = {"amount": "0.01"}
    assert await house.found() == [
        ("OWN-1", "wms", "different", "sum", "OWN-1", 2, 0, 0),
        ("OWN-3", "wms", "different", "amount", "", 0, 2, 3),
    ]


async def test_an_order_that_the_wms_took_out_of_its_parcel_is_told(house: House) -> None:
    await house.take_all()
    house.wms.ledger.altered["own_shop", "", "OWN-1"] = {"merged_orders": [{"channel_order_id": "OWN-1"}]}
    assert await house.found() == [("OWN-2", "wms", "missing", "", "OWN-1", 2, 0, 0)]


async def test_an_order_whose_parcel_was_overwritten_by_another_order_is_missing(house: House) -> None:
    """The order that leads is called off and sent alone, under the number that the parcel had."""
    await house.take_all()
    await house.take(number=1, status="cancelled", payment_status="refunded", updated_at=f"{DAY}T09:00:00Z")
    assert [row for row in await house.found() if row[1] == "wms"] == [("OWN-2", "wms", "missing", "", "", 0, 0, 0)]


async def test_what_is_known_of_parcels_outlives_the_data_of_the_people(house: House) -> None:
    await house.take_all()
    for run in (await house.client.get("/api/runs")).json()["items"]:
        await house.app.store.erase_event(int(run["id"]), "owner")
    assert await house.found() == []


async def test_an_order_of_the_next_day_is_found_in_the_parcel_of_the_day_before(house: House) -> None:
    await house.take(number=1, created_at=f"{DAY}T23:59:00Z")
    await house.take(number=2, created_at="2026-01-17T00:01:00Z")
    await house.later()
    assert await house.found() == []
    answer = await house.client.post("/api/reconciliations", json={"day": "2026-01-17", "channel": "own_shop"})
    assert [(row["channel_order_id"], row["system"]) for row in answer.json()["rows"]] == []
    assert (answer.json()["counts"]["hub"], answer.json()["counts"]["wms"]) == (1, 0)


async def test_goods_that_a_warehouse_left_out_of_a_parcel_of_two_days_are_told_on_the_day_of_the_parcel(house: House) -> None:
    await house.take(number=1, created_at=f"{DAY}T23:59:00Z")
    await house.take(number=2, created_at="2026-01-17T00:01:00Z")
    await house.later()
    assert await house.found() == []
    house.wms.ledger.altered["own_shop", "", "OWN-1"] = {"lines": [{"sku_code": "SZ-1", "qty": 1}]}
    assert await house.found() == [("OWN-1", "wms", "different", "lines", "OWN-1", 2, 0, 0)]
    answer = await house.client.post("/api/reconciliations", json={"day": "2026-01-17", "channel": "own_shop"})
    assert (answer.json()["rows"], answer.json()["not_compared"]) == ([], 0)


async def test_the_page_names_a_parcel_of_two_days_that_could_not_be_compared(house: House) -> None:
    await house.take(number=1, created_at=f"{DAY}T23:59:00Z")
    await house.take(number=2, created_at="2026-01-17T00:01:00Z")
    await house.later()
    kept = house.app.store._kept.orders  # type: ignore[attr-defined]
    number, order = kept["own_shop", "", "OWN-2"]
    kept["own_shop", "", "OWN-2"] = (number, replace(order, lines=()))
    found = await house.reconcile()
    assert [(one["channel_order_id"], one["parcel"], one["orders"]) for one in found["not_compared_rows"]] == [("OWN-1", "OWN-1", 2)]
    for language, words in (("en", ("Lines not compared", "of several days")), ("zh", ("商品行未核对", "跨日"))):
        page = await house.client.get(f"/reconciliation/{DAY}/own_shop", headers={"Accept-Language": language})
        assert [word for word in words if word not in page.text] == []


async def test_a_comparison_from_before_parcels_were_told_is_still_shown(house: House) -> None:
    await house.take_all()
    house.wms.forget(("own_shop", "", "OWN-4"))
    await house.found()
    kept = await house.app.store.reconciliation(DAY, "own_shop")
    assert kept is not None
    old = json.loads(kept.body)
    old = {name: value for name, value in old.items() if name not in ("parcels", "parts")}
    old["rows"] = [{name: row[name] for name in row if name not in ("parcel", "orders", "part", "parts")} for row in old["rows"]]
    await house.app.store.keep_reconciliation(type(kept)(DAY, "own_shop", kept.at, 1, json.dumps(old).encode()))
    page = await house.client.get(f"/reconciliation/{DAY}/own_shop")
    assert (page.status_code, "OWN-4" in page.text) == (200, True)
    assert [one["how"] for one in await house.send_again()] == ["sent"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("In parcel OWN-1 of 2 orders", "Part 2 of 3", "Parcels of several orders: 1", "Parts of split orders: 2", "Sum of its orders"),
        ),
        ("zh", ("在合并包裹 OWN-1 中（共 2 单）", "子单 2/3", "合并包裹：1", "子单：2", "各订单合计")),
    ],
)
async def test_the_page_names_parcels_and_parts_and_sends_one_part_again(house: House, language: str, words: tuple[str, ...]) -> None:
    await house.take_all()
    house.wms.forget(("own_shop", "", "OWN-3-2"))
    house.wms.ledger.altered["own_shop", "", "OWN-1"] = {"amount": "0.01"}
    await house.found()
    page = await house.client.get(f"/reconciliation/{DAY}/own_shop", headers={"Accept-Language": language})
    assert [word for word in words if word not in page.text] == []
    form = {"shop": "", "number": "OWN-3", "part": "2"}
    await house.client.post(f"/reconciliation/{DAY}/own_shop/sendings", data=form)
    assert [len(house.sent(f"OWN-3-{part}")) for part in (1, 2, 3)] == [1, 2, 1]
    assert [row[0] for row in await house.found()] == ["OWN-1"]
