"""Whose work a run is: a process that was thought dead, and wakes, writes nothing for what others have adopted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import NotFound
from engine.store import memory_journal, transactions
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import IncidentFilter, NewIncident, NewWait, RunEnd, Store, StoreOptions, WaitFilter
from engine.store.problems import LostOwner
from engine.store.slots import FileSlots
from engine.store.sql import SqlStore

from . import postgres
from .conftest import EVENT, NOW, ended, event, fact, numbered, order, parked

WAIT = NewWait("task", "e1", "d1", "ask", "1", NOW + timedelta(days=1))


@dataclass(frozen=True)
class Two:
    """Two processes on one store; ``lose`` makes the first one look dead although it goes on."""

    first: Store
    second: Store
    lose: Callable[[], None]

    async def adopted(self) -> int:
        """A run of the first one that the second one has adopted."""
        run = (await self.first.journal.put_event(EVENT)).id
        self.lose()
        assert [each.id for each in await self.second.adopt_runs()] == [run]
        return run


@pytest.fixture
async def two(place: StoreOptions | None) -> AsyncIterator[Two]:
    if place is None:
        one = MemoryStore()
        yield Two(one, MemoryStore(beside=one), lambda: one.kept.gone.add(one.owner))
        return
    stores = [open_store(place) for _ in range(2)]
    for store in stores:
        await store.open()
    yield Two(*stores, lambda: lose(stores[0], place))
    for store in stores:
        await store.close()


def lose(store: Store, options: StoreOptions) -> None:
    """The lock of a slot goes, as it does with its process, or with a connection that is cut."""
    assert isinstance(store, SqlStore)
    slots = store._base.slots
    if isinstance(slots, FileSlots):
        slots.release()
    else:
        assert options.url is not None
        postgres.cut(store.owner, options.url)


async def refused(*writes: asyncio.Future[Any]) -> list[str]:
    answers = await asyncio.gather(*writes, return_exceptions=True)
    assert all(isinstance(answer, LostOwner) for answer in answers), answers
    return [answer.problems[0].code for answer in answers if isinstance(answer, LostOwner)]


async def wake(two: Two) -> None:
    """Where the first one lost its connection, it notices with its next write."""
    await asyncio.gather(two.first.audit("ann", "x", "y", {}), return_exceptions=True)


async def test_the_runs_of_a_live_process_are_left_to_it(two: Two) -> None:
    run = (await two.first.journal.put_event(EVENT)).id
    assert await two.second.adopt_runs() == []
    await two.first.journal.put_fact(fact(run), ended())
    assert (await two.second.run(run)).state == "done"


async def test_what_is_adopted_once_is_not_adopted_again(two: Two) -> None:
    run = await two.adopted()
    assert await two.second.adopt_runs() == []
    assert [each.id for each in await two.second.open_runs()] == [run]


async def test_a_stale_owner_writes_no_fact_and_no_end(two: Two) -> None:
    run = await two.adopted()
    await wake(two)
    assert await refused(two.first.journal.put_fact(fact(run)), two.first.journal.end_run(run, ended())) == ["run.lost_owner"] * 2
    assert list(await two.second.facts(run)) == []
    assert (await two.second.run(run)).state == "queued"


async def test_a_stale_owner_opens_neither_incidents_nor_waits(two: Two) -> None:
    run = await two.adopted()
    await wake(two)
    await refused(two.first.journal.put_fact(fact(run, 1), parked()), two.first.journal.end_run(run, RunEnd("waiting", NOW, waits=[WAIT])))
    assert (await two.second.incidents(IncidentFilter(state=None))).items == []
    assert (await two.second.waits(WaitFilter(state=None))).items == []


async def test_a_stale_owner_keeps_no_order(two: Two) -> None:
    run = await two.adopted()
    await wake(two)
    await refused(two.first.journal.put_order(order(), fact(run, body=b'{"ok":"@outcome"}')))
    with pytest.raises(NotFound):
        await two.second.order("taobao", "s1", "1001")


async def test_the_writes_of_others_in_the_same_transaction_are_kept(two: Two) -> None:
    run = await two.adopted()
    await wake(two)
    mine, lost = await asyncio.gather(
        two.first.journal.put_event(numbered(7)), two.first.journal.put_fact(fact(run)), return_exceptions=True
    )
    assert isinstance(lost, LostOwner)
    await two.first.journal.put_fact(fact(mine.id), ended())
    assert [each.id for each in await two.second.open_runs()] == [run]


async def test_the_new_owner_goes_on(two: Two) -> None:
    run = await two.adopted()
    await two.second.journal.put_fact(fact(run), ended())
    await wake(two)
    await refused(two.first.journal.end_run(run, parked()))
    assert (await two.second.run(run)).state == "done"


async def test_who_lost_a_claim_works_on_under_a_new_one(two: Two) -> None:
    await two.adopted()
    await wake(two)
    run = (await two.first.journal.put_event(event(key="k2", order_key="o2"))).id
    assert await two.second.adopt_runs() == []
    await two.first.journal.put_fact(fact(run), ended())
    assert two.first.owner != two.second.owner


async def test_a_run_may_come_back_to_who_lost_it(two: Two) -> None:
    run = await two.adopted()
    await wake(two)
    incidents = [NewIncident("s", "1", "http.refused", ("s",), {})]
    await two.second.journal.end_run(run, RunEnd("parked", NOW, incidents))
    [incident] = (await two.first.incidents()).items
    await two.first.close_incident(incident.id, "resumed", fact(run, 1_000_000))
    await refused(two.second.journal.put_fact(fact(run, 1)))
    await two.first.journal.put_fact(fact(run, 1), ended())
    assert (await two.first.run(run)).state == "done"


async def test_a_decision_may_be_written_by_any_process_while_the_owner_works_on(two: Two) -> None:
    run = (await two.first.journal.put_event(EVENT)).id
    await two.second.journal.put_fact(fact(run, 1_000_000, kind="cancellation"), decision=True)
    await two.first.journal.put_fact(fact(run, 1), ended())
    assert [each.number for each in await two.first.facts(run)] == [1, 1_000_000]


async def test_a_run_that_a_person_ends_elsewhere_is_lost_to_its_owner(two: Two) -> None:
    run = (await two.first.journal.put_event(EVENT)).id
    await two.second.journal.end_run(run, ended("cancelled"), decision=True)
    await refused(two.first.journal.put_fact(fact(run, 1), ended()))
    assert (await two.second.run(run)).state == "cancelled"


async def test_a_wait_that_is_closed_elsewhere_moves_its_run_there(two: Two) -> None:
    run = (await two.first.journal.put_event(EVENT)).id
    await two.first.journal.end_run(run, RunEnd("waiting", NOW, waits=[WAIT]))
    [wait] = (await two.second.waits()).items
    assert await two.second.close_wait(wait.id, NOW, fact(run, 1_000_000))
    await refused(two.first.journal.put_fact(fact(run, 1)))
    await two.second.journal.put_fact(fact(run, 1), ended())


async def test_a_store_that_does_not_look_at_the_epoch_is_caught(
    two: Two, place: StoreOptions | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the refusals above come from the check."""
    if place is not None and place.apart:
        pytest.skip("the check is made in another process, where nothing can be broken from here")
    run = await two.adopted()
    await wake(two)
    monkeypatch.setattr(transactions, "lost", lambda *_: set())
    monkeypatch.setattr(memory_journal.MemoryJournal, "_check_owner", lambda *_, **__: None)
    with pytest.raises(AssertionError):
        await refused(two.first.journal.put_fact(fact(run)))
    assert len(await two.second.facts(run)) == 1
