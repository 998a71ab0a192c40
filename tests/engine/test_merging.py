"""Orders of one buyer that come within a window go in one parcel: none is lost, none goes twice, whatever comes between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.connection.failures import CallFailed
from engine.errors import Conflict
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import HoldFilter, Store, StoreOptions

from .waiting import SERVICE, House, published

FLOW: dict[str, Any] = {
    "name": "waiting",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
        "hub": {"use": "connector.to_hub@1"},
        "wait": {"use": "connector.merge_wait@1", "params": {"window": "30m"}},
        "merge": {"use": "rule.merge_orders@1"},
        "call": {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/orders", "body": "item"}},
    },
    "wires": [
        "hook -> hub",
        "hub.new -> wait",
        "hub.changed -> wait",
        "wait.alone -> call",
        "wait.together -> merge",
        "merge.merged -> call",
        "merge.alone -> call",
    ],
    "tests": [{"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
}


@pytest.fixture(params=["memory", "sqlite"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    kept = MemoryStore()

    def open_one() -> Store:
        return kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path)))

    return House(open_one)


async def send(house: House, number: str, version: int = 1, paid: str = "10.00", buyer: str = "u1", **more: Any) -> int:
    order = {
        "channel": "own_shop",
        "shop_id": "s1",
        "channel_order_id": number,
        "status": "awaiting_fulfillment",
        "payment_status": "paid",
        "paid_at": f"2026-01-16T07:00:0{number[-1]}Z",
        "updated_at": f"2026-01-16T08:00:0{version}Z",
        "currency": "CNY",
        "amount": {"items": paid, "discount_seller": "0.00", "discount_platform": "0.00", "shipping": "0.00", "tax": "0.00", "paid": paid},
        "buyer": {"ref": buyer},
        "receiver": {"name": "测试乙", "phone": "19900000505", "city": "深圳市", "address": "示例大道5号"},
        "lines": [{"channel_line_id": "1", "sku_code": f"SKU-{number}", "qty": 1}],
        **more,
    }
    return await house.send(number, version, **order)


def parcels(house: House) -> list[list[str]]:
    """The SKUs of each parcel that was sent."""
    return [[line["sku_code"] for line in body["lines"]] for body in house.outside.bodies]


async def test_orders_to_one_receiver_go_in_one_parcel_when_the_first_has_waited_long_enough(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        first = await send(house, "A1", paid="10.01")
        await house.later(minutes=20)
        second, stranger = await send(house, "A2", paid="5.99"), await send(house, "A3", buyer="u2")
        assert [hold.order.reasons for hold in (await app.store.holds()).items] == [("merge_wait",)] * 3
        await house.later(minutes=9)
        assert house.outside.bodies == []
        await house.later(minutes=1)
        assert parcels(house) == [["SKU-A1", "SKU-A2"]]
        (body,) = house.outside.bodies
        assert body["amount"]["paid"] == "16.00"
        assert [source["channel_order_id"] for source in body["merged_orders"]] == ["A1", "A2"]
        assert [await house.state(run) for run in (first, second, stranger)] == ["done", "done", "waiting"]
        await house.later(days=1)
        assert parcels(house) == [["SKU-A1", "SKU-A2"], ["SKU-A3"]]
        ends = {hold.order.channel_order_id: hold.ended_how for hold in (await app.store.holds(HoldFilter("done"))).items}
        assert ends == {"A1": "led", "A2": "merged", "A3": "due"}


async def test_orders_that_are_due_in_the_same_moment_go_in_one_parcel(house: House) -> None:
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        for number in ("A1", "A2", "A3"):
            await send(house, number)
        await house.later(minutes=30)
        assert [sorted(parcel) for parcel in parcels(house)] == [["SKU-A1", "SKU-A2", "SKU-A3"]]


async def test_a_window_outlasts_a_restart_and_its_end_while_nobody_was_there(house: House) -> None:
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1")
        await send(house, "A2")
    house.clock.time = house.clock.time.replace(hour=20)
    async with house.open():
        await house.later()
        assert parcels(house) == [["SKU-A1", "SKU-A2"]]
    async with house.open():
        await house.later(days=1)
        assert parcels(house) == [["SKU-A1", "SKU-A2"]]


async def test_which_orders_a_parcel_holds_is_known_after_a_restart_and_once_where_its_answer_was_lost(house: House) -> None:
    house.outside.script = [CallFailed("http.unreachable", retriable=True, maybe_sent=True)]
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1", paid="10.01")
        await send(house, "A2", paid="5.99")
        await house.later(minutes=30)
        await house.later(minutes=1)
        assert parcels(house) == [["SKU-A1", "SKU-A2"]] * 2
    async with house.open() as app:
        (parcel,) = await app.store.consignments_of_order("own_shop", "s1", "A2")
        assert (parcel.connection, parcel.number, parcel.amount) == ("service", "A1", "16.00")
        assert [(one.channel_order_id, one.amount) for one in parcel.members] == [("A1", "10.01"), ("A2", "5.99")]


async def test_an_order_that_is_called_off_in_the_window_goes_in_no_parcel(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1")
        await send(house, "A2")
        await send(house, "A2", 2, status="cancelled")
        assert await app.holds.end_overtaken() == 1
        await house.later(minutes=30)
        assert parcels(house) == [["SKU-A2"], ["SKU-A1"]]  # the cancellation itself goes on at once
        assert [body["status"] for body in house.outside.bodies] == ["cancelled", "awaiting_fulfillment"]


async def test_a_newer_version_that_nobody_has_looked_at_yet_keeps_the_older_one_out(house: House) -> None:
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1")
        await send(house, "A2")
        await send(house, "A2", 2, status="cancelled")
        await house.later(minutes=30)
        assert sorted(parcels(house)) == [["SKU-A1"], ["SKU-A2"]]


async def test_a_newer_version_of_what_is_in_a_parcel_does_not_ship_a_second_time(house: House) -> None:
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1")
        await send(house, "A2")
        await house.later(minutes=30)
        again, other = await send(house, "A2", 2), await send(house, "A4")
        await house.later(minutes=30)
        assert parcels(house) == [["SKU-A1", "SKU-A2"], ["SKU-A4"]]
        assert [await house.state(run) for run in (again, other)] == ["done", "done"]


async def test_a_person_sends_one_on_alone(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1")
        await send(house, "A2")
        hold = next(one for one in (await app.store.holds()).items if one.order.channel_order_id == "A2")
        await app.holds.release(hold.id, "ann")
        await house.later(minutes=30)
        assert parcels(house) == [["SKU-A2"], ["SKU-A1"]]


async def test_a_run_that_was_cancelled_meanwhile_is_not_taken_along(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1")
        cancelled = await send(house, "A2")
        await app.cancel(cancelled, "owner")
        await house.later(minutes=30)
        assert parcels(house) == [["SKU-A1"]]


async def test_two_versions_of_one_order_are_never_two_orders_of_a_parcel(house: House) -> None:
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1", 1)
        await send(house, "A1", 2)
        await house.later(minutes=30)
        assert parcels(house) == [["SKU-A1"]]


async def test_a_part_that_is_held_does_not_ship_once_its_order_is_called_off(house: House) -> None:
    nodes = {
        **{name: FLOW["nodes"][name] for name in ("hook", "hub", "call")},
        "split": {"use": "rule.split_order@1", "params": {"by": ["presale"]}},
        "hold": {"use": "connector.hold_order@1", "params": {"reason": "presale_unpaid"}},
    }
    wires = [
        "hook -> hub",
        "hub.new -> split",
        "hub.changed -> split",
        "split.part -> hold",
        "hold.released -> call",
        "split.whole -> call",
    ]
    async with house.open() as app:
        await published(house, json.dumps({**FLOW, "nodes": nodes, "wires": wires}).encode())
        lines = [{"channel_line_id": str(n), "sku_code": f"S{n}", "qty": 1, "unit_price": "5.00", "presale": n == 2} for n in (1, 2)]
        await send(house, "A1", lines=lines)
        first, second = (await app.store.holds()).items
        assert {first.order.channel_order_id, second.order.channel_order_id} == {"A1"}
        await app.holds.release(second.id, "ann")
        await send(house, "A1", 2, status="cancelled")
        with pytest.raises(Conflict, match=r"hold\.superseded"):
            await app.holds.release(first.id, "ann")
        await house.settle()
        sent = [(body["channel_order_id"], body["status"]) for body in house.outside.bodies]
        assert sent == [("A1-1", "awaiting_fulfillment"), ("A1", "cancelled")]


async def test_a_part_waits_for_nobody(house: House) -> None:
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1", part={"of_order": "A", "number": 1, "of": 2})
        assert len(house.outside.bodies) == 1


async def test_a_parcel_is_put_together_as_a_whole_or_not_at_all(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        runs = [await send(house, number) for number in ("A1", "A2")]
        taken = [app.store.facts(run) for run in runs]
        before = [len(await facts) for facts in taken]
        holds = {one.order.channel_order_id: one for one in (await app.store.holds()).items}
        closings = await _closings(app, holds["A1"])
        await app.store.close_hold(holds["A2"].id, house.clock(), "released", closings[1].fact)
        with pytest.raises(Conflict):
            await app.store.close_holds(closings, house.clock())
        assert (await app.store.hold(holds["A1"].id)).state == "open"
        assert [len(await app.store.facts(run)) for run in runs] == [before[0], before[1] + 1]


async def _closings(app: Any, hold: Any) -> Any:
    gathering = app.waits._gather.__self__
    return await gathering._closings(hold)
