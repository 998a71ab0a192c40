"""A run and those that it called: erased, deleted, watched, moved and replayed together (rules R9 and R12)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import engine.app
from engine.erasure import erase_event
from engine.errors import Conflict, NotFound
from engine.moves import move
from engine.replay import rerun
from engine.retention import Retainer, Rules
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import IncidentFilter, RunEnd, Store, StoreOptions
from tests.engine.calling import ASK, House
from tests.store import postgres

REST = {"use": "flow.wait_for@1", "params": {"duration": "2h"}}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres.schema() as made:
        yield made


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    kept = MemoryStore()
    monkeypatch.setattr(engine.app, "DRAIN_SECONDS", 0.05)
    options = StoreOptions(str(tmp_path))
    if request.param == "postgres":
        options = StoreOptions(str(tmp_path), url=request.getfixturevalue("url"))
        if options.url is not None:
            postgres.empty(options.url)

    def open_one() -> Store:
        return kept if request.param == "memory" else open_store(options)

    return House(open_one)


async def test_erasing_an_open_run_cancels_what_it_called_and_erases_all(house: House) -> None:
    async with house.open() as app:
        await house.child(("rest", REST), name="grandchild")
        await house.child(("call", {"use": "flow.sub_flow@1", "params": {"flow": "grandchild"}}))
        await house.parent()
        run = await house.send(phone="13812345678")
        (child,) = await house.children(run)
        (grandchild,) = await house.children(child.id)
        with pytest.raises(Conflict) as caught:
            await erase_event(app, grandchild.id, "li")
        assert caught.value.problems[0].code == "event.was_called"
        assert await house.state(grandchild.id) == "waiting", "nothing was cancelled for it"
        assert (await erase_event(app, run, "li")).erased
        for one in (run, child.id, grandchild.id):
            assert await house.state(one) == "cancelled"
            assert (await app.store.event(one)).erased
            with pytest.raises(NotFound):
                await app.store.event_body(one)
        other = await house.send(order="B")
        assert await app.store.event_body(other), "its key is its own"


async def test_a_child_that_outlives_its_caller_is_cancelled_by_the_erasure(house: House) -> None:
    async with house.open() as app:
        await house.child(("rest", REST))
        await house.parent()
        run = await house.send()
        (child,) = await house.children(run)
        await app.store.journal.end_run(run, RunEnd("done", house.time, drops_waits=True), decision=True)
        await erase_event(app, run, "li")
        assert (await house.state(child.id), (await app.store.event(child.id)).erased) == ("cancelled", True)


async def test_old_runs_go_with_what_they_called_and_leave_the_keys_of_others(house: House) -> None:
    async with house.open() as app:
        await house.child(("rest", REST))
        await house.parent()
        gone, kept = await house.send(), await house.send(order="B")
        (child,) = await house.children(gone)
        await app.cancel(gone, "owner")
        await app.dispatcher.idle()
        house.time += timedelta(days=100)
        sweep = Retainer(app.store, Rules(days=90), lambda: house.time, sleep=lambda _: asyncio.sleep(0))
        assert await sweep.sweep() == 2
        for one in (gone, child.id):
            with pytest.raises(NotFound):
                await app.store.run(one)
        assert [await house.state(one.id) for one in await house.children(kept)] == ["waiting"]
        assert await app.store.event_body(kept)


async def test_a_deadline_that_nobody_noticed_yet_is_no_standing_still(house: House) -> None:
    async with house.open() as app:
        await house.child(("rest", {"use": "flow.wait_for@1", "params": {"duration": "900h"}}))
        await house.parent(policy={"deadline": "1h", "while_waiting": "pass"})
        run = await house.send()
        house.time += timedelta(hours=4)
        await app.standstill.look()
        assert await house.incidents(run) == []
        await house.later(hours=1)
        await app.standstill.look()
        assert {one.code for one in (await app.store.incidents(IncidentFilter())).items} == {"run.overdue"}


async def test_a_run_with_a_deadline_and_a_child_can_be_moved_and_goes_on_with_the_answer(house: House) -> None:
    async with house.open() as app:
        await house.child(("rest", REST))
        await house.parent(policy={"deadline": "9h"})
        run = await house.send(n=7)
        await house.publish(
            "parent",
            {
                "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
                "call": {"use": "flow.sub_flow@1", "params": {"flow": "child"}}, "ask": ASK,
            },
            "hook -> call", "call -> ask",
        )  # fmt: skip
        await move(app, run, 2, "owner")
        await app.dispatcher.idle()
        assert (await house.state(run), len(await house.children(run))) == ("waiting", 1)
        await house.later(hours=2)
        assert (await app.store.run(run)).version == 2
        assert (await house.state(run), len(house.outside.calls)) == ("done", 1)


async def test_a_rerun_is_answered_as_the_called_flow_answered_and_waits_where_another_call_is_made(house: House) -> None:
    async with house.open() as app:
        await house.child(("ask", ASK))
        await house.parent()
        run = await house.send(n=7)
        assert (await rerun(app.store, app.registry, run, "call")).changes == []
        edited = await rerun(app.store, app.registry, run, "call", edits={"1": {"n": 8}})
        assert [step.state for step in edited.steps if step.slug == "call"] == ["pending"]
        assert len(await house.children(run)) == 1
