"""What every store promises about waits; run over each of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.errors import Conflict, NotFound
from engine.store.ports import IncidentFilter, NewIncident, NewWait, RunEnd, Store, WaitFilter

from .conftest import EVENT, NOW, ended, fact, numbered


def waiting(*waits: NewWait) -> RunEnd:
    return RunEnd("waiting", NOW, waits=waits)


def one(effect: str = "e1", **more: Any) -> NewWait:
    return NewWait(**{"kind": "timer", "effect": effect, "digest": "d", "step": "pause", "item_key": "1", "due_at": NOW, **more})


async def begun(store: Store, *waits: NewWait) -> int:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.end_run(run, waiting(*waits))
    return run


async def test_a_wait_comes_back_as_it_was_opened(store: Store) -> None:
    run = await begun(store, one(kind="task", roles=("lead", "service"), due_at=None))
    (kept,) = (await store.waits()).items
    assert (kept.run_id, kept.flow, kept.step, kept.item_key, kept.kind) == (run, EVENT.flow, "pause", "1", "task")
    assert (kept.effect, kept.digest, kept.due_at, kept.roles, kept.state, kept.at) == ("e1", "d", None, ("lead", "service"), "open", NOW)
    assert await store.wait(kept.id) == kept == await store.wait_for_effect("e1")
    assert (await store.run(run)).state == "waiting"
    assert await store.wait_counts() == {(EVENT.flow, "task"): 1}


async def test_a_waiting_run_is_nobodys_work_until_it_wakes(store: Store) -> None:
    run = await begun(store, one())
    assert await store.open_runs() == []
    (wait,) = await store.due_waits(NOW)
    assert await store.close_wait(wait.id, NOW, fact(run))
    assert [event.id for event in await store.open_runs()] == [run]
    assert [kept.kind for kept in await store.facts(run)] == ["results"]
    assert (await store.wait(wait.id)).state == "done"


async def test_only_what_is_due_comes_longest_first(store: Store) -> None:
    def due(effect: str, minutes: int | None) -> NewWait:
        moment: datetime | None = None if minutes is None else NOW + timedelta(minutes=minutes)
        return one(effect, due_at=moment)

    await begun(store, due("late", 9), due("second", 2), due("first", 1), due("never", None))
    found = await store.due_waits(NOW + timedelta(minutes=5))
    assert [wait.effect for wait in found] == ["first", "second"]
    assert [wait.effect for wait in await store.due_waits(NOW + timedelta(days=1), limit=1)] == ["first"]


async def test_what_waits_already_keeps_its_time(store: Store) -> None:
    run = await begun(store, one(due_at=NOW))
    await store.journal.end_run(run, waiting(one(due_at=NOW + timedelta(days=9)), one("e2")))
    waits = (await store.waits(WaitFilter(run_id=run))).items
    assert {wait.effect: wait.due_at for wait in waits} == {"e1": NOW, "e2": NOW}


async def test_what_a_run_no_longer_waits_for_is_closed(store: Store) -> None:
    run = await begun(store, one("e1"), one("e2"))
    await store.journal.end_run(run, waiting(one("e2")))
    assert {wait.effect: wait.state for wait in (await store.waits(WaitFilter(state=None))).items} == {"e1": "cancelled", "e2": "open"}
    await store.journal.end_run(run, ended("cancelled"))
    assert (await store.waits()).items == []
    assert await store.due_waits(NOW) == []


async def test_a_wait_is_closed_once(store: Store) -> None:
    run = await begun(store, one())
    (wait,) = await store.due_waits(NOW)
    await store.close_wait(wait.id, NOW, fact(run))
    with pytest.raises(Conflict) as caught:
        await store.close_wait(wait.id, NOW, fact(run, 2))
    assert caught.value.problems[0].code == "wait.closed"
    assert len(await store.facts(run)) == 1
    with pytest.raises(NotFound):
        await store.close_wait(wait.id + 1, NOW)


async def test_a_run_that_woke_while_it_was_at_work_is_queued_again_and_never_left_asleep(store: Store) -> None:
    run = await begun(store, one("e1"))
    (wait,) = await store.due_waits(NOW)
    await store.close_wait(wait.id, NOW, fact(run))
    await store.journal.end_run(run, waiting(one("e1"), one("e2")))
    assert (await store.run(run)).state == "queued"
    assert [kept.effect for kept in (await store.waits()).items] == ["e2"]


async def test_a_run_that_has_ended_does_not_wake(store: Store) -> None:
    run = await begun(store, one())
    (wait,) = await store.due_waits(NOW)
    await store.journal.end_run(run, ended("done"))
    assert not await store.close_wait(wait.id, NOW, fact(run))
    assert (await store.run(run)).state == "done"
    assert await store.facts(run) == []
    assert (await store.wait(wait.id)).state == "cancelled"


async def test_a_fact_of_another_run_closes_nothing(store: Store) -> None:
    await begun(store, one())
    other = (await store.journal.put_event(numbered(7))).id
    (wait,) = await store.due_waits(NOW)
    with pytest.raises(NotFound):
        await store.close_wait(wait.id, NOW, fact(other))
    assert (await store.wait(wait.id)).state == "open"


async def test_waits_come_in_pages_narrowed_by_kind_and_flow(store: Store) -> None:
    await begun(store, *(one(f"e{n}", kind="task" if n % 2 else "timer") for n in range(7)))
    first = await store.waits(WaitFilter(kind="timer"), limit=3)
    assert len(first.items) == 3
    rest = await store.waits(WaitFilter(kind="timer"), limit=3, cursor=first.next)
    assert len(rest.items) == 1
    assert rest.next is None
    assert (await store.waits(WaitFilter(flow="another"))).items == []


async def test_a_run_that_is_being_cancelled_only_ends(store: Store) -> None:
    run = await begun(store, one())
    incident = NewIncident("a", "1", "x.y", (), {})
    await store.journal.end_run(run, RunEnd("parked", NOW, [incident], [one()]))
    await store.journal.put_fact(fact(run), RunEnd("cancelling", NOW))
    assert [event.id for event in await store.open_runs()] == [run]
    await store.journal.end_run(run, RunEnd("parked", NOW, [incident], [one("e2")]))
    assert (await store.run(run)).state == "cancelling"
    assert (await store.waits()).items == []
    assert [one.state for one in (await store.incidents(IncidentFilter(state=None))).items] == ["cancelled"]
    await store.journal.end_run(run, RunEnd("cancelled", NOW))
    assert (await store.run(run)).state == "cancelled"


@pytest.mark.parametrize("at_once", [True, False])
async def test_what_has_ended_is_not_cancelled_any_more(store: Store, at_once: bool) -> None:
    run = (await store.journal.put_event(EVENT)).id
    end, late = store.journal.end_run(run, RunEnd("done", NOW)), None
    if at_once:
        late = store.journal.put_fact(fact(run), RunEnd("cancelling", NOW))
    await end
    await (late or store.journal.put_fact(fact(run), RunEnd("cancelling", NOW)))
    assert (await store.run(run)).state == "done"


async def test_a_wait_that_was_cancelled_is_opened_again_when_its_run_waits_for_it_after_all(store: Store) -> None:
    run = await begun(store, one())
    await store.journal.end_run(run, RunEnd("failed", NOW))
    assert (await store.waits()).items == []
    await store.journal.end_run(run, waiting(one()))
    (wait,) = (await store.waits()).items
    assert ((await store.run(run)).state, wait.effect, wait.closed_at) == ("waiting", "e1", None)


async def test_the_rest_of_a_call_that_ended_too_early_is_opened_again(store: Store) -> None:
    run = await begun(store, one(kind="backoff"))
    (wait,) = await store.due_waits(NOW)
    await store.close_wait(wait.id, NOW)
    await store.journal.end_run(run, waiting(one(kind="backoff")))
    assert (await store.run(run)).state == "waiting"
    assert [one.id for one in await store.due_waits(NOW)] == [wait.id]


async def test_a_run_that_parks_when_its_wait_is_over_goes_on(store: Store) -> None:
    run = await begun(store, one())
    (wait,) = await store.due_waits(NOW)
    await store.close_wait(wait.id, NOW, fact(run))
    await store.journal.end_run(run, RunEnd("parked", NOW, [NewIncident("a", "1", "x.y", (), {})], [one()]))
    assert [event.id for event in await store.open_runs()] == [run]


async def test_a_run_that_is_done_may_drop_what_it_waited_for(store: Store) -> None:
    run = await begun(store, one())
    await store.journal.end_run(run, RunEnd("done", NOW, drops_waits=True))
    assert (await store.waits()).items == []
