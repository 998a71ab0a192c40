"""Who is among the first of a campaign counts over all runs: each order once, also over a crash, a repeat, a new version, many at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.app import Orderloom
from engine.flow.reader import read_flow
from engine.inspection import steps_of
from engine.node.triggers import Delivery
from engine.registry import installed
from engine.run.tests import run_tests
from engine.store.ports import Store
from tests.crash.fall import crash

from .waiting import SERVICE, SETTINGS, House, published

FLOW: dict[str, Any] = {
    "name": "waiting",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
        "gifts": {"use": "rule.add_gifts@2", "params": {"campaigns": [{"name": "spring", "sku": "GIFT-TOWEL", "first": 2}]}},
        "call": {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/orders", "body": "item"}},
    },
    "wires": ["hook -> gifts", "gifts.given -> call", "gifts.none -> call"],
    "tests": [{"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
}


def order(number: str, version: int = 1) -> dict[str, Any]:
    return {
        "channel": "own_shop",
        "shop_id": "s1",
        "channel_order_id": number,
        "status": "awaiting_fulfillment",
        "payment_status": "paid",
        "paid_at": "2026-01-16T07:00:00Z",
        "updated_at": f"2026-01-16T08:00:0{version}Z",
        "currency": "CNY",
        "amount": {"paid": "10.00"},
        "lines": [{"channel_line_id": "1", "sku_code": "SOAP", "qty": 1}],
    }


async def send(house: House, number: str, version: int = 1) -> int:
    return await house.send(number, version, **order(number, version))


def told(house: House) -> list[tuple[str, bool]]:
    """The orders that left, each with whether its gift went along."""
    return [(body["channel_order_id"], any(line.get("campaign") == "spring" for line in body["lines"])) for body in house.outside.bodies]


async def test_the_first_two_orders_get_the_gift_in_whichever_run_they_come(house: House) -> None:
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        for number in ("A1", "A2", "A3"):
            await send(house, number)
        await send(house, "A2", version=2)
        await send(house, "A3", version=2)
    assert told(house) == [("A1", True), ("A2", True), ("A3", False), ("A2", True), ("A3", False)]
    async with house.open():
        await send(house, "A4")
        await send(house, "A1", version=3)
    assert told(house)[5:] == [("A4", False), ("A1", True)], "places outlive a restart"


async def test_of_many_runs_at_once_just_two_get_it(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        bodies = [json.dumps({"id": f"A{n % 10}", "v": n, **order(f"A{n % 10}", n // 10)}).encode() for n in range(30)]
        await asyncio.gather(*(app.intake.hook("waiting", "hook", Delivery(body)) for body in bodies))
        await house.settle()
    assert len(told(house)) == 30
    given = {number for number, gift in told(house) if gift}
    assert len(given) == 2
    assert {gift for number, gift in told(house) if number in given} == {True}, "in each of its versions"


async def test_a_service_that_fell_after_the_place_was_taken_gives_that_place_and_no_second_one(open_one: Callable[[], Store]) -> None:
    house = House(open_one)
    app = Orderloom(SETTINGS, open_one(), clock=house.clock)
    await app.__aenter__()
    house.app = app
    await app.start()
    await published(house, json.dumps(FLOW).encode())
    taken, desk = asyncio.Event(), app.world.desk

    async def falls_before_it_answers(asked: Any) -> Any:
        await desk(asked)
        taken.set()
        await asyncio.Event().wait()

    object.__setattr__(app.world, "desk", falls_before_it_answers)
    await app.intake.hook("waiting", "hook", Delivery(json.dumps({"id": "A1", "v": 1, **order("A1")}).encode()))
    await taken.wait()
    await crash(app)
    async with house.open():
        await house.settle()
        assert told(house) == [("A1", True)]
        for number in ("A2", "A3"):
            await send(house, number)
    assert told(house)[1:] == [("A2", True), ("A3", False)], "A1 holds one place, not two"


async def test_looking_back_shows_the_place_that_it_had_whatever_has_become_of_the_campaign(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        await send(house, "A1")
        await send(house, "A2")
        late = await send(house, "A3")
        grown = json.loads(json.dumps(FLOW))
        grown["nodes"]["gifts"]["params"]["campaigns"][0]["first"] = 9
        await published(house, json.dumps(grown).encode())
        await send(house, "A3", version=2)
        view = await steps_of(app, late)
    assert told(house)[-2:] == [("A3", False), ("A3", True)]
    (step,) = [one for one in view if one.slug == "gifts"]
    assert "campaign.places" in json.dumps(step, default=str)


async def test_an_order_that_is_called_off_gives_its_place_to_the_next_also_over_a_restart(house: House) -> None:
    flow = json.loads(json.dumps(FLOW))
    flow["nodes"]["hub"] = {"use": "connector.to_hub@1"}
    flow["wires"] = ["hook -> hub", "hub.new -> gifts", "hub.changed -> gifts", *flow["wires"][1:]]
    async with house.open():
        await published(house, json.dumps(flow).encode())
        for number in ("A1", "A2", "A3"):
            await send(house, number)
        await house.send("A1", 2, **{**order("A1", 2), "status": "cancelled"})
    async with house.open():
        await send(house, "A3", version=2)
        await send(house, "A4")
        await house.send("A1", 3, **{**order("A1", 3), "status": "cancelled"})
        await send(house, "A5")
    assert told(house) == [
        ("A1", True), ("A2", True), ("A3", False), ("A1", False), ("A3", True), ("A4", False), ("A1", False), ("A5", False),
    ]  # fmt: skip


@pytest.mark.parametrize("first", [1, 2, 5])
async def test_the_sandbox_counts_for_itself_and_takes_nobodys_place(house: House, first: int) -> None:
    flow = json.loads(json.dumps(FLOW))
    flow["nodes"]["gifts"]["params"]["campaigns"][0]["first"] = first
    rows = [{"id": f"A{n}", "v": 1, **order(f"A{n}")} for n in range(4)]
    gift = {"lines": [{}, {"campaign": "spring"}]}
    expected = [gift if n < first else {"lines": [{}]} for n in range(4)]
    test = {"name": "t", "trigger": "hook", "input": rows, "expect": {"call": {"items": expected, "match": "subset"}}}
    assert [one.differences for one in await run_tests(read_flow(json.dumps({**flow, "tests": [test]}).encode()), installed())] == [[]]
    async with house.open():
        await published(house, json.dumps({**flow, "tests": [test]}).encode())
        await send(house, "A9")
    assert told(house) == [("A9", True)]
