"""What every store promises about the one look for what is due: it finds whatever the look of each kind would find."""

from __future__ import annotations

from datetime import timedelta

from engine.store.alarms import FLOWS, NewAlarm
from engine.store.ports import NewHold, NewTraffic, NewWait, RunEnd, Store

from .conftest import EVENT, NOW, event, fact, order, parked

LATER = NOW + timedelta(hours=1)


async def test_where_nothing_is_to_be_done_nothing_is_due(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.end_run(run, RunEnd("done", NOW))
    due = await store.due(LATER)
    assert (due.kinds, due.changes) == (frozenset(), await store.change_mark())


async def test_a_publication_or_a_connection_changes_the_mark(store: Store) -> None:
    before = (await store.due(NOW)).changes
    await store.save_connection("wms", b"{}", actor="owner")
    assert (await store.due(NOW)).changes == await store.change_mark() != before


async def test_a_wait_is_due_once_its_time_has_come(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.end_run(run, RunEnd("waiting", NOW, waits=[NewWait("timer", "e1", "d", "pause", "1", due_at=LATER)]))
    assert (await store.due(LATER - timedelta(microseconds=1))).kinds == frozenset()
    assert (await store.due(LATER)).kinds == {"waits"}


async def test_a_hold_is_due_once_its_order_has_come_in_a_newer_version(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    hold = NewHold("taobao", "s1", "1001", "2026-01-05T08:00:00Z", ("risk_review",))
    await store.journal.put_order(order(hold_reasons=hold.reasons), fact(run))
    await store.journal.end_run(run, RunEnd("waiting", NOW, waits=[NewWait("hold", "e1", "d1", "held", "item", hold=hold)]))
    assert (await store.due(LATER)).kinds == frozenset()
    newer = (await store.journal.put_event(event(key="taobao/s1/1001/v2", content="c2"))).id
    await store.journal.put_order(order(version="2026-01-05T09:00:00Z", content="c2"), fact(newer))
    assert (await store.due(LATER)).kinds == {"holds"}


async def test_an_incident_is_due_to_be_told_until_it_was(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.end_run(run, parked())
    assert (await store.due(LATER)).kinds == {"notices"}
    await store.drop_notices([one.id for one in await store.notices()])
    assert (await store.due(LATER)).kinds == frozenset()


async def test_a_message_of_an_alarm_is_due_at_its_time(store: Store) -> None:
    await store.raise_alarm(NewAlarm("failures", "wms", "alarm.failures", {}, NOW), [FLOWS, "team"], LATER)
    message = (await store.due_messages(NOW))[0]
    assert (await store.due(NOW)).kinds == {"messages"}, message.receiver


async def test_a_recording_is_due_until_its_end(store: Store) -> None:
    new = NewTraffic("order_hub", "orders", "", 10, NOW, LATER, NOW + timedelta(days=30), b"k" * 32)
    number = await store.begin_traffic(new, actor="owner")
    assert (await store.due(NOW)).kinds == {"recordings"}
    await store.end_traffic(number, NOW, actor="owner")
    assert (await store.due(NOW)).kinds == frozenset()
