"""Two processes on one store: who loses a run drops it quietly, and whoever is there takes up what a dead one left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.memory_journal import MemoryJournal
from engine.store.open import open_store
from engine.store.ports import IncidentFilter, StoreOptions

from .test_dispatch_edges import Outside, engine, flow, send, settle, states


def chain() -> bytes:
    """Two calls one after the other."""
    document: dict[str, Any] = json.loads(flow("pair"))
    return json.dumps({**document, "wires": ["hook -> one", "one -> two"]}).encode()


async def calls_after_loss(first: MemoryStore) -> tuple[Orderloom, Orderloom, Outside, Outside]:
    """The first one's call is under way while the second one adopts its run and ends it; then the call comes back."""
    asleep, awake = Outside(), Outside()
    asleep.gate.clear()
    async with engine(first, asleep) as one, engine(MemoryStore(beside=first), awake) as other:
        for app in (one, other):
            await app.publish(chain(), note="", actor="owner")
        await send(one, 1)
        await settle()
        first.kept.gone.add(first.owner)
        await other._adopt()
        await settle()
        asleep.gate.set()
        await settle()
        assert one.dispatcher.running == 0
        return one, other, asleep, awake


async def test_who_lost_a_run_drops_it_without_an_incident_or_a_further_call() -> None:
    first = MemoryStore()
    one, other, asleep, awake = await calls_after_loss(first)
    assert await states(one) == ["done"]
    assert (await first.incidents(IncidentFilter(state=None))).items == []
    assert len(awake.calls) == 2
    assert asleep.calls == awake.calls[:1]
    assert sum(other.dispatcher.ended.values()) == 1
    assert not one.dispatcher.ended


async def test_a_store_that_accepts_stale_owners_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    monkeypatch.setattr(MemoryJournal, "_check_owner", lambda *_, **__: None)
    one, _, asleep, awake = await calls_after_loss(MemoryStore())
    assert one.dispatcher.ended or asleep.calls != awake.calls[:1]


async def test_events_of_the_same_order_go_on_where_a_run_was_lost() -> None:
    first, asleep, awake = MemoryStore(), Outside(), Outside()
    asleep.gate.clear()
    async with engine(first, asleep) as one, engine(MemoryStore(beside=first), awake) as other:
        await send(one, 1)
        await settle()
        first.kept.gone.add(first.owner)
        await other._adopt()
        await send(one, 2)
        asleep.gate.set()
        await settle()
        assert await states(one) == ["done", "done"]
        assert one.dispatcher.waiting == 0


async def test_a_cancellation_from_another_process_ends_the_run_for_both() -> None:
    first, asleep = MemoryStore(), Outside()
    asleep.gate.clear()
    async with engine(first, asleep) as one, engine(MemoryStore(beside=first), Outside()) as other:
        run = await send(one, 1)
        await settle()
        await other.cancel(run, "owner")
        asleep.gate.set()
        await settle()
        assert await states(one) == ["cancelled"]
        assert not one.dispatcher.ended


async def test_a_service_takes_up_what_a_dead_process_left(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, connections={"service": {"type": "http", "url": "http://service.example"}})
    asleep, awake = Outside(), Outside()
    asleep.gate.clear()
    async with Orderloom.at(settings) as alive:
        object.__setattr__(alive.world, "outside", awake)
        await alive.publish(flow("pair"), note="", actor="owner")
        dying = Orderloom(settings, open_store(StoreOptions(str(tmp_path))))
        async with dying:
            object.__setattr__(dying.world, "outside", asleep)
            run = await send(dying, 1)
            await alive._adopt()
            assert alive.dispatcher.running == 0
            for task in list(dying.dispatcher._tasks.values()):
                task.cancel()
        await alive._adopt()
        await alive.dispatcher.idle()
        assert (await alive.store.run(run)).state == "done"
