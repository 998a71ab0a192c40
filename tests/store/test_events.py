"""What every store promises about events: what is a duplicate and what a conflict; run over each of them."""

from __future__ import annotations

import asyncio

from engine.store.ports import Store

from .conftest import EVENT, NOW, event, numbered


async def test_an_event_comes_back_as_it_was_put(store: Store) -> None:
    accepted = await store.journal.put_event(event(passes=True))
    kept = await store.event(accepted.id)
    assert (kept.flow, kept.version, kept.trigger, kept.key, kept.order_key) == ("order_hub", 3, "taobao", EVENT.key, EVENT.order_key)
    assert (kept.received_at, kept.actor, kept.passes, kept.conflict, kept.erased) == (NOW, "hook", True, False, False)
    assert await store.event_body(accepted.id) == EVENT.body


async def test_an_event_opens_a_run_of_the_same_id(store: Store) -> None:
    accepted = await store.journal.put_event(EVENT)
    run = await store.run(accepted.id)
    assert (run.state, run.accepted_at, run.ended_at, run.order_key) == ("queued", NOW, None, EVENT.order_key)


async def test_ids_grow(store: Store) -> None:
    ids = [(await store.journal.put_event(numbered(n))).id for n in range(5)]
    assert ids == sorted(set(ids))
    assert 0 < ids[0] < ids[-1] < 2**63


async def test_the_same_key_and_content_is_a_duplicate_of_the_first(store: Store) -> None:
    first = await store.journal.put_event(EVENT)
    again = await store.journal.put_event(event(body=b"other bytes, same content"))
    assert (again.id, again.duplicate, again.conflict, again.key) == (first.id, True, False, EVENT.key)
    assert len((await store.events()).items) == 1


async def test_duplicates_put_at_the_same_time_are_noticed(store: Store) -> None:
    answers = await asyncio.gather(*(store.journal.put_event(EVENT) for _ in range(20)))
    assert len({answer.id for answer in answers}) == 1
    assert [answer.duplicate for answer in answers].count(False) == 1


async def test_the_same_key_in_another_flow_is_another_event(store: Store) -> None:
    first = await store.journal.put_event(EVENT)
    other = await store.journal.put_event(event(flow="audit_copy"))
    assert not other.duplicate
    assert other.id != first.id


async def test_other_content_under_a_known_key_is_kept_and_marked(store: Store) -> None:
    await store.journal.put_event(EVENT)
    other = await store.journal.put_event(event(content="c2", body=b"changed"))
    assert (other.key, other.duplicate, other.conflict) == (f"{EVENT.key}~c2", False, True)
    assert (await store.event(other.id)).conflict


async def test_a_conflicting_event_that_comes_again_is_a_duplicate(store: Store) -> None:
    await store.journal.put_event(EVENT)
    other = await store.journal.put_event(event(content="c2"))
    again = await store.journal.put_event(event(content="c2"))
    assert (again.id, again.key, again.duplicate) == (other.id, other.key, True)


async def test_conflicts_put_at_the_same_time_are_each_kept_once(store: Store) -> None:
    contents = ["c1", "c2", "c3", "c2", "c1", "c3"]
    answers = await asyncio.gather(*(store.journal.put_event(event(content=each)) for each in contents))
    assert [answer.duplicate for answer in answers] == [False, False, False, True, True, True]
    assert [answer.conflict for answer in answers] == [False, True, True, True, False, True]


async def test_a_delivery_that_comes_again_with_its_key_is_a_duplicate_whatever_it_holds(store: Store) -> None:
    first = await store.journal.put_event(event(delivery_key="d1"))
    again = await store.journal.put_event(event(delivery_key="d1", content="c2"))
    assert (again.id, again.duplicate) == (first.id, True)


async def test_a_conflicting_delivery_that_comes_again_is_a_duplicate_whatever_it_holds(store: Store) -> None:
    await store.journal.put_event(event(delivery_key="d1"))
    second = await store.journal.put_event(event(delivery_key="d2", content="c2"))
    again = await store.journal.put_event(event(delivery_key="d2", content="c3"))
    assert (again.id, again.duplicate) == (second.id, True)


async def test_a_known_delivery_with_another_key_is_a_new_event(store: Store) -> None:
    first = await store.journal.put_event(event(delivery_key="d1"))
    other = await store.journal.put_event(event(delivery_key="d1", key="taobao/s1/1002/v1"))
    assert (other.duplicate, other.conflict) == (False, False)
    assert other.id != first.id


async def test_nothing_waits_once_everything_was_awaited(store: Store) -> None:
    await asyncio.gather(*(store.journal.put_event(numbered(n)) for n in range(10)))
    assert store.journal.backlog() == 0
