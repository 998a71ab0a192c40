"""Recordings of traffic: what is kept, until when, and that nothing of it can be read beside the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import NotFound
from engine.store.ports import NewTraffic, Store, TrafficOrder

from .conftest import NOW

NEW = NewTraffic("order_hub", "orders", "", 10, NOW, NOW + timedelta(hours=1), NOW + timedelta(days=30), b"k" * 32)


def taken(number: int, reason: str = "") -> TrafficOrder:
    body = b"" if reason else b'{"n":%d}' % number
    return TrafficOrder(number, "order_hub", "orders", 3, f"own_shop|s|{number}", NOW, 2, body, reason)


async def test_what_is_recorded_is_there_in_the_order_in_which_it_came(store: Store) -> None:
    number = await store.begin_traffic(NEW, actor="owner")
    assert await store.keep_traffic(number, [taken(7), taken(5), taken(6, "recording.unreadable")]) == 3
    found = await store.traffic(number)
    assert (found.flow, found.trigger, found.connection, found.actor, found.taken, dict(found.left_out)) == (
        "order_hub", "orders", "", "owner", 2, {"recording.unreadable": 1},
    )  # fmt: skip
    assert list(await store.traffic_orders(number)) == [taken(5), taken(6, "recording.unreadable"), taken(7)]
    assert list(await store.traffic_orders(number, after=5, limit=1)) == [taken(6, "recording.unreadable")]
    assert set(await store.traffic_events(number)) == {5, 6, 7}


async def test_an_order_is_taken_once(store: Store) -> None:
    number = await store.begin_traffic(NEW, actor="owner")
    await store.keep_traffic(number, [taken(5)])
    assert await store.keep_traffic(number, [replace(taken(5), calls=9), taken(6)]) == 1
    assert [one.calls for one in await store.traffic_orders(number)] == [2, 2]


async def test_the_key_of_its_pseudonyms_is_gone_with_the_end(store: Store) -> None:
    number = await store.begin_traffic(NEW, actor="owner")
    assert [(one.id, key) for one, key in await store.open_traffics()] == [(number, NEW.key)]
    assert await store.end_traffic(number, NOW, actor="owner")
    assert not await store.end_traffic(number, NOW, actor="owner")
    assert await store.open_traffics() == []
    assert (await store.traffic(number)).ended_at == NOW
    assert await store.keep_traffic(number, [taken(5)]) == 0


async def test_a_deleted_recording_leaves_nothing(store: Store) -> None:
    number, other = [await store.begin_traffic(NEW, actor="owner") for _ in range(2)]
    await store.keep_traffic(number, [taken(5)])
    await store.keep_traffic(other, [taken(5)])
    await store.delete_traffic(number, actor="owner")
    assert await store.traffic_orders(number) == []
    assert [one.id for one in (await store.traffics()).items] == [other]
    with pytest.raises(NotFound, match=r"recording\.unknown"):
        await store.traffic(number)
    with pytest.raises(NotFound, match=r"recording\.unknown"):
        await store.delete_traffic(number, actor="owner")


async def test_what_is_past_its_time_is_named(store: Store) -> None:
    number = await store.begin_traffic(NEW, actor="owner")
    assert list(await store.old_traffics(NOW + timedelta(days=30))) == []
    assert list(await store.old_traffics(NOW + timedelta(days=31))) == [number]


async def test_of_an_erased_event_nothing_stays_recorded(store: Store) -> None:
    number = await store.begin_traffic(NEW, actor="owner")
    await store.keep_traffic(number, [taken(5), taken(6)])
    await store.forget_traffic_of(5)
    assert [one.event_id for one in await store.traffic_orders(number)] == [6]


async def test_each_step_is_in_the_audit_trail(store: Store) -> None:
    number = await store.begin_traffic(NEW, actor="owner")
    await store.end_traffic(number, NOW, actor="owner")
    await store.delete_traffic(number, actor="owner")
    rows = (await store.audit_rows()).items
    assert [(row.action, row.resource) for row in rows[:3]] == [
        ("recording.delete", f"recording:{number}"), ("recording.end", f"recording:{number}"), ("recording.begin", f"recording:{number}"),
    ]  # fmt: skip
