"""Whatever ends a run ends what it called (rules R11 and R12)."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest

import engine.app
from engine.app import Orderloom
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import RunFilter, Store, StoreOptions
from tests.engine.calling import ASK, END, PATIENCE, House

REST = {"use": "flow.wait_for@1", "params": {"duration": "2h"}}


@pytest.fixture(params=["memory", "sqlite"])
async def house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    kept = MemoryStore()
    monkeypatch.setattr(engine.app, "DRAIN_SECONDS", 0.05)

    def open_one() -> Store:
        return kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path)))

    return House(open_one)


@pytest.mark.parametrize("ending", ["done", "failed"])
async def test_a_stop_ends_what_its_run_has_called_two_deep(house: House, ending: str) -> None:
    async with house.open() as app:
        await house.child(("rest", REST), name="grandchild")
        await house.child(("call", {"use": "flow.sub_flow@1", "params": {"flow": "grandchild"}}))
        stop = {"use": "flow.stop@1", "params": {"state": ending, "reason": "no longer wanted"}}
        await beside_a_call(house, ASK, stop)
        house.outside.gate = asyncio.Event()
        accept = asyncio.ensure_future(house.send())
        grandchild = await first_run(house, flow="grandchild", state="waiting")
        house.outside.gate.set()
        run = await accept
        (child,) = await house.children(run)
        assert [await house.state(one) for one in (run, child.id, grandchild)] == [ending, "cancelled", "cancelled"]
        assert (await app.store.waits()).items == []
        await house.later(days=1)
        assert house.outside.bodies() == []


async def test_a_run_that_failed_lets_nothing_go_on_and_may_be_sent_on_with_a_new_call(house: House) -> None:
    async with house.open():
        await house.child(("rest", REST))
        await beside_a_call(house, {**ASK, "policy": {"on_error": "stop"}})
        house.outside.refuse = {1}
        run = await house.send(n=1)
        (child,) = await house.children(run)
        assert [await house.state(run), await house.state(child.id)] == ["failed", "cancelled"]
        house.outside.refuse = set()
        (failed,) = await house.incidents(run)
        await house.resume(failed)
        (cancelled,) = await house.incidents(run)
        assert (cancelled.step, cancelled.code, await house.state(run)) == ("call", "call.cancelled", "parked")
        await house.resume(cancelled, "anew")
        await house.later(hours=2)
        assert (await house.state(run), [one.state for one in await house.children(run)]) == ("done", ["cancelled", "done"])


async def test_elements_still_under_way_end_with_the_run_that_goes_on_without_them(house: House) -> None:
    async with house.open():
        await house.child(("ask", {**ASK, "policy": {"on_error": "stop"}}), ("rest", REST))
        each = {"use": "flow.for_each@1", "params": {"flow": "child", "path": "lines"}}
        await house.parent(each)
        house.outside.refuse = {2}
        run = await house.send(lines=[{"n": 1}, {"n": 2}])
        states = {one.state for one in await house.children(run)}
        assert (await house.state(run), states) == ("parked", {"waiting", "failed"})
        (incident,) = await house.incidents(run)
        await house.resume(incident, "skip")
        assert await house.state(run) == "done"
        assert {one.state for one in await house.children(run)} == {"cancelled", "failed"}


async def test_what_a_crash_left_open_below_a_run_that_has_ended_is_cancelled_at_the_next_start(house: House) -> None:
    def hang_before_anything_is_cancelled(app: Orderloom) -> None:
        async def cancel(*_: object) -> None:
            await asyncio.Event().wait()

        app.calls.cancel_children = cancel  # type: ignore[method-assign]

    async with house.open(hang_before_anything_is_cancelled):
        await house.child(("rest", REST))
        await beside_a_call(house, ASK, {"use": "flow.stop@1", "params": {"reason": "no longer wanted"}})
        accept = asyncio.ensure_future(house.send())
        (child,) = await house.children(await first_run(house, flow="parent", state="done"))
        assert await house.state(child.id) == "waiting"
        accept.cancel()
    async with house.open():
        await house.reaches(child.id, "cancelled")


async def first_run(house: House, **where: Any) -> int:
    """The id of a run of which there will be one."""
    async with asyncio.timeout(PATIENCE):
        while not (found := (await house.app.store.runs(RunFilter(**where))).items):
            await asyncio.sleep(0.01)
    return found[0].id


async def beside_a_call(house: House, *nodes: dict[str, Any]) -> None:
    """A flow that calls the child in one branch and does something else in another."""
    hook = {"use": "connector.webhook@1", "params": {"key_path": "id"}}
    call = {"use": "flow.sub_flow@1", "params": {"flow": "child"}}
    beside = {f"beside{number}": node for number, node in enumerate(nodes)}
    wires = ["hook -> call", "call -> end", *(f"{a} -> {b}" for a, b in itertools.pairwise(("hook", *beside)))]
    await house.publish("parent", {"hook": hook, "call": call, "end": END, **beside}, *wires)
