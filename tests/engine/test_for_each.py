"""A flow for each element of a list: a few at a time, in order, once each, whatever fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.inspection import steps_of
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import StoreOptions
from tests.engine.calling import ASK, END, House

REST = {"use": "flow.wait_for@1", "params": {"duration": "2h"}}


def each(**more: Any) -> dict[str, Any]:
    return {"use": "flow.for_each@1", "params": {"flow": "child", "path": "lines", **more}}


def lines(count: int) -> list[dict[str, int]]:
    return [{"n": n} for n in range(count)]


@pytest.fixture
async def house() -> House:
    kept = MemoryStore()
    return House(lambda: kept)


async def test_results_stand_in_the_order_of_the_elements_and_no_more_are_under_way_than_allowed(house: House) -> None:
    async with house.open():
        await house.child(("ask", ASK))
        await house.parent(each(at_once=3, carry=["id"]))
        run = await house.send(lines=lines(20))
        assert await house.state(run) == "done"
        (body,) = house.outside.bodies()
        assert [one["n"] for one in body["results"]] == list(range(20))
        assert {one["id"] for one in body["results"]} == {"A"}
        assert (len(set(house.outside.keys())), house.outside.busy) == (20, 3)


async def test_a_thousand_elements(tmp_path: Path) -> None:
    house = House(lambda: open_store(StoreOptions(str(tmp_path))))
    async with house.open() as app:
        await house.child(("ask", ASK))
        await house.parent(each(at_once=100))
        run = await house.send(lines=lines(1000))
        assert await house.state(run) == "done"
        assert [one["n"] for one in house.outside.bodies()[0]["results"]] == list(range(1000))
        assert len(house.outside.keys()) == len(set(house.outside.keys())) == 1000
        assert house.outside.busy <= 100
        assert await app.store.run_counts() == {("parent", "done"): 1, ("child", "done"): 1000}


async def test_elements_under_way_go_on_after_a_restart_and_none_is_called_twice(tmp_path: Path) -> None:
    house = House(lambda: open_store(StoreOptions(str(tmp_path))))
    async with house.open():
        await house.child(("rest", REST), ("ask", ASK))
        await house.parent(each(at_once=2))
        run = await house.send(lines=lines(5))
        assert len(await house.children(run)) == 2
        await house.later(hours=2)
        assert len(await house.children(run)) == 4
    async with house.open():
        await house.later(hours=2)
        assert len(await house.children(run)) == 5
        await house.later(hours=2)
        assert await house.state(run) == "done"
        assert [one["n"] for one in house.outside.bodies()[0]["results"]] == list(range(5))
        assert len(house.outside.keys()) == 5


async def test_collecting_says_which_elements_failed(house: House) -> None:
    async with house.open() as app:
        await house.child(("ask", {**ASK, "policy": {"on_error": "stop"}}), fields={"n": "internal"})
        await house.parent(each(on_failed="collect"))
        house.outside.refuse = {1, 3}
        run = await house.send(lines=lines(5))
        assert await house.state(run) == "done"
        (body,) = house.outside.bodies()
        assert [one["n"] for one in body["results"]] == [0, 2, 4]
        assert body["failed"] == [{"element": 1, "code": "call.failed"}, {"element": 3, "code": "call.failed"}]
        (shown,) = {view.slug: view for view in await steps_of(app, run)}["call"].outputs["out"]
        assert [one["n"] for one in shown.item["results"]] == [0, 2, 4]
        assert shown.item["failed"] == body["failed"]


async def test_stopping_begins_no_further_element_and_goes_on_where_it_stopped(house: House) -> None:
    async with house.open():
        await house.child(("ask", {**ASK, "policy": {"on_error": "stop"}}))
        await house.parent(each(at_once=1))
        house.outside.refuse = {2}
        run = await house.send(lines=lines(5))
        (incident,) = await house.incidents(run)
        assert (incident.code, len(house.outside.keys())) == ("call.failed", 3)
        failed = (await house.children(run))[-1]
        house.outside.refuse = set()
        await house.resume((await house.incidents(failed.id))[0])
        await house.resume(incident)
        assert await house.state(run) == "done"
        assert [one["n"] for one in house.outside.bodies()[0]["results"]] == list(range(5))
        assert len(set(house.outside.keys())) == 5


async def test_stopping_while_others_are_under_way_uses_their_answers_when_it_goes_on(house: House) -> None:
    """Also where the failure was routed: what the others answer later is no divergence."""
    async with house.open():
        slow = {"use": "rule.condition@1", "params": {"when": "item.n != 0"}}
        nodes = {
            "called": {"use": "flow.called@1"},
            "slow": slow,
            "rest": REST,
            "ask": {**ASK, "policy": {"on_error": "stop"}},
            "answer": {"use": "flow.answer@1"},
        }
        wires = ["called -> slow", "slow.yes -> ask", "slow.no -> rest", "ask -> answer", "rest -> answer"]
        await house.publish("child", nodes, *wires, trigger="called", tested=False)
        await house.parent(each(at_once=5))
        house.outside.refuse = {1}
        run = await house.send(lines=lines(3))
        assert [await house.state(run), len(await house.incidents(run))] == ["parked", 1]
        house.outside.refuse = set()
        failed = (await house.children(run))[1]
        await house.resume((await house.incidents(failed.id))[0])
        await house.resume((await house.incidents(run))[0])
        assert await house.state(run) == "waiting"
        await house.later(hours=2)
        assert await house.state(run) == "done"
        assert len(await house.children(run)) == 3


async def test_waits_of_a_batch_flow_stand_inside_for_each(house: House) -> None:
    async with house.open():
        await house.child(("rest", REST))
        file = {"use": "connector.file@1", "params": {"batch": True}}
        call = {"use": "flow.for_each@1", "params": {"flow": "child", "into": "out"}}
        await house.publish("batch", {"file": file, "call": call, "end": END}, "file -> call", "call -> end", trigger="file")
        plan = await house.app.flows.newest("batch")
        from engine.node.triggers import Delivery

        body = b'[{"n": 1}, {"n": 2}]'
        accepted = await house.app.intake.accept(plan, plan.by_slug["file"], Delivery(body), house.time, actor="owner")
        await house.app.dispatcher.idle()
        assert (await house.state(accepted.id), len(await house.children(accepted.id))) == ("waiting", 2)
        await house.later(hours=2)
        assert await house.state(accepted.id) == "done"
        assert [one["out"][0]["n"] for one in house.outside.bodies()] == [1, 2]
