"""Runs that call runs, as the store keeps them: one behaviour over memory and SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Conflict, NotFound
from engine.store.ports import Fact, IncidentFilter, NewCall, NewIncident, NewWait, RunEnd, RunState, Store

from .conftest import NOW, code, ended, event, fact

LATER = NOW + timedelta(days=1)
FAILED = RunEnd("failed", NOW, [NewIncident("to_wms", "1", "http.refused", ("f",), {})])


async def called(store: Store, parent: int, effect: str, depth: int = 1) -> int:
    """A run that another one calls."""
    child = event(flow="book_parcel", trigger="called", key=effect, content=effect, order_key=effect, call=NewCall(parent, effect, depth))
    return (await store.journal.put_event(child)).id


async def family(store: Store) -> list[int]:
    """A run, one that it called, and one that this one called."""
    root = (await store.journal.put_event(event())).id
    child = await called(store, root, "a" * 32)
    return [root, child, await called(store, child, "b" * 32, 2)]


async def end_all(store: Store, *runs: int) -> None:
    for run in runs:
        await store.journal.put_fact(fact(run), ended())


async def test_a_run_knows_whom_it_called_and_who_called_it(store: Store) -> None:
    root, child, grandchild = await family(store)
    other = await called(store, root, "c" * 32)
    call = await store.call_of(grandchild)
    assert call is not None
    assert (call.parent, call.effect, call.depth) == (child, "b" * 32, 2)
    assert await store.call_of(root) is None
    page = await store.children(root, limit=1)
    assert [run.id for run in page.items] == [other]
    assert [run.id for run in (await store.children(root, cursor=page.next)).items] == [child]
    await end_all(store, child)
    assert list(await store.open_children(root)) == [other]


async def test_the_same_call_makes_one_run(store: Store) -> None:
    root, child, _ = await family(store)
    assert await called(store, root, "a" * 32) == child


async def test_answers_that_nobody_brought_are_found(store: Store) -> None:
    root, child, _ = await family(store)
    await store.journal.end_run(root, RunEnd("waiting", NOW, waits=[NewWait("child", f"{'a' * 32}/1", "d", "call", "1")]))
    assert await store.unanswered() == []
    await end_all(store, child)
    (one,) = await store.unanswered(root)
    assert (one[0].child, one[1].effect) == (child, f"{'a' * 32}/1")
    assert [wait.id for _, wait in await store.unanswered()] == [one[1].id]
    assert await store.close_waits([one[1].id], NOW, fact(root, 10_000))
    assert (await store.run(root)).state == "queued"
    assert await store.unanswered() == []


@pytest.mark.parametrize("state", ["cancelled", "failed", "done"])
async def test_a_child_of_a_run_that_has_ended_is_an_orphan(store: Store, state: RunState) -> None:
    root, child, grandchild = await family(store)
    assert list(await store.orphans()) == []
    await store.journal.end_run(child, ended(state), decision=True)
    assert list(await store.orphans()) == [grandchild]
    await end_all(store, grandchild, root)
    assert list(await store.orphans()) == []


async def test_a_missed_deadline_is_an_incident_of_which_error_flows_hear_and_lasts_until_its_run_ends(store: Store) -> None:
    run = (await store.journal.put_event(event(deadline=LATER))).id
    assert await store.deadline_of(run) == LATER
    (wait,) = await store.due_waits(LATER)
    late = NewIncident(wait.step, wait.item_key, "run.overdue", (wait.step,), {"due_at": "x"})
    assert await store.pass_deadline(wait.id, LATER, Fact(run, 10_000, "overdue", b"{}", "system", LATER), late)
    (incident,) = (await store.incidents(IncidentFilter(run_id=run))).items
    assert [(notice.run_id, notice.incident_id) for notice in await store.notices()] == [(run, incident.id)]
    assert (await store.run(run)).state == "queued"
    with pytest.raises(Conflict):
        await store.pass_deadline(wait.id, LATER, Fact(run, 20_000, "overdue", b"{}", "system", LATER), late)
    still = NewIncident(wait.step, "", "run.stands_still", (wait.step,), {})
    assert await store.open_incident(run, still, LATER)
    await store.journal.end_run(run, RunEnd("waiting", LATER, waits=[NewWait("timer", "e", "d", "rest", "1", LATER)], timed=True))
    assert [one.code for one in (await store.incidents(IncidentFilter(run_id=run))).items] == ["run.overdue"]
    await store.journal.end_run(run, RunEnd("done", LATER, timed=True))
    assert (await store.incidents(IncidentFilter(run_id=run))).items == []


async def test_a_run_goes_with_all_that_it_called_and_none_of_them_alone(store: Store) -> None:
    root, child, grandchild = await family(store)
    await end_all(store, root, child)
    assert list((await store.old_runs(LATER, 0)).ids) == [], "one that it called has not ended"
    assert await store.delete_runs([root, child]) == 0
    await end_all(store, grandchild)
    assert list((await store.old_runs(LATER, 0)).ids) == [root]
    assert await store.delete_runs([child, grandchild]) == 0, "their key is that of the run that called them"
    assert await store.event_body(root)
    assert await store.delete_runs([root]) == 3
    assert sum((await store.run_counts()).values()) == 0
    for run in (root, child, grandchild):
        assert await store.call_of(run) is None
        with pytest.raises(NotFound):
            await store.event(run)


async def test_a_run_whose_caller_is_open_stays(store: Store) -> None:
    root, child, grandchild = await family(store)
    await end_all(store, child, grandchild)
    assert list((await store.old_runs(LATER, grandchild)).ids) == []
    assert await store.delete_runs([root, child, grandchild]) == 0
    assert await store.event_body(root)


async def test_an_open_incident_or_a_late_end_of_what_it_called_keeps_a_run(store: Store) -> None:
    root, child, grandchild = await family(store)
    await end_all(store, root, child)
    await store.journal.end_run(grandchild, FAILED)
    assert await store.delete_runs([root]) == 0
    (incident,) = (await store.incidents()).items
    await store.close_incident(incident.id, "resumed", fact(grandchild, 10_000))
    await store.journal.end_run(grandchild, RunEnd("done", LATER + timedelta(days=1)))
    assert list((await store.old_runs(LATER, 0)).ids) == []
    assert list((await store.old_runs(LATER + timedelta(days=2), 0)).ids) == [root]


async def test_the_key_of_another_family_is_left_alone(store: Store) -> None:
    runs = await family(store)
    other = (await store.journal.put_event(event(key="other", content="other", order_key="other"))).id
    await end_all(store, *runs)
    assert await store.delete_runs([runs[0]]) == 3
    assert await store.event_body(other)


async def test_erasing_an_event_erases_those_of_the_runs_that_it_called(store: Store) -> None:
    runs = await family(store)
    await end_all(store, *runs)
    await store.erase_event(runs[0], "li")
    for run in runs:
        assert (await store.event(run)).erased
        with pytest.raises(NotFound) as caught:
            await store.event_body(run)
        assert code(caught) == "event.erased"


async def test_an_event_is_not_erased_while_what_it_called_is_open(store: Store) -> None:
    root, child, grandchild = await family(store)
    await end_all(store, root, child)
    with pytest.raises(Conflict) as caught:
        await store.erase_event(root, "li")
    assert code(caught) == "event.still_open"
    assert await store.event_body(grandchild)


async def test_an_event_that_a_run_made_is_only_erased_with_that_run(store: Store) -> None:
    runs = await family(store)
    await end_all(store, *runs)
    with pytest.raises(Conflict) as caught:
        await store.erase_event(runs[2], "li")
    assert (code(caught), caught.value.problems[0].fields) == ("event.was_called", {"run": str(runs[0])})
    assert await store.event_body(runs[0])


async def test_nothing_is_called_under_a_key_that_is_no_more(store: Store) -> None:
    root = (await store.journal.put_event(event())).id
    await end_all(store, root)
    await store.erase_event(root, "li")
    with pytest.raises(NotFound):
        await called(store, root, "a" * 32)
