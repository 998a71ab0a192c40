"""What people decide while runs are at work, runs that cannot be executed, and restarts in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import FlowInvalid, Problem
from engine.inspection import steps_of
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.registry import Registry, installed
from engine.run.live import Outcome
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import Event, RunFilter
from engine.store.problems import StoreUnavailable

CONNECTIONS = {"service": {"type": "http", "url": "http://service.example"}}


def flow(name: str, wires: list[str] | None = None, **policy: Any) -> bytes:
    """Two calls beside each other, so that one order can have two incidents."""
    call = {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/orders"}}
    hook: dict[str, Any] = {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}}
    nodes = {"hook": {**hook, "policy": policy} if policy else hook, "one": call, "two": call}
    return json.dumps({"name": name, "nodes": nodes, "wires": wires or ["hook -> one", "hook -> two"]}).encode()


class Outside:
    """Answers with ``status``; each call waits until it is let go. ``calls`` holds the idempotency keys."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.calls: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.calls.append(key)
        status = self.status
        await self.gate.wait()
        return HttpAnswer(status, {}, {})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


@asynccontextmanager
async def engine(store: MemoryStore, outside: Outside, registry: Registry | None = None, **policy: Any) -> AsyncIterator[Orderloom]:
    async with Orderloom(Settings(connections=CONNECTIONS), store, registry) as app:
        object.__setattr__(app.world, "outside", outside)
        object.__setattr__(app.world, "sleep", asyncio.sleep if registry else _at_once)
        if registry is None:
            await app.publish(flow("pair", **policy), note="", actor="owner")
        await app.start()
        yield app


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


async def send(app: Orderloom, version: int) -> int:
    body = json.dumps({"id": "A", "v": version}).encode()
    return (await app.intake.hook("pair", "hook", Delivery(body))).id


async def settle() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


async def states(app: Orderloom) -> list[str]:
    """Oldest first."""
    return [run.state for run in reversed((await app.store.runs(RunFilter())).items)]


async def test_two_incidents_of_a_run_may_be_resumed_at_the_same_moment() -> None:
    outside = Outside(422)
    async with engine(MemoryStore(), outside) as app:
        await send(app, 1)
        await send(app, 2)
        await settle()
        incidents = (await app.store.incidents()).items
        assert len(incidents) == 2
        outside.status = 200
        await asyncio.gather(*(app.resume(incident.id, "again", "owner") for incident in incidents))
        await settle()
        assert await states(app) == ["done", "done"]


async def test_an_incident_resumed_while_its_run_is_at_work_calls_nobody_twice() -> None:
    outside = Outside(422)
    async with engine(MemoryStore(), outside) as app:
        await send(app, 1)
        await settle()
        first, second = (await app.store.incidents()).items
        outside.status = 200
        outside.gate.clear()
        await app.resume(first.id, "again", "owner")
        await settle()
        await app.resume(second.id, "again", "owner")
        outside.gate.set()
        await settle()
        assert await states(app) == ["done"]
        assert len(outside.calls) == 4
        assert (await app.store.incidents()).items == []


async def test_a_cancellation_of_a_run_at_work_outlives_a_crash() -> None:
    outside, store = Outside(), MemoryStore()
    outside.gate.clear()
    async with engine(store, outside) as app:
        run = await send(app, 1)
        await settle()
        await app.cancel(run, "owner")
        assert [fact.kind for fact in await store.facts(run)] == ["cancellation"]
        app.dispatcher.drain = _crash  # pyright: ignore[reportAttributeAccessIssue] - nothing gets a chance to finish
        later = Outside()
        async with engine(store, later) as after:
            await settle()
            assert await states(after) == ["cancelled"]
            assert later.calls == []
        outside.gate.set()


async def test_what_a_cancelled_run_had_done_can_still_be_seen() -> None:
    outside = Outside()
    outside.gate.clear()
    async with engine(MemoryStore(), outside) as app:
        run = await send(app, 1)
        await settle()
        await app.cancel(run, "owner")
        outside.gate.set()
        await settle()
        assert await states(app) == ["cancelled"]
        assert {view.slug: view.state for view in await steps_of(app, run)} == {"hook": "done", "one": "done", "two": "done"}


async def test_later_events_may_pass_a_parked_one_after_a_restart_too() -> None:
    outside, store = Outside(422), MemoryStore()
    async with engine(store, outside, while_parked="pass") as app:
        await send(app, 1)
        await settle()
    outside.status = 200
    async with engine(store, outside, while_parked="pass") as app:
        await send(app, 2)
        await settle()
        assert await states(app) == ["parked", "done"]


@pytest.fixture
def without_calls() -> Registry:
    """As if the package that brings the node were gone."""
    return Registry(one for one in installed() if one.name != "connector.http_request")


async def test_open_runs_whose_node_type_is_gone_are_parked_and_take_nobodys_place(without_calls: Registry) -> None:
    outside, store = Outside(), MemoryStore()
    outside.gate.clear()
    async with engine(store, outside) as app:
        await send(app, 1)
        app.dispatcher.drain = _crash  # pyright: ignore[reportAttributeAccessIssue]
        async with engine(store, outside, without_calls) as after:
            async with asyncio.timeout(20):
                while await states(after) != ["parked"]:
                    await asyncio.sleep(0.01)
            (incident,) = (await store.incidents()).items
            assert (incident.code, incident.fields) == ("node.missing", {"use": "connector.http_request@1"})
            assert after.dispatcher.running == 0
        outside.gate.set()


async def test_a_sender_comes_again_while_its_flow_cannot_run(without_calls: Registry) -> None:
    store = MemoryStore()
    async with engine(store, Outside()):
        pass
    async with engine(store, Outside(), without_calls) as app:
        with pytest.raises(FlowInvalid):
            await send(app, 1)


async def test_a_run_that_fails_in_unforeseen_ways_waits_for_a_person() -> None:
    async with engine(MemoryStore(), Outside()) as app:

        def broken(*_: Any) -> Any:
            raise RuntimeError("never shown")

        app.dispatcher._load = broken
        app.dispatcher.recovered(await _kept(app))
        await settle()
        (incident,) = (await app.store.incidents()).items
        assert (incident.code, incident.fields) == ("run.not_executable", {"type": "RuntimeError"})


async def test_a_store_that_fails_for_a_moment_parks_nothing() -> None:
    async with engine(MemoryStore(), Outside()) as app:
        await app.publish(flow("pair", ["hook -> one", "one -> two"]), note="", actor="owner")
        put_fact, failures = app.store.journal.put_fact, [StoreUnavailable(Problem("store.unavailable", fields={"reason": "full"}))]

        def failing(*args: Any, **more: Any) -> asyncio.Future[None]:
            if not failures:
                return put_fact(*args, **more)
            future = asyncio.get_running_loop().create_future()
            future.set_exception(failures.pop())
            return future

        app.store.journal.put_fact = failing  # pyright: ignore[reportAttributeAccessIssue]
        await send(app, 1)
        await settle()
        assert await states(app) == ["done"]


async def _kept(app: Orderloom) -> Event:
    """An event that is durable, but was not submitted: as after a restart."""
    object.__setattr__(app.intake, "submit", lambda *_: None)
    return await app.store.event(await send(app, 1))


async def _crash(seconds: float) -> None:
    del seconds


async def test_whoever_waits_for_an_end_is_told_of_it_although_the_store_hesitated() -> None:
    outside = Outside()
    async with engine(MemoryStore(), outside) as app:
        told: list[str] = []

        async def after(event: Event, outcome: Outcome, _: object) -> None:
            told.append(outcome.state)
            if len(told) < 3:
                raise StoreUnavailable(Problem("store.unavailable", fields={"reason": "SQLITE_BUSY"}))

        app.dispatcher._after = after  # type: ignore[attr-defined]
        await app.intake.hook("pair", "hook", Delivery(b'{"id": "A"}'))
        await app.dispatcher.idle()
        assert told == ["done"] * 3
