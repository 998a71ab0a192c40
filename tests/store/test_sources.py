"""What every store promises about sources of events: one holder, and a cursor that only the holder moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from engine.errors import Conflict
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions

SOURCE = ("import", "queue")


async def test_a_cursor_comes_back_as_it_was_moved(store: Store) -> None:
    assert await store.source_cursor(*SOURCE) is None
    assert await store.hold_source(*SOURCE)
    assert await store.source_cursor(*SOURCE) is None
    await store.move_cursor(*SOURCE, b'{"id":7}')
    assert await store.source_cursor(*SOURCE) == b'{"id":7}'
    assert await store.source_cursor("import", "other") is None
    assert await store.hold_source(*SOURCE)
    assert await store.source_cursor(*SOURCE) == b'{"id":7}'


async def test_who_does_not_hold_a_source_moves_no_cursor(store: Store) -> None:
    with pytest.raises(Conflict) as caught:
        await store.move_cursor(*SOURCE, b"1")
    assert caught.value.problems[0].code == "source.lost"
    await store.hold_source(*SOURCE)
    await store.move_cursor(*SOURCE, b"1")
    await store.free_source(*SOURCE)
    with pytest.raises(Conflict):
        await store.move_cursor(*SOURCE, b"2")
    assert await store.source_cursor(*SOURCE) == b"1"


@asynccontextmanager
async def two(place: StoreOptions | None) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes on one store."""
    first = MemoryStore() if place is None else open_store(place)
    second = MemoryStore(first) if isinstance(first, MemoryStore) else open_store(place or StoreOptions(""))
    await first.open()
    await second.open()
    yield first, second
    await first.close()
    await second.close()


async def test_a_source_belongs_to_one_process_and_goes_on_where_that_gave_it_up(place: StoreOptions | None) -> None:
    async with two(place) as (one, other):
        assert await one.hold_source(*SOURCE)
        assert not await other.hold_source(*SOURCE)
        await one.move_cursor(*SOURCE, b"1")
        with pytest.raises(Conflict):
            await other.move_cursor(*SOURCE, b"2")
        await one.free_source(*SOURCE)
        assert await other.hold_source(*SOURCE)
        assert await other.source_cursor(*SOURCE) == b"1"
        assert not await one.hold_source(*SOURCE)
        with pytest.raises(Conflict):
            await one.move_cursor(*SOURCE, b"2")


async def test_a_source_of_a_process_that_is_gone_is_taken_over_at_once(place: StoreOptions | None) -> None:
    async with two(place) as (one, other):
        assert await other.hold_source(*SOURCE)
        assert not await one.hold_source(*SOURCE)
        await other.close()
        if isinstance(one, MemoryStore):
            one.kept.gone.add(other.owner)  # in memory nothing outlives its process
        assert await one.hold_source(*SOURCE)
        await one.move_cursor(*SOURCE, b"1")
