"""The writer's process dies between the commit of an event and telling of it; nobody sends it again. It runs soon, and once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import app as service
from engine.app import Orderloom
from engine.dispatch import Dispatcher
from engine.node.triggers import Delivery
from engine.store.apart import process, remote
from engine.store.open import open_store
from engine.store.ports import RunFilter, StoreOptions
from engine.store.problems import StoreUnavailable
from tests.engine.waiting import SERVICE, SETTINGS, Outside, flow

CALL = {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/orders"}}
DIES = """
import os, signal, sys
from pathlib import Path
from engine.store.apart import worker
from engine.store.records import Accepted
orders, send = Path({place!r}), worker.Line.send
def send_or_die(line, told):
    kept = [one for one in getattr(told, "results", ()) if isinstance(one, Accepted)]
    if kept and orders.exists():
        orders.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    send(line, told)
worker.Line.send = send_or_die
worker.main(*map(int, sys.argv[1:]))
"""
SOON = 10.0


class House:
    """A service whose writer's process dies after the next commit of an event, each time ``dies`` is called."""

    def __init__(self, app: Orderloom, orders: Path, outside: Outside) -> None:
        self.app, self._orders, self.outside = app, orders, outside
        self._looked = 0

    async def dies(self) -> None:
        writer: Any = self.app.store.journal._writer  # type: ignore[attr-defined]
        async with asyncio.timeout(6 * SOON):
            while writer._transport is None or not writer._begun.done():
                await asyncio.sleep(0.01)
        await asyncio.to_thread(self._orders.touch)

    async def send(self, order: str) -> bool:
        """Whether the sender was told that it is kept."""
        try:
            await self.app.intake.hook("waiting", "hook", Delivery(json.dumps({"id": order, "v": 1}).encode()))
        except StoreUnavailable:
            return False
        return True

    async def looked(self) -> None:
        """Until a look for what nobody heard of is over since the last death."""
        before, found = self.app.left_behind, self.app.store.journal.unheard
        async with asyncio.timeout(6 * SOON):
            while not (self._looked < before._looked == found()):
                await asyncio.sleep(0.02)
        self._looked = before._looked

    async def runs(self) -> list[str]:
        return [run.state for run in (await self.app.store.runs(RunFilter(), limit=500)).items]

    async def all_done(self, seconds: float) -> bool:
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            if set(await self.runs()) == {"done"}:
                return True
            await asyncio.sleep(0.05)
        return False


@asynccontextmanager
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    orders = tmp_path / "die"
    monkeypatch.setattr(process, "_START", DIES.format(place=str(orders)))
    monkeypatch.setattr(remote, "FEW", 0)
    monkeypatch.setattr(service, "LOOK_AGAIN_EVERY", 0.2)
    store, outside = open_store(replace(StoreOptions(str(tmp_path / "data")), apart=True)), Outside()
    async with Orderloom(SETTINGS, store) as app:
        object.__setattr__(app.world, "outside", outside)
        await app.publish(flow(wires=["hook -> call"], call=CALL), note="", actor="owner")
        await app.start()
        yield House(app, orders, outside)


async def test_an_event_that_was_kept_and_not_acknowledged_runs_soon_though_nobody_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch) as one:
        await one.dies()
        assert not await one.send("A")
        assert await one.runs() == ["queued"]
        assert await one.all_done(SOON)
        assert len(one.outside.keys) == 1


async def test_without_looking_for_it_it_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    monkeypatch.setattr(remote.RemoteWriter, "_stock_taken", _forgetful)
    async with house(tmp_path, monkeypatch) as one:
        await one.dies()
        assert not await one.send("A")
        assert not await one.all_done(1.5)


def _forgetful(writer: remote.RemoteWriter, newest: object) -> None:
    del newest
    writer._writing_here = False
    writer._release()


async def deaths(one: House) -> list[str]:
    """The keys that were called, while calls are at work, the writer dies twice, and every second sender comes again."""
    gate, http = asyncio.Event(), one.outside.http

    async def held(*args: Any, **more: Any) -> Any:
        await gate.wait()
        return await http(*args, **more)

    async def sender(number: int) -> None:
        while not await one.send(f"order-{number}") and number % 2:
            await asyncio.sleep(0.05)

    one.outside.http = held  # type: ignore[method-assign]
    for death in range(2):
        await asyncio.gather(*(sender(death * 100 + number) for number in range(10)))
        await one.dies()
        await asyncio.gather(*(sender(death * 100 + number) for number in range(10, 40)))
        await one.looked()
    gate.set()
    assert await one.all_done(6 * SOON)
    await one.app.dispatcher.idle()
    return one.outside.keys


async def test_among_many_events_and_deaths_each_runs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch) as one:
        called = await deaths(one)
        assert sum(one.app.dispatcher.ended.values()) == len(called) == len(set(called)) == len(await one.runs()) >= 50


async def test_a_look_that_does_not_know_what_is_at_work_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above: runs are taken up twice."""
    monkeypatch.setattr(Dispatcher, "known", lambda _: set())
    async with house(tmp_path, monkeypatch) as one:
        called = await deaths(one)
        assert sum(one.app.dispatcher.ended.values()) > len(set(called))
