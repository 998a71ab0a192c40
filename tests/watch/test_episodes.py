"""One message when an episode begins and one when it is over, whatever fails in between: writes, sendings, the process itself."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.connection.book import ConnectionBook
from engine.connection.failures import CallFailed
from engine.errors import Problem
from engine.node.context import HttpAnswer
from engine.store.memory import MemoryStore
from engine.store.ports import Alarm, AlarmFilter, AlarmMessage
from engine.store.problems import StoreUnavailable
from engine.watch.book import RuleBook
from engine.watch.ears import Ears
from engine.watch.observations import Level
from engine.watch.sender import Sender
from engine.watch.watcher import Watcher
from tests.engine.waiting import Clock

WRITES = ("raise_alarm", "end_alarm", "escalate_alarm", "settle_message", "move_cursor")
TEAM = {"team": {"type": "wecom", "url": "http://robot.example/send?key=k"}, "boss": {"type": "webhook", "url": "http://boss.example"}}


class Faulty:
    """A store whose writes fail now and then: before anything is kept, or after, so that nobody knows."""

    def __init__(self, store: MemoryStore, chance: random.Random) -> None:
        self._store, self._chance, self.faults = store, chance, 0.2

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name not in WRITES:
            return found

        async def perhaps(*values: Any, **named: Any) -> Any:
            if self._chance.random() < self.faults / 2:
                raise StoreUnavailable(Problem("store.unavailable", fields={"reason": "test"}))
            result = await found(*values, **named)
            if self._chance.random() < self.faults / 2:
                raise StoreUnavailable(Problem("store.unavailable", fields={"reason": "test"}))
            return result

        return perhaps


class World:
    """A process that watches, with a store that outlives it. ``got``: the keys that each receiver got."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.clock, self.kept, self.faults = chance, Clock(), MemoryStore(), 0.2
        self.store = Faulty(self.kept, chance)
        self.got: list[tuple[str, str]] = []

    async def begin(self) -> None:
        store: Any = self.store
        self.ears = Ears(self.clock)
        book = RuleBook(store)
        await book.refresh()
        self.watcher = Watcher(store, self.ears, book, self._nothing, self.clock)
        self.sender = Sender(store, ConnectionBook(TEAM), book, lambda: self, self._to_flows, self.clock, "en")

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        if self.chance.random() < self.store.faults:
            raise CallFailed("http.unreachable", retriable=True, maybe_sent=False)
        self.got.append((connection, key))
        return HttpAnswer(200, {}, {"errcode": 0})

    async def mail(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> None:
        raise AssertionError

    async def look(self) -> None:
        for job in (self.watcher.look, self.sender.send):
            try:
                await job()
            except StoreUnavailable:
                continue

    async def _nothing(self) -> Sequence[Level]:
        return ()

    async def _to_flows(self, message: AlarmMessage, alarm: Alarm) -> None: ...


async def lived(outcomes: list[str], chance: random.Random) -> World:
    """``x``: a call fails; ``.``: it goes; ``r``: kill -9 and a start; ``-``: a quarter of an hour."""
    world = World(chance)
    await world.kept.save_alarm_rule(
        "three_failures", b'{"kind":"failures","count":2,"tell":["team"],"escalate_after":10,"escalate_to":["boss"]}', actor="owner"
    )
    await world.begin()
    for one in outcomes:
        if one == "r":
            await world.begin()
        elif one == "-":
            world.clock.time += timedelta(minutes=15)
        else:
            world.clock.time += timedelta(seconds=1)
            world.ears.called("wms", went=one == ".")
        if chance.random() < 0.7:
            await world.look()
    world.store.faults = 0.0
    for _ in range(12):  # the longest line of messages, each a look after the one before it
        world.clock.time += timedelta(hours=1)
        await world.look()
    return world


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from("xxxx..r-"), max_size=40), st.randoms(use_true_random=False))
def test_every_episode_is_told_once_when_it_begins_and_once_when_it_is_over(outcomes: list[str], chance: random.Random) -> None:
    world = asyncio.run(lived(outcomes, chance))
    alarms, messages = asyncio.run(kept(world))
    spans: list[tuple[datetime, datetime | None]] = sorted((one.raised_at, one.over_at) for one in alarms)
    assert all(over is not None and over <= raised for (_, over), (raised, _) in pairwise(spans)), "one after the other"
    told = Counter((one.alarm_id, one.receiver, one.kind) for one in messages)
    assert set(told.values()) <= {1}
    for alarm in alarms:
        assert (alarm.id, "team", "raised") in told
        assert ((alarm.id, "team", "over") in told) == (alarm.state == "over")
        assert ((alarm.id, "boss", "over") in told) == ((alarm.id, "boss", "escalated") in told and alarm.state == "over")
    assert {one.state for one in messages} <= {"sent"}, "nothing is left behind"
    wanted = {(one.receiver, f"alarm-{one.alarm_id}-{one.kind}-{one.id}") for one in messages if one.receiver}
    assert set(world.got) == wanted, "each under its own key, and nothing else"


async def kept(world: World) -> tuple[Sequence[Alarm], Sequence[AlarmMessage]]:
    alarms = (await world.kept.alarms(AlarmFilter(None), limit=500)).items
    return alarms, await world.kept.messages_of([one.id for one in alarms])
