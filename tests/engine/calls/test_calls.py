"""Flows that call flows: one child for each call, whatever happens in between, and its answer is a fact of its parent (rule R11)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.errors import NotFound
from engine.inspection import steps_of
from engine.store.open import open_store
from engine.store.ports import RunFilter, StoreOptions, WaitFilter
from tests.engine.calling import ASK, House

REST = {"use": "flow.wait_for@1", "params": {"duration": "2h"}}


async def test_a_flow_calls_another_and_goes_on_with_its_answer(house: House) -> None:
    async with house.open() as app:
        await house.child(("ask", ASK))
        await house.parent()
        run = await house.send(n=7)
        assert await house.state(run) == "done"
        (child,) = await house.children(run)
        assert (child.flow, child.state) == ("child", "done")
        assert house.outside.bodies() == [{"id": "A", "n": 7, "said": {"status": 200, "body": {"n": 7}}}]
        assert (await app.store.call_of(child.id)).parent == run
        assert [wait.state for wait in (await app.store.waits(WaitFilter(state=None, run_id=run))).items] == ["done"]


async def test_the_item_rests_while_the_child_does(house: House) -> None:
    async with house.open():
        await house.child(("rest", REST), ("ask", ASK))
        await house.parent()
        run = await house.send()
        assert await house.state(run) == "waiting"
        assert house.app.dispatcher.running == 0
    async with house.open():
        (child,) = await house.children(run)
        assert [await house.state(run), child.state] == ["waiting", "waiting"]
        await house.later(hours=2)
        assert await house.state(run) == "done"
        assert len(house.outside.keys()) == len(house.outside.bodies()) == 1


async def test_a_parked_child_leaves_its_parent_waiting_until_a_person_sends_it_on(house: House) -> None:
    async with house.open():
        await house.child(("ask", ASK))
        await house.parent()
        house.outside.refuse = {1}
        run = await house.send(n=1)
        (child,) = await house.children(run)
        assert [await house.state(run), child.state] == ["waiting", "parked"]
        house.outside.refuse = set()
        (incident,) = await house.incidents(child.id)
        await house.resume(incident)
        assert [await house.state(run), await house.state(child.id)] == ["done", "done"]
        assert len(set(house.outside.keys())) == 1


@pytest.mark.parametrize("routed", [False, True])
async def test_a_child_that_fails_makes_its_parents_item_fail(quick: House, *, routed: bool) -> None:
    async with quick.open():
        await quick.child(("ask", {**ASK, "policy": {"on_error": "stop"}}))
        if routed:
            hook = {"use": "connector.webhook@1", "params": {"key_path": "id"}}
            nodes = {
                "hook": hook,
                "call": {"use": "flow.sub_flow@1", "params": {"flow": "child"}},
                "end": {**ASK, "params": {**ASK["params"], "path": "/end"}},
            }
            await quick.publish("parent", nodes, "hook -> call", "call.error -> end")
        else:
            await quick.parent()
        quick.outside.refuse = {1}
        run = await quick.send(n=1)
        (child,) = await quick.children(run)
        assert child.state == "failed"
        if routed:
            assert await quick.state(run) == "parked"  # the service refuses the same number at the end, too
            assert quick.outside.bodies()[0]["error"]["code"] == "call.failed"
            return
        (incident,) = await quick.incidents(run)
        assert (incident.code, incident.fields["run"], await quick.state(run)) == ("call.failed", str(child.id), "parked")
        await quick.resume(incident)
        assert await quick.state(run) == "parked"
        quick.outside.refuse = set()
        await quick.resume((await quick.incidents(child.id))[0])
        assert await quick.state(child.id) == "done"
        await quick.resume((await quick.incidents(run))[0])
        assert await quick.state(run) == "done"
        assert len(await quick.children(run)) == 1


async def test_anew_is_a_new_child(quick: House) -> None:
    async with quick.open() as app:
        await quick.child(("rest", REST))
        await quick.parent()
        run = await quick.send()
        (child,) = await quick.children(run)
        await app.cancel(child.id, "owner")
        await app.dispatcher.idle()
        (incident,) = await quick.incidents(run)
        assert (await quick.state(run), incident.code) == ("parked", "call.cancelled")
        await quick.resume(incident, "anew")
        assert len(await quick.children(run)) == 2
        await quick.later(hours=2)
        assert await quick.state(run) == "done"


async def test_an_item_that_a_person_left_out_is_no_silent_end(quick: House) -> None:
    async with quick.open():
        await quick.child(("ask", ASK))
        await quick.parent()
        quick.outside.refuse = {1}
        run = await quick.send(n=1)
        (child,) = await quick.children(run)
        await quick.resume((await quick.incidents(child.id))[0], "skip")
        assert [one.code for one in await quick.incidents(run)] == ["call.skipped"]


async def test_cancelling_a_run_cancels_what_it_called_two_deep(house: House) -> None:
    async with house.open() as app:
        await house.child(("rest", REST), name="grandchild")
        await house.child(("call", {"use": "flow.sub_flow@1", "params": {"flow": "grandchild"}}))
        await house.parent()
        run = await house.send()
        (child,) = await house.children(run)
        (grandchild,) = await house.children(child.id)
        await app.cancel(run, "owner")
        await app.dispatcher.idle()
        assert [await house.state(one) for one in (run, child.id, grandchild.id)] == ["cancelled"] * 3
        assert (await app.store.waits()).items == []
        await house.later(days=1)
        assert house.outside.calls == []


async def test_a_call_of_a_child_that_is_under_way_is_awaited_and_then_everything_is_cancelled(house: House) -> None:
    async with house.open() as app:
        await house.child(("ask", ASK), ("more", ASK))
        await house.parent()
        house.outside.gate = asyncio.Event()
        accept = asyncio.ensure_future(house.send())
        async with asyncio.timeout(20):
            while not house.outside.calls:
                await asyncio.sleep(0.01)
        run = (await app.store.runs(RunFilter(flow="parent"))).items[0].id
        (child,) = await house.children(run)
        await house.reaches(run, "waiting")
        await app.cancel(run, "owner")
        assert [await house.state(run), await house.state(child.id)] == ["cancelled", "cancelling"]
        house.outside.gate.set()
        await accept
        await house.reaches(child.id, "cancelled")
        facts = [fact.kind for fact in await app.store.facts(child.id)]
        assert sorted(facts) == ["cancellation", "results"]
        assert len(house.outside.calls) == 1


async def test_versions_are_those_of_the_publication_or_the_newest_by_choice(quick: House) -> None:
    async with quick.open() as app:
        await quick.child()
        await quick.parent()
        await quick.parent({"use": "flow.sub_flow@1", "params": {"flow": "child", "version": "latest"}}, name="modern")
        await quick.child(("ask", ASK))
        old, new = await quick.send(), await quick.send("modern")
        assert [(await quick.children(run))[0].version for run in (old, new)] == [1, 2]
        assert next(fact.kind for fact in await app.store.facts(new)) == "versions"
        assert await quick.parent() == 2  # the same document means something else now
        assert (await quick.children(await quick.send(order="B")))[0].version == 2
        assert await quick.parent() == 2


async def test_later_events_of_an_order_wait_for_one_that_is_at_work_in_a_child(quick: House) -> None:
    async with quick.open():
        await quick.child(("rest", REST))
        await quick.parent()
        await quick.parent(policy={"while_waiting": "pass"}, name="hasty")
        first, second, other = await quick.send(v=1), await quick.send(v=2), await quick.send(order="B")
        assert [await quick.state(run) for run in (first, second, other)] == ["waiting", "queued", "waiting"]
        hasty = [await quick.send("hasty", v=v) for v in (1, 2)]
        assert [await quick.state(run) for run in hasty] == ["waiting", "waiting"]
    async with quick.open():
        assert await quick.state(second) == "queued"
        await quick.later(hours=2)
        assert [await quick.state(run) for run in (first, second)] == ["done", "waiting"]


async def test_people_see_a_called_flow_as_pending_and_then_its_answer_by_declared_classes(quick: House) -> None:
    async with quick.open() as app:
        await quick.child(("rest", REST), fields={"id": "internal"})
        await quick.parent()
        run = await quick.send(phone="13800138000")
        views = {view.slug: view for view in await steps_of(app, run)}
        assert views["call"].state == "pending"
        assert "13800138000" not in repr(views)
        await quick.later(hours=2)
        views = {view.slug: view for view in await steps_of(app, run)}
        (shown,) = views["call"].outputs["out"]
        assert shown.item["id"] == "A"
        assert "13800138000" not in repr(views)


async def test_erasing_the_parents_key_makes_the_child_unreadable(tmp_path: Path) -> None:
    house = House(lambda: open_store(StoreOptions(str(tmp_path))))
    async with house.open() as app:
        await house.child(("ask", ASK))
        await house.parent()
        run, other = await house.send(), await house.send(order="B")
        (child,) = await house.children(run)
    import sqlite3

    with sqlite3.connect(tmp_path / "orderloom.db") as data, sqlite3.connect(tmp_path / "keys.db") as keys:
        (key,) = data.execute("SELECT key_id FROM event WHERE id = ?", (run,)).fetchone()
        keys.execute("DELETE FROM data_key WHERE id = ?", (key,))
    async with house.open() as app:
        for gone in (run, child.id):
            with pytest.raises(NotFound) as erased:
                await app.store.event_body(gone)
            assert erased.value.problems[0].code == "event.erased"
            with pytest.raises(NotFound):
                await app.store.facts(gone)
        assert await app.store.event_body(other)
