"""Runs that a node ends: nothing that waited is left over, and what failed has a way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.inspection import ending_of
from engine.node.context import HttpAnswer
from tests.engine.waiting import SERVICE, House, Outside, flow, published

STOP = {"use": "flow.stop@1", "params": {"reason": "the shop does it itself"}}
FAIL = {"use": "flow.stop@1", "params": {"state": "failed", "reason": "no warehouse has this"}}
SIGNAL = {"use": "flow.wait_for@1", "params": {"signal": True}}
ASIDE: dict[str, Any] = {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/aside"}}


class Picky(Outside):
    """Refuses the first call to one address."""

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        if content["path"] == "/orders" and "/orders" not in self.bodies:
            self.script = [(422, {})]
        self.bodies.append(content["path"])
        return await super().http(connection, content, key, timeout)


async def test_a_stop_that_comes_while_another_branch_waits_leaves_no_wait_open(house: House) -> None:
    async with house.open():
        pause = {"use": "flow.wait_for@1", "params": {"duration": "1h"}}
        document = flow(SIGNAL, pause=pause, halt=STOP, wires=["hook -> rest", "rest.signal -> call", "hook -> pause", "pause -> halt"])
        await published(house, document)
        run = await house.send()
        assert len((await house.app.store.waits()).items) == 2
        await house.later(hours=1)
        assert await house.state(run) == "done"
        assert (await house.app.store.waits()).items == []
        assert house.outside.keys == []


async def test_the_reason_of_a_stop_outlasts_a_restart(house: House) -> None:
    async with house.open():
        await published(house, flow(SIGNAL, halt=FAIL, wires=["hook -> halt", "hook -> rest", "rest.signal -> call"]))
        run = await house.send()
    async with house.open() as app:
        assert await house.state(run) == "failed"
        ending = await ending_of(app, run)
        assert ending is not None
        assert (ending.step, ending.state, ending.reason) == ("halt", "failed", "no warehouse has this")


@pytest.mark.parametrize(("action", "calls"), [("again", 2), ("skip", 1)])
async def test_what_failed_beside_a_stop_is_decided_on_and_then_the_run_ends(house: House, action: str, calls: int) -> None:
    async with house.open() as app:
        house.outside = Picky()
        object.__setattr__(app.world, "outside", house.outside)
        document = flow(SIGNAL, aside=ASIDE, halt=STOP, wires=["hook -> call", "hook -> aside", "aside -> halt", "call -> rest"])
        await published(house, document)
        run = await house.send()
        assert await house.state(run) == "parked"
        (incident,) = (await app.store.incidents()).items
        await app.resume(incident.id, action, "owner")
        await house.settle()
        assert await house.state(run) == "done"
        assert len(house.outside.keys) == 1 + calls
        assert (await app.store.waits()).items == []


async def test_later_orders_go_on_after_a_stop(house: House) -> None:
    async with house.open():
        await published(house, flow(SIGNAL, halt=FAIL, wires=["hook -> halt", "hook -> rest", "rest.signal -> call"]))
        assert [await house.state(await house.send(version=n)) for n in (1, 2)] == ["failed", "failed"]
