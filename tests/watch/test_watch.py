"""Alarms in a running service: raised, told, acknowledged, escalated, over; and the same after restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Conflict
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import StoreOptions
from tests.watch.conftest import HUB, Watched, publish

THREE = "3 calls to wms failed one after the other."


async def test_three_failures_are_told_once_and_once_more_when_it_is_over(watched: Watched) -> None:
    async with watched.open():
        await watched.rule()
        watched.calls("xx")
        assert await watched.look() == []
        watched.calls("x")
        assert await watched.look() == [f"team: Alarm: {THREE}"]
        watched.calls("xxxx")
        assert await watched.look(minutes=1) == []
        watched.calls(".", minutes=4)
        assert await watched.look() == [f"team: Over after 0:05: {THREE}"]
        assert await watched.look(minutes=1) == []
        assert await watched.alarms() == [("three_failures", "wms", "over")]


async def test_a_restart_neither_forgets_an_alarm_nor_tells_it_again(watched: Watched) -> None:
    async with watched.open():
        await watched.rule()
        watched.calls("xx")
        await watched.look()
    async with watched.open():
        watched.calls("x")
        assert await watched.look() == [f"team: Alarm: {THREE}"], "two failures before the restart count"
    async with watched.open():
        watched.calls("xxx")
        assert await watched.look() == []
        watched.calls(".", seconds=10)
        assert await watched.look() == [f"team: Over after 0:00: {THREE}"]
    async with watched.open():
        assert await watched.look() == []


async def test_what_was_not_sent_before_a_restart_is_sent_after_it_under_the_same_key(watched: Watched) -> None:
    async with watched.open() as app:
        await watched.rule()
        watched.outside.down = {"team"}
        watched.calls("xxx")
        assert await watched.look() == []
        (message,) = [one for one in await app.store.messages_of([(await app.store.alarms()).items[0].id]) if one.receiver == "team"]
        assert (message.state, message.attempts, message.problem) == ("waiting", 1, "http.unreachable")
    watched.outside.down = set()
    async with watched.open():
        assert await watched.look() == [], "not before its time"
        assert await watched.look(seconds=6) == [f"team: Alarm: {THREE}"]
        assert watched.outside.told[-1][2].endswith(str(message.id))


async def test_the_end_is_told_after_the_beginning_also_where_both_wait(watched: Watched) -> None:
    async with watched.open():
        await watched.rule()
        watched.outside.down = {"team"}
        watched.calls("xxx.")
        assert await watched.look() == []
        watched.outside.down = set()
        assert await watched.look(seconds=6) == [f"team: Alarm: {THREE}"]
        assert await watched.look(seconds=1) == [f"team: Over after 0:00: {THREE}"]


async def test_in_quiet_hours_nobody_is_told_until_they_are_over(watched: Watched) -> None:
    """It is 16:00 in Shanghai."""
    async with watched.open():
        await watched.rule(quiet_from="15:00", quiet_to="18:00", zone="Asia/Shanghai")
        watched.calls("xxx.")
        assert await watched.look() == []
        assert await watched.alarms() == [("three_failures", "wms", "over")]
        assert await watched.look(hours=1, minutes=59) == []
        assert await watched.look(minutes=1) == [f"team: Alarm: {THREE}"]
        assert await watched.look() == [f"team: Over after 0:00: {THREE}"]


async def test_an_alarm_that_nobody_acknowledges_is_escalated_once(watched: Watched) -> None:
    async with watched.open():
        await watched.rule(escalate_after=10, escalate_to=["boss"])
        watched.calls("xxx")
        await watched.look()
        assert await watched.look(minutes=9) == []
        assert await watched.look(minutes=1) == ["boss: escalated"]
        assert await watched.look(minutes=30) == []
        watched.calls(".")
        assert sorted(await watched.look()) == ["boss: over", f"team: Over after 0:40: {THREE}"]


async def test_an_acknowledged_alarm_is_not_escalated(watched: Watched) -> None:
    async with watched.open() as app:
        await watched.rule(escalate_after=10, escalate_to=["boss"])
        watched.calls("xxx")
        await watched.look()
        (alarm,) = (await app.store.alarms()).items
        await app.store.acknowledge_alarm(alarm.id, app._now(), actor="owner")
        with pytest.raises(Conflict):
            await app.store.acknowledge_alarm(alarm.id, app._now(), actor="owner")
        assert await watched.look(minutes=30) == []
        watched.calls(".")
        assert await watched.look() == [f"team: Over after 0:30: {THREE}"]


async def test_robots_webhooks_and_mail_get_what_they_understand(watched: Watched) -> None:
    async with watched.open():
        await watched.rule(tell=["team", "ding", "boss", "mail"], mail_to="ops@shop.example, it@shop.example")
        watched.calls("xxx")
        assert len(await watched.look()) == 4
        by_receiver = dict(zip([one for one, _, _ in watched.outside.told], watched.outside.bodies, strict=True))
        assert by_receiver["team"]["msgtype"] == "text"
        assert by_receiver["boss"]["rule"] == "three_failures"
        assert by_receiver["boss"]["code"] == "alarm.failures"
        assert by_receiver["mail"]["to"] == ["ops@shop.example", "it@shop.example"]
        assert by_receiver["mail"]["subject"] == f"Alarm: {THREE}"
        assert len({key for _, _, key in watched.outside.told}) == 4


async def test_a_rule_that_is_deleted_or_put_out_of_use_ends_its_alarms(watched: Watched) -> None:
    async with watched.open() as app:
        await watched.rule("mine")
        await watched.rule("three_failures", enabled=False)
        watched.calls("xxx")
        assert await watched.look() == [f"team: Alarm: {THREE}"]
        await app.watch.rules.remove("mine", actor="owner")
        assert await watched.look() == [f"team: Over after 0:00: {THREE}"]


async def test_an_order_that_is_late_is_named_and_its_delay_is_measured_to_both_systems(watched: Watched) -> None:
    async with watched.open() as app:
        await publish(watched, HUB)
        await watched.rule("delay_over_5_s", "delay", calm=1)
        await watched.sent("A1", updated_at="2026-01-16T07:59:58Z")
        assert await watched.look() == []
        watched.outside.takes = {"wms": 7}
        await watched.sent("A2")
        told = await watched.look()
        assert [one for one in told if "A2" in one and "Own shop" in one] == told
        assert len(told) == 2, "late for the warehouse, and so for finance"
        lines = {(one.target, one.since): one for one in await app.watch.delays.lines(timedelta(minutes=15))}
        assert (lines["wms", "arrival"].count, lines["wms", "arrival"].longest, lines["wms", "arrival"].order) == (2, 7.0, "A2")
        assert lines["finance", "arrival"].channel == "own_shop"
        assert (lines["wms", "stamp"].count, lines["wms", "stamp"].longest) == (1, 2.0)
        assert len(await watched.look(minutes=2)) == 2


async def test_an_order_that_has_not_arrived_at_all_is_late_too(watched: Watched) -> None:
    async with watched.open():
        await publish(watched, HUB)
        await watched.rule("delay_over_5_s", "delay")
        await watched.rule("three_failures", enabled=False)
        watched.outside.down = {"wms"}
        run = await watched.send("A9")
        while watched.app.watch.ears.under_way[run].rests is None:
            await watched.app.dispatcher.changed.wait()
            watched.app.dispatcher.changed.clear()
            await watched.app.dispatcher.idle()
        assert await watched.look(seconds=2) == []
        told = await watched.look(seconds=6)
        assert told
        assert all("A9" in one for one in told)
    async with watched.open():
        assert await watched.look(seconds=6) == [], "after a restart it is still the same alarm"


async def test_an_order_that_a_called_flow_delivers_is_measured_from_its_own_arrival(watched: Watched) -> None:
    child = {**HUB, "name": "deliver", "nodes": {**HUB["nodes"], "hook": {"use": "flow.called@1"}}}
    parent = {
        "name": "orders",
        "nodes": {
            "hook": HUB["nodes"]["hook"],
            "first": {"use": "connector.http_request@1", "params": {"service": {"connection": "slow"}, "path": "/x", "into": None}},
            "deliver": {"use": "flow.sub_flow@1", "params": {"flow": "deliver"}},
        },
        "wires": ["hook -> first", "first -> deliver"],
        "tests": HUB["tests"],
    }
    async with watched.open() as app:
        await publish(watched, child)
        await publish(watched, parent)
        watched.outside.takes = {"slow": 3}
        await watched.sent("A1")
        await app.dispatcher.idle()
        lines = {one.target: one.longest for one in await app.watch.delays.lines(timedelta(minutes=15)) if one.since == "arrival"}
        assert lines == {"wms": 3.0, "finance": 3.0}


async def test_delays_of_before_a_restart_count(tmp_path: Path) -> None:
    watched = Watched(lambda: open_store(StoreOptions(str(tmp_path))))
    async with watched.open():
        await publish(watched, HUB)
        await watched.sent("A1")
    async with watched.open() as app:
        await watched.sent("A2")
        counts = {one.count for one in await app.watch.delays.lines(timedelta(minutes=15)) if one.since == "arrival"}
        assert counts == {2}
        watched.clock.time += timedelta(minutes=17)
        assert await app.watch.delays.lines(timedelta(minutes=15)) == []


async def test_orders_whose_stamps_are_eight_hours_ahead_raise_an_alarm_and_are_delivered_all_the_same(watched: Watched) -> None:
    async with watched.open():
        await publish(watched, HUB)
        await watched.rule("wrong_clock", "clock")
        ahead = (datetime(2026, 1, 16, 16, 0, tzinfo=UTC)).isoformat().replace("+00:00", "Z")
        zone: dict[str, Any] = {"updated_at": {"text": "2026-01-16 16:00:00", "zone": "UTC"}}
        for n in range(5):
            await watched.sent(f"W{n}", channel="overseas_wh", updated_at=ahead, time_sources=zone)
        (told,) = await watched.look()
        assert "overseas_wh (s1)" in told
        assert "UTC+08:00" in told
        lines = await watched.app.watch.delays.lines(timedelta(minutes=15))
        assert {(one.target, one.count) for one in lines} == {("wms", 5), ("finance", 5)}


ON_ALARM: dict[str, Any] = {
    "name": "on_alarm",
    "nodes": {
        "alarm": {"use": "connector.alarm@1", "params": {"rules": ["three_failures"]}},
        "tell": {"use": "notify.dingtalk@1", "params": {"robot": {"connection": "ding"}, "message": "{{ item.kind }} {{ item.text }}"}},
    },
    "wires": ["alarm -> tell"],
    "tests": [{"name": "t", "trigger": "alarm", "input": [{"rule": "r"}], "expect": {"alarm": {"items": [{}], "match": "subset"}}}],
}


async def test_a_flow_starts_on_the_beginning_and_on_the_end_of_an_alarm_once(watched: Watched) -> None:
    async with watched.open() as app:
        await publish(watched, ON_ALARM)
        await watched.rule(tell=[])
        watched.calls("xxx")
        await watched.look()
        await app.dispatcher.idle()
        watched.calls(".")
        await watched.look()
        await app.dispatcher.idle()
    async with watched.open() as app:
        await watched.look()
        await app.dispatcher.idle()
        keys = [event.order_key for event in (await app.store.events()).items]
        assert len(keys) == 2
        assert [text for receiver, text, _ in watched.outside.told if receiver == "ding"] == [f"raised {THREE}", f"over {THREE}"]


async def test_of_two_processes_on_one_store_one_watches() -> None:
    shared = MemoryStore()
    one, other = Watched(lambda: shared), Watched(lambda: MemoryStore(shared))
    async with one.open(), other.open():
        await one.rule()
        await other.app.watch.rules.refresh()
        await one.look()
        other.calls("xxx")
        assert await other.look() == []
        one.calls("xxx")
        assert await one.look() == [f"team: Alarm: {THREE}"]
        assert await other.look() == []


def stamp(watched: Watched, **ago: float) -> str:
    return (watched.clock.time - timedelta(**ago)).isoformat().replace("+00:00", "Z")


async def stamped(watched: Watched, number: str, **ago: float) -> list[str]:
    """The alarms that an order raises which its channel dates so long ago."""
    await watched.sent(number, updated_at=stamp(watched, **ago))
    return await watched.look()


async def test_an_order_that_came_late_is_told_by_the_channels_own_time(watched: Watched) -> None:
    async with watched.open():
        await publish(watched, HUB)
        await watched.rule("delay_from_channel", "delay", since="stamp")
        assert await stamped(watched, "A1", seconds=1) == []
        watched.clock.time += timedelta(seconds=30)
        assert await stamped(watched, "A2", seconds=6) == [], "a stamp of whole seconds is up to one too old"
        told = await stamped(watched, "A3", seconds=9)
        assert len(told) == 2
        assert all("A3" in one and "after the channel's own time" in one for one in told)


async def test_a_backfill_another_zone_and_what_waited_for_our_beginning_raise_no_alarm(watched: Watched) -> None:
    async with watched.open() as app:
        await publish(watched, HUB)
        await watched.rule("delay_from_channel", "delay", since="stamp")
        assert await stamped(watched, "A1", seconds=90) == [], "the first that the trigger brings"
        assert await stamped(watched, "A2", seconds=50) == [], "waiting before the first came"
        watched.clock.time += timedelta(minutes=20)
        assert await stamped(watched, "A3", minutes=15) == [], "imported late"
        assert await stamped(watched, "A4", hours=8) == [], "read in another zone"
        assert [one for one in await app.watch.delays.lines(timedelta(minutes=30)) if one.since == "stamp"] == []
        assert len(await stamped(watched, "A5", minutes=3)) == 2


HELD: dict[str, Any] = {
    **HUB,
    "nodes": {**HUB["nodes"], "held": {"use": "connector.hold_order@1"}},
    "wires": ["hook -> held", "held -> to_wms", "held.released -> to_wms", "to_wms -> to_finance"],
}


async def test_an_order_that_was_held_and_released_is_no_delay(watched: Watched) -> None:
    async with watched.open() as app:
        await publish(watched, HELD)
        for rule, since in (("delay_over_5_s", "arrival"), ("delay_from_channel", "stamp")):
            await watched.rule(rule, "delay", since=since)
        fields = {"status": "awaiting_fulfillment", "hold_reasons": ["risk_review"], "version": stamp(watched)}
        await watched.sent("A1", updated_at=stamp(watched), **fields)
        assert await watched.look(seconds=30) == []
        (hold,) = (await app.store.holds()).items
        await app.holds.release(hold.id, "owner")
        await app.dispatcher.idle()
        assert await watched.look(seconds=1) == []
        assert await app.watch.delays.lines(timedelta(minutes=15)) == []
