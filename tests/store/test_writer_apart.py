"""The writer's process: what it promises beyond what every store does (all of whose tests it passes in ``make test-long``)."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Conflict, OrderloomError, Problem
from engine.store.apart import remote
from engine.store.apart.frames import Frames, frame
from engine.store.apart.remote import RemoteWriter
from engine.store.open import open_store
from engine.store.ports import Accepted, NewEvent, RunEnd, StoreOptions
from engine.store.problems import StoreUnavailable
from engine.store.sql import SqlStore

from .conftest import EVENT, NOW, ORDER, PHONE, code, ended, event, fact, numbered, parked


@pytest.fixture
async def apart(options: StoreOptions, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlStore]:
    """Whatever there is to be written is handed over, however little."""
    monkeypatch.setattr(remote, "FEW", 0)
    store = open_store(replace(options, apart=True))
    assert isinstance(store, SqlStore)
    await store.open()
    await at_work(store)
    yield store
    await store.close()


async def at_work(store: SqlStore) -> None:
    """Until the other process is there."""
    while writer_of(store)._transport is None or not writer_of(store)._begun.done():
        await asyncio.sleep(0.005)


def writer_of(store: SqlStore) -> RemoteWriter:
    writer: Any = store.journal
    assert isinstance(writer._writer, RemoteWriter)
    return writer._writer


def process_of(store: SqlStore) -> int:
    return writer_of(store)._worker.process.pid


async def test_everything_that_a_run_writes_is_written_by_another_process(apart: SqlStore) -> None:
    run = (await apart.journal.put_event(EVENT)).id
    await apart.journal.put_order(ORDER, fact(run, 1, b'{"outcome":"@outcome"}'))
    await apart.journal.put_fact(fact(run, 2), parked())
    assert (await apart.run(run)).state == "parked"
    assert [each.number for each in await apart.facts(run)] == [1, 2]
    assert process_of(apart) != os.getpid()


async def test_duplicates_and_conflicts_are_told_as_everywhere(apart: SqlStore) -> None:
    first = await apart.journal.put_event(EVENT)
    again, other = await asyncio.gather(apart.journal.put_event(EVENT), apart.journal.put_event(event(content="c2")))
    assert (again.id, again.duplicate, other.conflict) == (first.id, True, True)


async def test_a_refusal_reaches_its_sender_with_its_code_and_hinders_nobody_else(apart: SqlStore) -> None:
    run = (await apart.journal.put_event(EVENT)).id
    await apart.journal.put_fact(fact(run, 1))
    twice, fine = apart.journal.put_fact(fact(run, 1)), apart.journal.put_fact(fact(run, 2))
    with pytest.raises(Conflict) as caught:
        await twice
    await fine
    assert code(caught) == "store.already_kept"


async def test_what_cannot_be_told_to_another_process_fails_alone(apart: SqlStore) -> None:
    odd = replace(parked().incidents[0], fields={"odd": lambda: None})
    run = (await apart.journal.put_event(EVENT)).id
    bad, good = apart.journal.end_run(run, RunEnd("parked", NOW, [odd])), apart.journal.put_event(numbered(2))
    with pytest.raises((pickle.PicklingError, AttributeError)):
        await bad
    assert not (await good).duplicate


async def test_rare_writes_and_runs_take_turns_and_all_ids_differ(apart: SqlStore) -> None:
    """A release of incidents (written here) between events (written there)."""
    ids: list[int] = []
    for number in range(20):
        runs = await asyncio.gather(*(apart.journal.put_event(numbered(number * 10 + each)) for each in range(5)))
        await apart.journal.end_run(runs[0].id, parked())
        [incident] = (await apart.incidents(limit=1)).items
        await apart.close_incident(incident.id, "resumed", fact(runs[0].id, 1_000_000))
        ids += [run.id for run in runs] + [incident.id]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if one] == ids
    assert (await apart.incidents()).items == []


async def test_a_write_that_waits_for_a_rare_one_comes_after_it(apart: SqlStore) -> None:
    run = (await apart.journal.put_event(EVENT)).id
    await apart.journal.end_run(run, parked())
    [incident] = (await apart.incidents()).items
    closing = asyncio.ensure_future(apart.close_incident(incident.id, "resumed", fact(run, 1_000_000)))
    await asyncio.sleep(0)
    await asyncio.gather(closing, apart.journal.put_fact(fact(run, 1), ended()))
    assert (await apart.run(run)).state == "done"


async def accepted(store: SqlStore, one: NewEvent) -> int:
    """As a sender that comes again until it is told that its event is kept."""
    while True:
        try:
            return (await store.journal.put_event(one)).id
        except StoreUnavailable:
            await asyncio.sleep(0.05)


async def test_after_its_death_another_process_writes_on_and_nothing_that_was_acknowledged_is_lost(apart: SqlStore) -> None:
    kept: list[int] = []
    first = process_of(apart)
    for number in range(3):
        under_way = [apart.journal.put_event(numbered(number * 100 + each)) for each in range(50)]
        await asyncio.sleep(0.002 * number)
        os.kill(process_of(apart), signal.SIGKILL)
        results = await asyncio.gather(*under_way, return_exceptions=True)
        kept += [one.id for one in results if not isinstance(one, BaseException)]
        assert all(isinstance(one, StoreUnavailable) for one in results if isinstance(one, BaseException))
        kept.append(await accepted(apart, numbered(number * 100 + 99)))
        await at_work(apart)
    assert process_of(apart) != first
    assert {run.id for run in (await apart.open_runs())} >= set(kept)
    assert len(set(kept)) == len(kept)


async def test_what_is_written_here_and_what_is_written_there_take_turns(apart: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few writes are done here after a lull, many there; a run may begin in one and end in the other."""
    monkeypatch.setattr(remote, "LULL", 0.001)
    monkeypatch.setattr(remote, "FEW", 4)
    ids: list[int] = []
    for number in range(12):
        count = 1 if number % 2 else 20
        runs = await asyncio.gather(*(apart.journal.put_event(numbered(number * 100 + each)) for each in range(count)))
        ids += [run.id for run in runs]
        await asyncio.sleep(0.005)
    there, here = writer_of(apart)._remote_commits, writer_of(apart)._local.commits
    await asyncio.gather(*(apart.journal.put_fact(fact(run, 1), ended()) for run in ids))
    assert ids == sorted(set(ids))
    assert there >= 6
    assert here >= 6
    assert await apart.open_runs() == []


async def test_few_writes_wait_for_those_under_way_and_many_do_not(apart: SqlStore) -> None:
    """A transaction takes the same time for few as for many."""
    writer, numbers = writer_of(apart), iter(range(1_000))

    async def submit(count: int) -> list[asyncio.Future[Accepted]]:
        futures = [apart.journal.put_event(numbered(next(numbers))) for _ in range(count)]
        await asyncio.sleep(0)
        return futures

    os.kill(process_of(apart), signal.SIGSTOP)
    try:
        written = await submit(1) + await submit(remote.ENOUGH - 1)
        waiting = len(writer._gathered)
        written += await submit(1)
        handed_over = [len(entries) for entries in writer._under_way]
        written += await submit(remote.ENOUGH)
        behind = len(writer._under_way)
    finally:
        os.kill(process_of(apart), signal.SIGCONT)
    assert (waiting, handed_over, behind) == (remote.ENOUGH - 1, [1, remote.ENOUGH], remote.AHEAD)
    assert not any(one.duplicate for one in await asyncio.gather(*written))


async def test_after_many_writes_a_few_wait_a_moment_for_company_and_after_a_few_they_do_not(
    apart: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "HOLD", 0.2)
    writer, numbers = writer_of(apart), iter(range(1_000))

    def put(count: int) -> list[asyncio.Future[Accepted]]:
        return [apart.journal.put_event(numbered(next(numbers))) for _ in range(count)]

    async def handed_over() -> int:
        await asyncio.sleep(0)
        return sum(len(entries) for entries in writer._under_way)

    written = await asyncio.gather(*put(remote.MANY))
    few = put(3)
    held = await handed_over()
    company = put(remote.MANY - 3)
    together = await handed_over()
    written += await asyncio.gather(*few, *company)
    alone = put(1)
    none_yet = await handed_over()
    written += await asyncio.gather(*alone)  # nobody comes, yet it does not wait for ever
    after_a_few = put(1)
    at_once = await handed_over()
    written += await asyncio.gather(*after_a_few)
    assert (held, together, none_yet, at_once) == (0, remote.MANY, 0, 1)
    assert len({one.id for one in written}) == 2 * remote.MANY + 2


async def test_while_there_is_no_other_process_everything_is_written_here(apart: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.store.apart import process

    monkeypatch.setattr(process, "_START", "raise SystemExit(1)")
    os.kill(process_of(apart), signal.SIGKILL)
    while writer_of(apart)._transport is not None:
        await asyncio.sleep(0.005)
    kept = await asyncio.gather(*(apart.journal.put_event(numbered(each)) for each in range(50)))
    assert len({one.id for one in kept}) == len(await apart.open_runs()) == 50


async def test_a_claim_that_is_lost_is_taken_again_and_what_came_meanwhile_is_kept(apart: SqlStore, options: StoreOptions) -> None:
    before = (await apart.journal.put_event(EVENT)).id
    claim = apart._database.claim
    with sqlite3.connect(Path(options.data) / "orderloom.db") as other:  # somebody adopts what this process has
        other.execute("UPDATE owner SET epoch = epoch + 1 WHERE number = ?", (claim.owner,))
    other.close()
    after = await asyncio.gather(*(apart.journal.put_event(numbered(number)) for number in range(5)))
    assert apart._database.claim != claim
    with pytest.raises(OrderloomError) as caught:
        await apart.journal.put_fact(fact(before, 1))
    assert code(caught) == "run.lost_owner"
    await apart.journal.put_fact(fact(after[0].id, 1), ended())


async def test_the_process_ends_with_the_store(options: StoreOptions) -> None:
    store = open_store(replace(options, apart=True))
    assert isinstance(store, SqlStore)
    await store.open()
    await at_work(store)
    last, process = store.journal.put_event(EVENT), writer_of(store)._worker.process
    await store.close()
    assert last.done()
    assert process.returncode == 0


def _seen_by_others(process: int) -> bytes:
    return b"".join(Path(f"/proc/{process}/{name}").read_bytes() for name in ("cmdline", "environ"))


async def test_neither_the_master_key_nor_personal_data_is_told_where_others_see_it(apart: SqlStore, options: StoreOptions) -> None:
    await apart.journal.put_event(EVENT)
    seen, key = _seen_by_others(process_of(apart)), await asyncio.to_thread((Path(options.data) / "master.key").read_bytes)
    assert key.strip() not in seen
    assert PHONE.encode() not in seen


async def test_where_no_process_comes_to_work_the_store_works_all_the_same(options: StoreOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.store.apart import process

    monkeypatch.setattr(process, "_START", "raise SystemExit(1)")
    store = open_store(replace(options, apart=True))
    await store.open()
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run, 1), ended())
    await store.close()


def test_frames_come_out_whole_however_they_are_cut() -> None:
    told = [NewEvent, {"a": b"\0" * 70_000}, Conflict(Problem("store.already_kept", ("a",), {"b": 1})), None]
    stream, frames = b"".join(frame(one) for one in told), Frames()
    found = [one for start in range(0, len(stream), 4096) for one in frames.feed(stream[start : start + 4096])]
    assert found[:2] == told[:2]
    assert found[3] is None
    assert isinstance(found[2], Conflict)
    assert found[2].problems == told[2].problems  # type: ignore[union-attr]
