"""What every store promises to a replay, and of a run that moves to another version; run over each of them."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import Conflict, NotFound
from engine.store.ports import Store

from .conftest import EVENT, code, ended, fact, numbered


async def test_many_recordings_are_read_at_once_and_unknown_ones_left_out(store: Store) -> None:
    runs = [(await store.journal.put_event(numbered(n, body=b'{"n":%d}' % n))).id for n in range(3)]
    await asyncio.gather(*(store.journal.put_fact(fact(runs[0], number, b'{"n":%d}' % number)) for number in (2, 1)))
    found = await store.recordings([*runs[:2], 12345])
    assert {event_id: kept.body for event_id, kept in found.items()} == {runs[0]: b'{"n":0}', runs[1]: b'{"n":1}'}
    assert list(found[runs[0]].facts) == list(await store.facts(runs[0]))
    assert [each.number for each in found[runs[0]].facts] == [1, 2]
    assert list(found[runs[1]].facts) == []
    assert await store.recordings([]) == {}


async def test_a_run_that_rests_is_moved_with_its_event_and_the_decision(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.end_run(run, ended("parked"))
    await store.move_run(fact(run, 1, kind="move"), 9, "print")
    moved = await store.run(run)
    assert (moved.version, moved.state, moved.fingerprint, (await store.event(run)).version) == (9, "queued", "print", 9)
    assert [each.kind for each in await store.facts(run)] == ["move"]
    assert [event.id for event in await store.open_runs()] == [run]


async def test_only_a_run_that_rests_is_moved(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    with pytest.raises(Conflict) as caught:
        await store.move_run(fact(run, 1, kind="move"), 9, "")
    assert code(caught) == "run.not_movable"
    assert (await store.run(run)).version == EVENT.version
    assert list(await store.facts(run)) == []
    with pytest.raises(NotFound):
        await store.move_run(fact(12345), 9, "")
