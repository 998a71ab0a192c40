"""Whatever arrives, what is held in memory stays bounded, and no order that was acknowledged is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pytest

from engine.app import Orderloom
from engine.intake.accept import Busy
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions

FLOW = json.dumps(
    {
        "name": "slow",
        "nodes": {
            "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
            "call": {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/orders"}},
        },
        "wires": ["hook -> call"],
    }
).encode()


class Outside:
    """A target that answers nobody until its gate opens."""

    def __init__(self) -> None:
        self.called: list[tuple[str, int]] = []
        self.gate = asyncio.Event()

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.called.append((content["json"]["id"], content["json"]["v"]))
        await self.gate.wait()
        return HttpAnswer(200, {}, {})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


class Shop:
    def __init__(self, store: Store, *, running: int = 4, waiting: int = 10) -> None:
        connections = {"service": {"type": "http", "url": "http://service.example"}}
        self.app = Orderloom(Settings(connections=connections, max_running=running, max_waiting=waiting), store)
        self.outside = Outside()
        self.most = 0

    async def __aenter__(self) -> Self:
        await self.app.__aenter__()
        object.__setattr__(self.app.world, "outside", self.outside)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.outside.gate.set()
        await self.app.__aexit__(None, None, None)

    async def send(self, order: str, version: int = 1) -> int | None:
        """The event's id; ``None`` where the sender is asked to come again."""
        try:
            accepted = await self.app.intake.hook("slow", "hook", Delivery(json.dumps({"id": order, "v": version}).encode()))
        except Busy:
            return None
        finally:
            self.most = max(self.most, self.app.dispatcher.waiting)
        return accepted.id

    async def drain(self) -> None:
        self.outside.gate.set()
        while self.app.take_up.behind or self.app.dispatcher.running:
            await self.app.take_up.go_on()
            self.most = max(self.most, self.app.dispatcher.waiting)
            await self.app.dispatcher.idle()


async def test_a_flood_on_a_slow_target_is_turned_away_and_nothing_acknowledged_is_lost() -> None:
    async with Shop(MemoryStore()) as shop:
        await shop.app.publish(FLOW, note="", actor="owner")
        answers = [await shop.send(f"A{number}") for number in range(200)]
        kept = [one for one in answers if one is not None]
        assert 14 <= len(kept) <= 16
        assert shop.most <= 10
        await shop.drain()
        assert shop.most <= 10
        states = {(await shop.app.store.run(one)).state for one in kept}
        assert states == {"done"}
        assert len(shop.outside.called) == len(kept)
        assert await shop.send("later") is not None


async def test_a_flood_that_comes_at_once_rests_in_the_store_instead_of_memory() -> None:
    """All were let in before the first was durable: those without room are taken up later."""
    async with Shop(MemoryStore()) as shop:
        await shop.app.publish(FLOW, note="", actor="owner")
        plan = await shop.app.flows.newest("slow")
        assert plan is not None
        deliveries = [Delivery(json.dumps({"id": f"A{number}", "v": 1}).encode()) for number in range(100)]
        now, hook = shop.app.started_at, plan.by_slug["hook"]
        await asyncio.gather(*(shop.app.intake.accept(plan, hook, one, now, actor="test") for one in deliveries))
        assert shop.app.dispatcher.waiting <= 10
        assert shop.app.take_up.behind
        assert await shop.send("not now") is None
        await shop.drain()
        assert shop.most <= 10
        assert sorted(shop.outside.called) == sorted((f"A{number}", 1) for number in range(100))
        assert not shop.app.take_up.behind


@pytest.mark.parametrize("waiting", [1, 7])
async def test_a_start_takes_up_very_many_open_runs_bit_by_bit_and_in_order(tmp_path: Path, waiting: int) -> None:
    async with Shop(open_store(StoreOptions(str(tmp_path))), waiting=10_000) as before:
        await before.app.publish(FLOW, note="", actor="owner")
        before.app.dispatcher._closing = True  # type: ignore[attr-defined]  # nothing is begun before the end
        await asyncio.gather(*(before.send(f"A{number % 20}", number) for number in range(60)))
    async with Shop(open_store(StoreOptions(str(tmp_path))), running=2, waiting=waiting) as again:
        assert await again.app.start() <= waiting + 2
        assert again.app.dispatcher.waiting <= waiting
        assert await again.send("A1", 99) is None
        await again.drain()
        assert again.most <= waiting
        called = again.outside.called
        assert len(called) == len(set(called)) == 60
        for order in range(20):
            versions = [version for name, version in called if name == f"A{order}"]
            assert versions == sorted(versions)


async def test_a_new_event_does_not_overtake_an_earlier_one_of_its_order_that_rests_in_the_store() -> None:
    async with Shop(MemoryStore(), running=1, waiting=2) as shop:
        await shop.app.publish(FLOW, note="", actor="owner")
        plan = await shop.app.flows.newest("slow")
        assert plan is not None
        for number in range(8):
            body = json.dumps({"id": "same" if number in (5, 7) else f"A{number}", "v": number}).encode()
            await shop.app.intake.accept(plan, plan.by_slug["hook"], Delivery(body), shop.app.started_at, actor="test")
        await shop.drain()
        assert [version for name, version in shop.outside.called if name == "same"] == [5, 7]
        assert len(shop.outside.called) == 8


async def test_bodies_in_hand_are_bounded_by_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.take_up.MOST_BYTES", 1000)
    async with Shop(MemoryStore()) as shop:
        with shop.app.take_up.room(900), pytest.raises(Busy) as error, shop.app.take_up.room(200):
            pass
        assert error.value.problems[0].code == "intake.busy"
        with shop.app.take_up.room(5000):  # one alone is always let in
            assert shop.app.take_up.bytes == 5000
        assert shop.app.take_up.bytes == 0
