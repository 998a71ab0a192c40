"""Crashes where a call crosses from one flow to another: no second child, no lost answer (rule R11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import OrderloomError
from engine.store.ports import RunFilter
from tests.engine.calling import ASK, House


def hang_after_the_child_is_accepted(app: Orderloom) -> None:
    begin = app.calls.begin

    async def begun(*given: Any) -> Any:
        await begin(*given)
        await asyncio.Event().wait()

    app.calls.begin = begun  # type: ignore[method-assign]


def hang_after_the_child_has_ended(app: Orderloom) -> None:
    async def ended(*_: Any) -> None:
        await asyncio.Event().wait()

    app.calls._answer = ended  # type: ignore[method-assign]


def hang_after_the_parent_is_answered(app: Orderloom) -> None:
    app.calls._resumed = lambda _: None


CRASHES = [hang_after_the_child_is_accepted, hang_after_the_child_has_ended, hang_after_the_parent_is_answered]


@pytest.mark.parametrize("crash", CRASHES)
async def test_a_crash_at_any_crossing_makes_no_second_child_and_loses_no_answer(house: House, crash: Callable[[Orderloom], None]) -> None:
    async with house.open():
        await house.child(("ask", ASK))
        await house.parent()
    async with house.open(crash) as app:
        accept = asyncio.ensure_future(house.send(n=1))
        async with asyncio.timeout(20):
            while not (await app.store.runs(RunFilter(flow="child", state="done"))).items:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        accept.cancel()
        run = (await app.store.runs(RunFilter(flow="parent"))).items[0].id
        assert await house.state(run) != "done"
    async with house.open() as app:
        await app.dispatcher.idle()
        await house.reaches(run, "done")
        assert len(await house.children(run)) == 1
        assert len(house.outside.keys()) == len(house.outside.bodies()) == 1


async def test_without_the_healing_at_a_start_an_answer_would_be_lost(quick: House) -> None:
    """The saboteur of the proof above: it must be able to fail."""
    async with quick.open():
        await quick.child()
        await quick.parent()
    async with quick.open(hang_after_the_child_has_ended) as app:
        accept = asyncio.ensure_future(quick.send())
        async with asyncio.timeout(20):
            while not (await app.store.runs(RunFilter(flow="child", state="done"))).items:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        accept.cancel()

    async def nothing() -> int:
        return 0

    def spoil(app: Orderloom) -> None:
        app.calls.heal = nothing  # type: ignore[method-assign]

    async with quick.open(spoil) as app:
        await app.dispatcher.idle()
        run = (await app.store.runs(RunFilter(flow="parent"))).items[0].id
        assert await quick.state(run) == "waiting"
        assert len(await app.store.unanswered()) == 1


async def test_a_child_that_was_kept_with_other_content_is_no_answer(quick: House) -> None:
    """A crash between the child and the wait, and then a recompute that asks for something else: never a second child (rule R1)."""
    async with quick.open() as app:
        await quick.child()
        await quick.parent()
        run = await quick.send()
        event, (child,) = await app.store.event(run), await quick.children(run)
        effect = (await app.store.call_of(child.id)).effect  # type: ignore[union-attr]
        content = {"flow": "child", "items": [{"id": "other"}], "channel": "", "shop_id": ""}
        with pytest.raises(OrderloomError) as refused:
            await app.calls.begin(event, effect, 1, content)
        assert refused.value.problems[0].code == "run.diverged"
        assert len(await quick.children(run)) == 1
