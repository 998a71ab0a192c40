"""What is old goes in small steps, what is open stays, keys outlive their events: one behaviour over memory and SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.errors import Conflict, NotFound
from engine.store.old_runs import Ended, old_among
from engine.store.ports import NewIncident, NewWait, RunEnd, Store
from engine.store.retention import ALL, Among

from .conftest import NOW, PHONE, ended, event, fact, numbered, order, parked

LATER = NOW + timedelta(days=1)
FAILED = RunEnd("failed", NOW, [NewIncident("to_wms", "1", "http.refused", ("f",), {})])


@pytest.mark.parametrize(
    ("run", "upto", "goes"),
    [
        (Ended(5, "done", NOW, NOW, open=False), 0, True),
        (Ended(5, "cancelled", NOW, NOW, open=False), 0, True),
        (Ended(5, "done", NOW, LATER, open=False), 0, False),
        (Ended(5, "done", NOW, LATER, open=False), 5, True),
        (Ended(5, "done", NOW, LATER, open=False), 4, False),
        (Ended(5, "queued", NOW, None, open=False), 5, False),
        (Ended(5, "waiting", NOW, None, open=False), 5, False),
        (Ended(5, "parked", NOW, None, open=True), 5, False),
        (Ended(5, "failed", NOW, NOW, open=True), 5, False),
        (Ended(5, "failed", NOW, NOW, open=False), 5, True),
    ],
)
def test_which_runs_are_old(run: Ended, upto: int, goes: bool) -> None:
    assert list(old_among([run], LATER, upto, 1).ids) == [5] * goes


def test_nothing_is_looked_at_behind_the_first_young_run() -> None:
    old, young = Ended(5, "done", NOW, NOW, open=False), Ended(6, "done", LATER, LATER, open=False)
    assert (old_among([old, old], LATER, 0, 2).next, old_among([old], LATER, 0, 2).next) == (5, None)
    assert old_among([old, young], LATER, 0, 2).next is None
    assert old_among([old, young], LATER, 6, 2).next == 6


async def filled(store: Store) -> dict[str, int]:
    """One run in each state."""
    ends: dict[str, Any] = {
        "done": ended(), "cancelled": ended("cancelled"), "failed": FAILED, "parked": parked(),
        "waiting": RunEnd("waiting", NOW, waits=[NewWait("timer", "e", "d", "rest", "1", LATER)]), "queued": None,
    }  # fmt: skip
    runs = {name: (await store.journal.put_event(numbered(n))).id for n, name in enumerate(ends)}
    for name, end in ends.items():
        await store.journal.put_fact(fact(runs[name]), end)
    return runs


async def test_only_what_has_ended_and_needs_nobody_goes(store: Store) -> None:
    runs = await filled(store)
    old = await store.old_runs(LATER, 0)
    assert (list(old.ids), old.next) == ([runs["done"], runs["cancelled"]], None)
    assert await store.delete_runs(list(runs.values())) == 2, "whatever it is asked for"
    assert {state for _, state in await store.run_counts()} == {"failed", "parked", "waiting", "queued"}
    assert sum((await store.run_counts()).values()) == 4
    for read in (store.run, store.event, store.event_body, store.facts):
        with pytest.raises(NotFound):
            await read(runs["done"])
        await read(runs["parked"])
    assert len((await store.waits()).items) == 1
    assert len((await store.incidents()).items) == 2
    assert await store.delete_runs([runs["done"], 7]) == 0


async def test_runs_are_looked_through_in_steps(store: Store) -> None:
    runs = await filled(store)
    first = await store.old_runs(LATER, 0, limit=2)
    assert (list(first.ids), first.next) == ([runs["done"], runs["cancelled"]], runs["cancelled"])
    assert (await store.old_runs(LATER, 0, after=runs["cancelled"], limit=99)).ids == []
    assert await store.nth_newest_run(0) == runs["queued"]
    assert await store.nth_newest_run(4) == runs["cancelled"]
    assert await store.nth_newest_run(6) == 0


async def test_a_redelivery_is_known_after_its_event_is_gone_until_its_key_is_forgotten(store: Store) -> None:
    first = await store.journal.put_event(event())
    await store.journal.end_run(first.id, ended())
    await store.delete_runs([first.id])
    again = await store.journal.put_event(event())
    assert (again.id, again.duplicate) == (first.id, True)
    assert await store.forget_keys(datetime.now(UTC) - timedelta(days=400)) is None
    assert (await store.journal.put_event(event())).duplicate
    assert await store.forget_keys(datetime.now(UTC) + timedelta(days=1), limit=1) is not None
    assert not (await store.journal.put_event(event())).duplicate


async def test_what_the_hub_knows_of_an_order_stays_without_what_is_personal(store: Store) -> None:
    run = (await store.journal.put_event(event())).id
    await store.journal.put_order(order(), fact(run, body=b'{"results":["@outcome"]}'))
    await store.journal.end_run(run, ended())
    await store.delete_runs([run])
    held = await store.order("taobao", "s1", "1001")
    assert (held.status, held.amount_paid, held.body) == ("awaiting_fulfillment", "12.50", b"")
    assert await store.order_counts() == {"taobao": 1}


async def test_an_erased_event_cannot_be_read_by_anybody_and_is_still_known(store: Store) -> None:
    run = (await store.journal.put_event(event())).id
    await store.journal.put_order(order(), fact(run, body=b'{"results":["@outcome"]}'))
    with pytest.raises(Conflict):
        await store.erase_event(run, "li")
    await store.journal.end_run(run, FAILED)
    await store.erase_event(run, "li")
    await store.erase_event(run, "li")
    for read in (store.event_body, store.facts):
        with pytest.raises(NotFound) as gone:
            await read(run)
        assert gone.value.problems[0].code == "event.erased"
    assert (await store.event(run)).erased
    assert (await store.run(run)).state == "failed"
    assert (await store.order("taobao", "s1", "1001")).body == b""
    assert (await store.incidents()).items == []
    assert (await store.journal.put_event(event())).duplicate
    rows = [row for row in (await store.audit_rows()).items if row.action == "event.erase"]
    assert [(row.actor, row.resource) for row in rows] == [("li", f"event:{run}")]
    assert PHONE not in str(rows)
    with pytest.raises(NotFound):
        await store.erase_event(5, "li")


async def test_runs_of_one_flow_are_counted_and_found_apart_from_all_others(store: Store) -> None:
    runs = [(await store.journal.put_event(event(flow=flow, key=str(n)))).id for n, flow in enumerate("ffgfgh")]
    for run in runs:
        await store.journal.end_run(run, ended())
    of_f, others = Among("f"), Among(besides=("f", "g"))
    assert [await store.nth_newest_run(1, among) for among in (of_f, others, ALL)] == [runs[1], 0, runs[4]]
    assert list((await store.old_runs(LATER, 0, among=of_f)).ids) == [runs[0], runs[1], runs[3]]
    assert list((await store.old_runs(LATER, 0, among=others)).ids) == [runs[5]]
    first = await store.old_runs(LATER, 0, limit=2, among=of_f)
    assert (list(first.ids), first.next) == (runs[:2], runs[1])
    assert list((await store.old_runs(LATER, 0, after=runs[1], limit=2, among=of_f)).ids) == [runs[3]]
