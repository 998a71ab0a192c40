"""What every store promises about lists of runs and events; run over each of them."""

from __future__ import annotations

import pytest

from engine.errors import InputInvalid
from engine.store.ports import EventFilter, RunFilter, Store

from .conftest import EVENT, code, ended, event, fact, numbered, order, parked


async def test_open_runs_come_oldest_first_and_ended_or_parked_ones_not(store: Store) -> None:
    ids = {
        state: (await store.journal.put_event(numbered(n))).id
        for n, state in enumerate(("queued", "done", "running", "parked", "waiting", "failed"))
    }
    for state, run in ids.items():
        await store.journal.end_run(run, parked() if state == "parked" else ended(state))
    assert [each.id for each in await store.open_runs()] == [ids["queued"], ids["running"]]


async def test_runs_are_counted_by_flow_and_state(store: Store) -> None:
    for number, state in enumerate(("done", "done", "parked", "queued")):
        run = (await store.journal.put_event(numbered(number, flow="b" if number == 3 else "a"))).id
        await store.journal.end_run(run, ended(state))
    counts = {key: number for key, number in (await store.run_counts()).items() if number}
    assert counts == {("a", "done"): 2, ("a", "parked"): 1, ("b", "queued"): 1}


async def test_runs_are_found_by_flow_state_and_order(store: Store) -> None:
    first, second = [(await store.journal.put_event(numbered(n, flow=f"f{n}"))).id for n in range(2)]
    await store.journal.end_run(second, ended())
    assert [run.id for run in (await store.runs(RunFilter(flow="f0"))).items] == [first]
    assert [run.id for run in (await store.runs(RunFilter(state="done"))).items] == [second]
    assert [run.id for run in (await store.runs(RunFilter(state="queued"))).items] == [first]
    assert [run.id for run in (await store.runs(RunFilter(order="taobao/s1/000000000001"))).items] == [second]


async def test_runs_are_found_by_the_number_of_the_order_that_they_brought(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_order(order(), fact(run, body=b'{"ok":"@outcome"}'))
    assert [each.id for each in (await store.runs(RunFilter(order="TB-1001"))).items] == [run]


async def test_a_list_is_walked_page_by_page_newest_first(store: Store) -> None:
    ids = [(await store.journal.put_event(numbered(n))).id for n in range(5)]
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = await store.runs(RunFilter(), limit=2, cursor=cursor)
        seen += [run.id for run in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ids[::-1]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1" * 30, "１２"])
async def test_a_cursor_from_elsewhere_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        await store.events(cursor=cursor)
    assert code(caught) == "cursor.invalid"


async def test_events_are_listed_by_flow(store: Store) -> None:
    await store.journal.put_event(EVENT)
    other = await store.journal.put_event(event(flow="other"))
    assert [each.id for each in (await store.events(EventFilter(flow="other"))).items] == [other.id]


async def test_the_events_of_an_order_come_oldest_first(store: Store) -> None:
    ids = [(await store.journal.put_event(event(key=f"k{n}"))).id for n in range(3)]
    await store.journal.put_event(numbered(7))
    assert [each.id for each in await store.events_of_order(EVENT.order_key)] == ids


async def test_open_runs_come_in_pages(store: Store) -> None:
    ids = [(await store.journal.put_event(numbered(n))).id for n in range(5)]
    first = await store.open_runs(limit=2)
    assert [each.id for each in first] == ids[:2]
    assert [each.id for each in await store.open_runs(after=first[-1].id, limit=2)] == ids[2:4]
    assert [each.id for each in await store.open_runs(after=ids[-1], limit=2)] == []
