"""What every store promises about facts and the states of runs; run over each of them."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import Conflict, NotFound
from engine.store.ports import Store

from .conftest import EVENT, NOW, code, ended, fact, numbered


async def test_facts_come_back_in_their_order(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await asyncio.gather(*(store.journal.put_fact(fact(run, number, b'{"n":%d}' % number)) for number in (3, 1, 2)))
    assert [(each.number, each.body, each.kind, each.actor) for each in await store.facts(run)] == [
        (number, b'{"n":%d}' % number, "results", "runner") for number in (1, 2, 3)
    ]


async def test_a_fact_may_follow_its_event_without_waiting_for_others(store: Store) -> None:
    runs = [(await store.journal.put_event(numbered(n))).id for n in range(3)]
    await asyncio.gather(*(store.journal.put_fact(fact(run), ended()) for run in runs))
    assert {(await store.run(run)).state for run in runs} == {"done"}


async def test_a_fact_of_an_unknown_event_is_refused_alone(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    good, bad = await asyncio.gather(store.journal.put_fact(fact(run)), store.journal.put_fact(fact(12345)), return_exceptions=True)
    assert good is None
    assert isinstance(bad, NotFound)
    assert len(await store.facts(run)) == 1


async def test_a_fact_number_is_taken_once_and_the_others_of_its_batch_stay(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    writes = [
        store.journal.put_fact(fact(run, 1)),
        store.journal.put_fact(fact(run, 1), ended("failed")),
        store.journal.put_fact(fact(run, 2)),
    ]
    first, guilty, last = await asyncio.gather(*writes, return_exceptions=True)
    assert (first, last) == (None, None)
    assert isinstance(guilty, Conflict)
    assert [each.number for each in await store.facts(run)] == [1, 2]
    assert (await store.run(run)).state == "queued"


async def test_the_facts_of_an_unknown_event_are_not_found(store: Store) -> None:
    with pytest.raises(NotFound) as caught:
        await store.facts(1)
    assert code(caught) == "event.unknown"


async def test_a_fact_ends_its_run(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run), ended())
    kept = await store.run(run)
    assert (kept.state, kept.ended_at) == ("done", NOW)


async def test_a_run_that_waits_has_not_ended(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.end_run(run, ended("waiting"))
    kept = await store.run(run)
    assert (kept.state, kept.ended_at) == ("waiting", None)


async def test_the_last_of_two_states_put_at_once_counts(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await asyncio.gather(store.journal.end_run(run, ended("running")), store.journal.end_run(run, ended("done")))
    assert (await store.run(run)).state == "done"


async def test_an_unknown_run_cannot_end(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    good, bad = await asyncio.gather(store.journal.end_run(run, ended()), store.journal.end_run(1, ended()), return_exceptions=True)
    assert good is None
    assert isinstance(bad, NotFound)
    assert (await store.run(run)).state == "done"
