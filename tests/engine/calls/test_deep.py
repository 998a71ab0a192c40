"""Data that are nested as deep as they may come, or deeper: refused before they are kept, and whatever was kept can be read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from engine.errors import InputInvalid, OrderloomError, Problem
from engine.inspection import steps_of
from engine.json_text import MAX_DEPTH
from engine.node.context import HttpAnswer
from engine.run.history import history
from engine.store.filters import WaitFilter
from engine.store.ports import Wait
from tests.engine.calling import ASK, House, Outside

WAIT = {"use": "flow.wait_for@1", "params": {"duration": "1d", "signal": True, "into": "said"}}


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


async def open_wait(house: House, run: int) -> Wait:
    [wait] = (await house.app.store.waits(WaitFilter(run_id=run))).items
    return wait


class Answers(Outside):
    def __init__(self, body: Any) -> None:
        super().__init__()
        self.body = body

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        await super().http(connection, content, key, timeout)
        return HttpAnswer(200, {}, self.body)


@pytest.mark.parametrize("levels", [MAX_DEPTH - 4, MAX_DEPTH - 1, MAX_DEPTH])
async def test_an_answer_as_deep_as_it_may_come_is_read_again_whatever_the_journal_puts_around_it(house: House, levels: int) -> None:
    house.outside = Answers(nested(levels))
    async with house.open():
        await house.child(("ask", {**ASK, "params": {**ASK["params"], "into": None}}), ("wait", WAIT), tested=False)
        await house.parent(tested=False)
        run = await house.send()
        [child] = await house.children(run)
        assert [await house.state(one) for one in (run, child.id)] == ["waiting", "waiting"]
    async with house.open() as app:
        await app.waits.end(await open_wait(house, child.id), "signal", "signal", {"paid": True})
        await app.dispatcher.idle()
        assert [await house.state(one) for one in (run, child.id)] == ["done", "done"]
        store = app.store
        assert {step.slug: step.state for step in await steps_of(app, child.id)}["ask"] == "done"
        told = history(await store.event(child.id), await store.run(child.id), await store.facts(child.id), [])
        assert told[-1].kind == "ended"


@pytest.mark.parametrize("body", [nested(MAX_DEPTH + 1), json.loads("[" * 200 + "]" * 200)])
async def test_a_signal_that_is_nested_too_deep_is_refused_and_its_wait_stays_open(quick: House, body: Any) -> None:
    async with quick.open() as app:
        await quick.child(("wait", WAIT), tested=False)
        await quick.parent(tested=False)
        run = await quick.send()
        [child] = await quick.children(run)
        token = app.waits.token((await open_wait(quick, child.id)).effect)
        with pytest.raises(InputInvalid) as refused:
            await app.waits.signal(token, body)
        assert [one.code for one in refused.value.problems] == ["body.too_deep"]
        await app.waits.signal(token, nested(MAX_DEPTH))
        await app.dispatcher.idle()
        assert await quick.state(child.id) == "done"


async def test_an_order_too_deep_to_be_handed_over_parks_where_it_is_handed_over(quick: House) -> None:
    async with quick.open() as app:
        await quick.child(tested=False)
        await quick.parent(tested=False)
        deep = await quick.send(note=nested(MAX_DEPTH - 1))
        [incident] = await quick.incidents(deep)
        assert (incident.step, incident.code) == ("call", "body.too_deep")
        assert await quick.children(deep) == []
        await quick.resume(incident, "skip")
        assert await quick.state(deep) == "done"
        fits = await quick.send(order="B", note=nested(MAX_DEPTH - 2))
        assert await quick.state(fits) == "done"
        assert await steps_of(app, deep)


async def test_an_answer_too_deep_for_its_caller_is_a_failed_call(quick: House) -> None:
    quick.outside = Answers(nested(MAX_DEPTH))
    async with quick.open():
        await quick.child(("ask", ASK), tested=False)  # puts what it is answered into the item
        await quick.parent(tested=False)
        run = await quick.send()
        assert [one.code for one in await quick.incidents(run)] == ["body.too_deep"]


async def test_one_run_that_cannot_be_helped_keeps_neither_the_service_from_starting_nor_the_others_from_help(house: House) -> None:
    async with house.open():
        await house.child(("wait", WAIT), tested=False)
        await house.parent(tested=False)
        runs = [await house.send(order=name) for name in "AB"]
        children = [(await house.children(run))[0].id for run in runs]

    def spoil(app: Any) -> None:
        cancel = app.calls._cancel

        async def failing(run_id: int, actor: str) -> None:
            if run_id == children[0]:
                raise OrderloomError(Problem("privacy.unreadable"))
            await cancel(run_id, actor)

        async def orphans() -> list[int]:
            return children

        app.calls._cancel, app.store.orphans = failing, orphans

    async with house.open(spoil):
        assert [await house.state(one) for one in children] == ["waiting", "cancelled"]
