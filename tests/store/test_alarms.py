"""What every store promises about alarms: one open episode of a rule and a subject, its messages with it, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import Conflict, NotFound, OrderloomError
from engine.store.alarms import FLOWS, AlarmFilter, NewAlarm
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions

from .conftest import NOW, code

ALARM = NewAlarm("failures", "wms", "alarm.failures", {"count": 3, "connection": "wms"}, NOW)
LATER, MUCH_LATER = NOW + timedelta(minutes=5), NOW + timedelta(days=1)


async def raised(store: Store, *receivers: str, subject: str = "wms") -> int:
    found = await store.raise_alarm(replace(ALARM, subject=subject), receivers, NOW)
    assert found is not None
    return found


async def test_an_alarm_comes_back_as_it_was_raised(store: Store) -> None:
    number = await raised(store, "team")
    alarm = await store.alarm(number)
    assert (alarm.rule, alarm.subject, alarm.code, alarm.state, alarm.raised_at) == ("failures", "wms", "alarm.failures", "raised", NOW)
    assert alarm.fields == {"count": 3, "connection": "wms"}
    assert [one.id for one in (await store.alarms()).items] == [number]
    with pytest.raises(NotFound) as caught:
        await store.alarm(1)
    assert code(caught) == "alarm.unknown"


async def test_only_one_alarm_of_a_rule_and_a_subject_is_open(store: Store) -> None:
    number = await raised(store, "team")
    assert await store.raise_alarm(ALARM, ["team"], NOW) is None
    assert len(await store.messages_of([number])) == 1
    other = await raised(store, "team", subject="finance")
    await store.end_alarm(number, LATER, LATER)
    assert await store.raise_alarm(ALARM, ["team"], LATER) is None, "it began before the last one was over"
    again = await store.raise_alarm(replace(ALARM, at=LATER), ["team"], LATER)
    assert again not in (None, number, other)


async def test_an_alarm_ends_once_and_everyone_who_was_told_is_told_so(store: Store) -> None:
    number = await raised(store, "team", "mail")
    assert await store.escalate_alarm(number, LATER, ["boss"], LATER)
    assert await store.end_alarm(number, LATER, LATER)
    assert not await store.end_alarm(number, MUCH_LATER, LATER)
    alarm = await store.alarm(number)
    assert (alarm.state, alarm.over_at, alarm.escalated_at) == ("over", LATER, LATER)
    told = [(one.kind, one.receiver) for one in await store.messages_of([number])]
    assert sorted(told) == [
        ("escalated", "boss"), ("over", "boss"), ("over", "mail"), ("over", "team"), ("raised", "mail"), ("raised", "team"),
    ]  # fmt: skip


async def test_who_acknowledges_first_is_noted_and_an_acknowledged_alarm_is_not_escalated(store: Store) -> None:
    number = await raised(store, "team")
    await store.acknowledge_alarm(number, LATER, actor="owner")
    with pytest.raises(Conflict) as caught:
        await store.acknowledge_alarm(number, LATER, actor="other")
    assert code(caught) == "alarm.not_raised"
    alarm = await store.alarm(number)
    assert (alarm.state, alarm.acknowledged_by, alarm.acknowledged_at) == ("acknowledged", "owner", LATER)
    assert not await store.escalate_alarm(number, LATER, ["boss"], LATER)
    assert [row.action for row in (await store.audit_rows()).items][:1] == ["alarm.acknowledge"]
    with pytest.raises(NotFound):
        await store.acknowledge_alarm(5, LATER, actor="owner")


async def test_it_is_escalated_once(store: Store) -> None:
    number = await raised(store)
    assert await store.escalate_alarm(number, LATER, ["boss"], LATER)
    assert not await store.escalate_alarm(number, LATER, ["boss"], LATER)


async def test_alarms_are_listed_by_state_and_rule_newest_first_in_pages(store: Store) -> None:
    numbers = [await raised(store, subject=f"s{n}") for n in range(5)]
    await store.end_alarm(numbers[1], LATER, LATER)
    first = await store.alarms(limit=2)
    assert [one.id for one in first.items] == [numbers[4], numbers[3]]
    assert [one.id for one in (await store.alarms(limit=2, cursor=first.next)).items] == [numbers[2], numbers[0]]
    assert [one.id for one in (await store.alarms(AlarmFilter("over"))).items] == [numbers[1]]
    assert len((await store.alarms(AlarmFilter(None, "failures"))).items) == 5
    assert (await store.alarms(AlarmFilter(None, "other"))).items == []


async def test_messages_are_due_in_order_and_one_waits_for_the_one_before_it(store: Store) -> None:
    number = await raised(store, "team", "mail")
    await store.end_alarm(number, LATER, LATER)
    assert await store.due_messages(NOW - timedelta(seconds=1)) == []
    team, mail = await store.due_messages(MUCH_LATER)
    assert (team.kind, team.receiver, mail.receiver, team.attempts) == ("raised", "team", "mail", 0)
    await store.settle_message(replace(team, state="sent", sent_at=NOW, attempts=1))
    await store.settle_message(replace(mail, attempts=1, problem="http.timeout", due_at=MUCH_LATER))
    assert [(one.kind, one.receiver) for one in await store.due_messages(LATER)] == [("over", "team")]
    assert [(one.kind, one.receiver, one.attempts, one.problem) for one in await store.due_messages(MUCH_LATER)] == [
        ("raised", "mail", 1, "http.timeout"),
        ("over", "team", 0, None),
    ]


async def test_flows_are_told_at_once_though_people_are_not(store: Store) -> None:
    number = await store.raise_alarm(ALARM, [FLOWS, "team"], MUCH_LATER)
    assert number is not None
    assert [one.receiver for one in await store.due_messages(NOW)] == [FLOWS]
    (message,) = await store.due_messages(NOW)
    await store.settle_message(replace(message, state="sent", sent_at=NOW))
    await store.end_alarm(number, LATER, MUCH_LATER)
    assert [(one.kind, one.receiver) for one in await store.due_messages(LATER)] == [("over", FLOWS)]


async def test_a_message_that_was_sent_is_not_set_back(store: Store) -> None:
    await raised(store, "team")
    (message,) = await store.due_messages(NOW)
    await store.settle_message(replace(message, state="sent", sent_at=NOW))
    await store.settle_message(message)
    assert await store.due_messages(MUCH_LATER) == []


async def test_rules_are_kept_by_name(store: Store) -> None:
    mark = await store.change_mark()
    await store.save_alarm_rule("b", b'{"n":1}', actor="owner")
    await store.save_alarm_rule("a", b"{}", actor="owner")
    await store.save_alarm_rule("b", b'{"n":2}', actor="owner")
    assert await store.alarm_rules() == {"a": b"{}", "b": b'{"n":2}'}
    assert await store.change_mark() != mark
    await store.delete_alarm_rule("a", actor="owner")
    with pytest.raises(OrderloomError) as caught:
        await store.delete_alarm_rule("a", actor="owner")
    assert code(caught) == "alarm_rule.unknown"
    assert list(await store.alarm_rules()) == ["b"]


async def test_old_alarms_are_deleted_but_not_what_is_open_or_still_to_be_told(store: Store) -> None:
    still_open, told, untold = await raised(store), await raised(store, subject="told"), await raised(store, "team", subject="untold")
    for number in (told, untold):
        await store.end_alarm(number, LATER, LATER)
    assert await store.delete_alarms(LATER) == 0
    assert await store.delete_alarms(MUCH_LATER) == 1
    assert [one.id for one in (await store.alarms(AlarmFilter(None))).items] == [untold, still_open]


async def test_a_minute_of_delays_is_replaced_until_it_is_over_and_old_ones_go(store: Store) -> None:
    first, second = NOW.replace(second=0, microsecond=0), NOW.replace(second=0, microsecond=0) + timedelta(minutes=1)
    await store.keep_delays(first, b"1")
    await store.keep_delays(first, b"2")
    await store.keep_delays(second, b"3")
    assert [(one.minute, one.body) for one in await store.delays(first)] == [(first, b"2"), (second, b"3")]
    assert [one.body for one in await store.delays(second)] == [b"3"]
    await store.delete_delays(second)
    assert [one.body for one in await store.delays(first)] == [b"3"]


async def test_minutes_of_two_processes_stand_beside_each_other(options: StoreOptions) -> None:
    minute = NOW.replace(second=0, microsecond=0)
    one, other = open_store(options), open_store(options)
    await one.open()
    await other.open()
    try:
        await one.keep_delays(minute, b"1")
        await other.keep_delays(minute, b"2")
        assert sorted(found.body for found in await one.delays(minute)) == [b"1", b"2"]
    finally:
        await one.close()
        await other.close()
