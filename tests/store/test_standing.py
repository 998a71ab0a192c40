"""What the store tells about runs that stand still: one behaviour over memory and SQL."""

from __future__ import annotations

from datetime import timedelta

from engine.store.ports import NewIncident, NewWait, RunEnd, Store
from engine.store.standing import NO_ITEM

from .conftest import NOW, ended, event, fact, numbered, parked

LATER = NOW + timedelta(hours=1)
STANDS = NewIncident("taobao", NO_ITEM, "run.stands_still", ("order_hub",), {"minutes": 12})


async def test_a_run_that_moved_since_is_left_out(store: Store) -> None:
    still, moved, done = [(await store.journal.put_event(numbered(n))).id for n in range(3)]
    await store.journal.put_fact(fact(moved, 3600))
    await store.journal.end_run(done, ended())
    (found,) = await store.unmoved_runs(NOW + timedelta(minutes=30))
    assert (found.run_id, found.state, found.moved_at, found.trigger, found.ahead) == (still, "queued", NOW, "taobao", None)
    assert await store.unmoved_runs(NOW) == []
    assert [one.run_id for one in await store.unmoved_runs(LATER + timedelta(hours=1))] == [still, moved]
    assert [one.run_id for one in await store.unmoved_runs(LATER + timedelta(hours=1), after=still)] == [moved]
    assert [one.run_id for one in await store.unmoved_runs(LATER + timedelta(hours=1), limit=1)] == [still]


async def test_whoever_was_just_woken_or_decided_on_has_moved(store: Store) -> None:
    woken = (await store.journal.put_event(numbered(1))).id
    await store.journal.end_run(woken, RunEnd("waiting", NOW, waits=[NewWait("timer", "e", "d", "rest", "1", NOW)]))
    (wait,) = (await store.waits()).items
    await store.close_wait(wait.id, LATER)
    resumed = (await store.journal.put_event(numbered(2))).id
    await store.journal.end_run(resumed, parked())
    (incident,) = (await store.incidents()).items
    await store.close_incident(incident.id, "resumed", fact(resumed, 3600, kind="resumption"))
    assert await store.unmoved_runs(LATER) == []
    assert {one.run_id for one in await store.unmoved_runs(LATER + timedelta(seconds=1))} == {woken, resumed}


async def test_whatever_stands_in_front_of_a_run_is_told_and_counts_what_is_behind(store: Store) -> None:
    first, second, third, passing = [(await store.journal.put_event(event(key=f"v{n}", passes=n == 3))).id for n in range(4)]
    await store.journal.put_event(numbered(9))
    found = {one.run_id: one.ahead for one in await store.unmoved_runs(LATER) if one.order_key == event().order_key}
    assert found == {first: None, second: first, third: first, passing: first}
    assert await store.blocked_behind([first, second]) == {}, "nothing is held back by a run that is at work"
    await store.journal.end_run(first, parked())
    assert await store.blocked_behind([first, second, 7]) == {first: 2}
    assert {one.ahead_state for one in await store.unmoved_runs(LATER) if one.ahead} == {"parked"}
    await store.journal.end_run(first, ended())
    assert await store.blocked_behind([first]) == {}


async def test_an_incident_about_a_run_is_opened_once_and_closed_by_itself_or_with_the_run(store: Store) -> None:
    run = (await store.journal.put_event(numbered(1))).id
    assert await store.open_incident(run, STANDS, NOW)
    assert not await store.open_incident(run, STANDS, LATER)
    (incident,) = (await store.incidents()).items
    assert (incident.code, incident.at, incident.fields) == ("run.stands_still", NOW, {"minutes": 12})
    assert (await store.run(run)).state == "queued"
    await store.close_by_itself(incident.id, LATER)
    await store.close_by_itself(incident.id, LATER + timedelta(hours=1))
    assert ((await store.incident(incident.id)).state, (await store.incident(incident.id)).closed_at) == ("resumed", LATER)
    assert await store.open_incident(run, STANDS, LATER), "another episode"
    await store.journal.end_run(run, ended())
    assert (await store.incidents()).items == []
    assert not await store.open_incident(run, STANDS, LATER)
    assert not await store.open_incident(5, STANDS, LATER)


async def test_who_rests_of_an_order_is_found_oldest_first(store: Store) -> None:
    runs = [(await store.journal.put_event(event(flow=flow, order_key=key, key=str(n)))).id for n, (flow, key) in enumerate(OF_ORDERS)]
    waiting = RunEnd("waiting", NOW, waits=[NewWait("timer", "e", "d", "rest", "1", NOW)])
    for run, end in zip(runs, (parked(), waiting, ended(), parked(), parked(), None), strict=True):
        if end is not None:
            await store.journal.end_run(run, end)
    assert [(run.run_id, run.state) for run in await store.resting_runs("f", "A")] == [(runs[0], "parked"), (runs[1], "waiting")]
    (found,) = await store.resting_runs("g", "A")
    assert (found.version, found.trigger, found.order_key) == (3, "taobao", "A")


async def test_runs_that_rest_are_read_in_pages_of_one_flow_and_state_but_for_those_that_pass(store: Store) -> None:
    assert await store.resting_versions() == {}
    for number, (state, flow, version, passes) in enumerate(RESTING):
        run = (await store.journal.put_event(numbered(number, flow=flow, version=version, passes=passes))).id
        if state == "parked":
            await store.journal.end_run(run, parked())
        if state == "waiting":
            await store.journal.end_run(run, RunEnd("waiting", NOW, waits=[NewWait("timer", f"e{number}", "d", "rest", "1", NOW)]))
        if state == "done":
            await store.journal.end_run(run, ended())
    assert await store.resting_versions() == {("parked", "f"): [1, 2], ("parked", "g"): [1], ("waiting", "f"): [1]}
    first = await store.resting_page("parked", "f", limit=2)
    assert [(one.order_key, one.version, one.state) for one in first] == [(key(0), 1, "parked"), (key(1), 2, "parked")]
    rest = await store.resting_page("parked", "f", after=first[-1].run_id, limit=2)
    assert [one.order_key for one in rest] == [key(4)]
    assert await store.resting_page("parked", "f", after=rest[-1].run_id) == []
    assert [one.order_key for one in await store.resting_page("waiting", "f")] == [key(5)]


def key(number: int) -> str:
    return numbered(number).order_key


RESTING = [
    ("parked", "f", 1, False),
    ("parked", "f", 2, False),
    ("parked", "f", 1, True),
    ("parked", "g", 1, False),
    ("parked", "f", 1, False),
    ("waiting", "f", 1, False),
    ("done", "f", 1, False),
    ("queued", "f", 1, False),
]


OF_ORDERS = (("f", "A"), ("f", "A"), ("f", "A"), ("g", "A"), ("f", "B"), ("f", "A"))
