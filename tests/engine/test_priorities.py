"""Which runs go first when not all can be at work: as the trigger says, in order within a key, and without anyone starving."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Self

import pytest

from engine.app import Orderloom
from engine.dispatch.ready import ReadyLines
from engine.errors import FlowInvalid
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Event, Store, StoreOptions

BY_FIELD = 'item.vip ? "high" : "low"'


class Outside:
    """Notes in which order it is called; each call waits until the gate opens."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.gate = asyncio.Event()

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.called.append(content["json"]["id"])
        await self.gate.wait()
        return HttpAnswer(200, {}, {})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


def flow(priority: str | None, name: str = "urgent") -> bytes:
    policy = {} if priority is None else {"policy": {"priority": priority}}
    nodes: dict[str, Any] = {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}, **policy},
        "call": {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/orders"}},
    }
    return json.dumps({"name": name, "nodes": nodes, "wires": ["hook -> call"]}).encode()


class Shop:
    """A service with one place, and what it calls."""

    def __init__(self, store: Store) -> None:
        settings = Settings(connections={"service": {"type": "http", "url": "http://service.example"}}, max_running=1)
        self.app, self.outside = Orderloom(settings, store), Outside()

    async def __aenter__(self) -> Self:
        await self.app.__aenter__()
        object.__setattr__(self.app.world, "outside", self.outside)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.outside.gate.set()
        await self.app.__aexit__(None, None, None)

    async def send(self, order: str, flow: str = "urgent", version: int = 1, **item: Any) -> int:
        body = json.dumps({"id": order, "v": version, **item}).encode()
        return (await self.app.intake.hook(flow, "hook", Delivery(body))).id

    async def finish(self) -> list[str]:
        """In which order all were called."""
        await asyncio.sleep(0)
        self.outside.gate.set()
        await self.app.dispatcher.idle()
        return self.outside.called


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with Shop(MemoryStore()) as shop:
        yield shop


async def test_high_goes_before_normal_and_normal_before_low(shop: Shop) -> None:
    for name, priority in (("lows", "low"), ("usual", None), ("highs", "high")):
        await shop.app.publish(flow(priority, name), note="", actor="owner")
    await shop.send("first", "usual")
    for name in ("lows", "usual", "highs"):
        await shop.send(name, name)
    assert await shop.finish() == ["first", "highs", "usual", "lows"]


async def test_an_expression_may_give_the_priority_of_an_order(shop: Shop) -> None:
    await shop.app.publish(flow(BY_FIELD), note="", actor="owner")
    await shop.send("first", vip=False)
    for order, vip in (("a", False), ("b", True), ("c", False), ("d", True)):
        await shop.send(order, vip=vip)
    called = await shop.finish()
    assert called[:3] == ["first", "b", "d"]


@pytest.mark.parametrize("priority", ["item.vip", 'item.nothing ? "high" : "low"', '"urgent"'])
async def test_a_priority_that_cannot_be_found_is_normal_and_noted(shop: Shop, priority: str) -> None:
    await shop.app.publish(flow(priority), note="", actor="owner")
    await shop.app.publish(flow("low", "lows"), note="", actor="owner")
    await shop.send("first", "lows")
    await shop.send("behind", "lows")
    await shop.send("odd", vip=True)
    assert await shop.finish() == ["first", "odd", "behind"]
    (note,) = shop.app.world.noted.of("urgent", 1)
    assert (note.trigger, note.what) == ("hook", "priority")
    assert note.problem.code in ("priority.unknown", "expression.no_such_field")


async def test_a_priority_does_not_change_the_order_within_a_key(shop: Shop) -> None:
    await shop.app.publish(flow('item.v == 2 ? "high" : "low"'), note="", actor="owner")
    await shop.send("first", version=2)
    runs = [await shop.send("same", version=1), await shop.send("same", version=2)]
    await shop.send("other", version=2)
    await shop.finish()
    ended = [(await shop.app.store.run(run)).ended_at for run in runs]
    assert shop.outside.called[0] == "first"
    assert shop.outside.called.index("other") < 3
    assert None not in ended
    assert sorted(moment for moment in ended if moment) == ended


async def test_a_restart_keeps_the_priorities(tmp_path: Path) -> None:
    async with Shop(open_store(StoreOptions(str(tmp_path)))) as shop:
        await shop.app.publish(flow(BY_FIELD), note="", actor="owner")
        shop.app.dispatcher._closing = True  # type: ignore[attr-defined]  # nothing begins before the end
        for order, vip in (("a", False), ("b", False), ("c", True), ("d", True)):
            await shop.send(order, vip=vip)
    async with Shop(open_store(StoreOptions(str(tmp_path)))) as again:
        await again.app.start()
        while again.app.dispatcher._ranking.busy:  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)
        called = await again.finish()
        assert sorted(called) == ["a", "b", "c", "d"]
        assert called.index("c") < called.index("b")
        assert called.index("d") < called.index("b")


async def test_what_a_priority_must_not_be_is_found_before_publication(shop: Shop) -> None:
    for priority in ("item.", ""):
        with pytest.raises(FlowInvalid):
            await shop.app.publish(flow(priority), note="", actor="owner")
    document = json.loads(flow(None))
    document["nodes"]["call"]["policy"] = {"priority": "high"}
    with pytest.raises(FlowInvalid) as error:
        await shop.app.publish(json.dumps(document).encode(), note="", actor="owner")
    assert [problem.code for problem in error.value.problems] == ["policy.only_triggers"]


def event(number: int) -> Event:
    from datetime import UTC, datetime

    return Event(number, "f", 1, "t", str(number), str(number), datetime(2026, 1, 16, tzinfo=UTC), "", passes=False, conflict=False)


def test_nobody_starves() -> None:
    lines = ReadyLines()
    for number in range(300):
        lines.put(event(number), ("high", "normal", "low")[number % 3])
    first = [("high", "normal", "low")[lines.take().id % 3] for _ in range(120)]
    assert (first.count("high"), first.count("normal"), first.count("low")) == (80, 30, 10)
    assert first[0] == "high"
    assert "low" in first[:12]
    assert sorted(lines.take().id for _ in range(180)) != []
    assert lines.count == 0
