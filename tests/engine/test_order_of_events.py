"""Rule R5: events of one order run one after the other; a parked one holds the later ones; cancellations pass."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from engine.app import Orderloom
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import RunState

SERVICE = {"service": {"connection": "service"}}


def flow(**policy: Any) -> bytes:
    nodes: dict[str, Any] = {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
        "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
        "call": {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/orders"}},
    }
    if policy:
        nodes["hook"]["policy"] = policy
    test = {"name": "it runs", "trigger": "hook", "input": [{"good": True}], "expect": {"good": {"items": [{"good": True}]}}}
    return json.dumps({"name": "lanes", "nodes": nodes, "wires": ["hook -> good", "good.yes -> call"], "tests": [test]}).encode()


class Outside:
    """Records what is called; each call waits until it is let go."""

    def __init__(self) -> None:
        self.called: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.called.append(content["json"]["v"])
        await self.gate.wait()
        return HttpAnswer(200, {}, {})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


class Engine:
    def __init__(self, app: Orderloom, outside: Outside) -> None:
        self.app, self.outside = app, outside

    async def send(self, version: int, order: str = "A", *, good: Any = True) -> int:
        body = json.dumps({"id": order, "v": version, "good": good}).encode()
        return (await self.app.intake.hook("lanes", "hook", Delivery(body))).id

    async def state(self, run: int) -> RunState:
        return (await self.app.store.run(run)).state

    async def settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    settings = Settings(connections={"service": {"type": "http", "url": "http://service.example"}})
    async with Orderloom(settings, MemoryStore()) as app:
        outside = Outside()
        object.__setattr__(app.world, "outside", outside)
        await app.publish(flow(), note="", actor="owner")
        yield Engine(app, outside)


async def test_a_later_event_of_an_order_waits_for_the_earlier_one(engine: Engine) -> None:
    engine.outside.gate.clear()
    await engine.send(1)
    await engine.send(2)
    await engine.settle()
    assert engine.outside.called == [1]
    engine.outside.gate.set()
    await engine.app.dispatcher.idle()
    await engine.settle()
    assert engine.outside.called == [1, 2]


async def test_other_orders_do_not_wait(engine: Engine) -> None:
    engine.outside.gate.clear()
    await engine.send(1, "A")
    await engine.send(2, "B")
    await engine.settle()
    assert engine.outside.called == [1, 2]
    engine.outside.gate.set()
    await engine.app.dispatcher.idle()


async def test_a_parked_event_holds_the_later_ones_until_it_is_skipped(engine: Engine) -> None:
    parked, later = await engine.send(1, good="no boolean"), await engine.send(2)
    await engine.settle()
    assert (await engine.state(parked), await engine.state(later)) == ("parked", "queued")
    assert engine.outside.called == []
    (incident,) = (await engine.app.store.incidents()).items
    assert incident.code == "expression.not_boolean"
    await engine.app.resume(incident.id, "skip", "owner")
    await engine.app.dispatcher.idle()
    await engine.settle()
    assert (await engine.state(parked), await engine.state(later)) == ("done", "done")
    assert engine.outside.called == [2]


async def test_a_cancelled_parked_event_lets_the_later_ones_go(engine: Engine) -> None:
    parked, later = await engine.send(1, good="no boolean"), await engine.send(2)
    await engine.settle()
    await engine.app.cancel(parked, "owner")
    await engine.app.dispatcher.idle()
    await engine.settle()
    assert (await engine.state(parked), await engine.state(later)) == ("cancelled", "done")
    assert (await engine.app.store.incidents()).items == []


async def test_a_trigger_may_let_later_events_pass(engine: Engine) -> None:
    await engine.app.publish(flow(while_parked="pass"), note="", actor="owner")
    await engine.send(1, good="no boolean")
    later = await engine.send(2)
    await engine.settle()
    assert await engine.state(later) == "done"


async def test_a_resumed_incident_that_parks_again_is_one_open_incident(engine: Engine) -> None:
    parked = await engine.send(1, good="no boolean")
    await engine.settle()
    (incident,) = (await engine.app.store.incidents()).items
    await engine.app.resume(incident.id, "again", "owner")
    await engine.app.dispatcher.idle()
    await engine.settle()
    assert await engine.state(parked) == "parked"
    assert len((await engine.app.store.incidents()).items) == 1


async def test_cancelling_a_run_at_work_awaits_its_call_and_starts_no_more(engine: Engine) -> None:
    engine.outside.gate.clear()
    run = await engine.send(1)
    await engine.settle()
    await engine.app.cancel(run, "owner")
    assert await engine.state(run) != "cancelled"
    engine.outside.gate.set()
    await engine.app.dispatcher.idle()
    assert await engine.state(run) == "cancelled"


async def test_an_odd_but_readable_body_is_accepted(engine: Engine) -> None:
    accepted = await engine.app.intake.hook("lanes", "hook", Delivery(b'["not", "an", "object"]'))
    await engine.app.dispatcher.idle()
    await engine.settle()
    assert await engine.state(accepted.id) == "parked"


async def test_every_write_leaves_an_audit_row_with_its_actor(engine: Engine) -> None:
    run = await engine.send(1, good="no boolean")
    await engine.settle()
    await engine.app.cancel(run, "owner")
    rows = [(row.actor, row.action) for row in (await engine.app.store.audit_rows()).items]
    assert ("owner", "flow.publish") in rows
    assert ("owner", "run.cancel") in rows
