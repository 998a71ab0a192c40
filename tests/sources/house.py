"""A service in this process whose flow starts from a source, and that can be left and entered again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from engine.app import Orderloom
from engine.errors import Problem
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import Store

LIMIT = 20.0


def flow(use: str, params: Mapping[str, Any], name: str = "incoming") -> bytes:
    kept = {"use": "transform.keep_fields@1", "params": {"fields": ["no"]}}
    expected = {"kept": {"items": [{"no": "A"}], "match": "subset"}}
    document = {
        "format": 1,
        "name": name,
        "nodes": {"source": {"use": use, "params": dict(params)}, "kept": kept},
        "wires": ["source -> kept"],
        "tests": [{"name": "passes", "trigger": "source", "input": [{"no": "A"}], "expect": expected}],
    }
    return json.dumps(document).encode()


async def until(holds: Callable[[], Any], what: str = "") -> None:
    """Waits for a condition, which may be a coroutine function."""
    async with asyncio.timeout(LIMIT):
        while True:
            found = holds()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.02)


class Place:
    """``connections`` by name, as in the settings."""

    def __init__(self, connections: Mapping[str, Mapping[str, Any]], open_one: Callable[[], Store] | None = None) -> None:
        kept = MemoryStore()
        self._open_one = open_one or (lambda: kept)
        self.settings = Settings(connections=connections, allow_private=("127.0.0.0/8",))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Orderloom]:
        async with Orderloom(self.settings, self._open_one()) as app:
            await app.start()
            yield app


async def numbers(app: Orderloom) -> list[str]:
    """The order numbers of all events, in the order in which they were kept."""
    events: list[Any] = []
    cursor = None
    while True:
        page = await app.store.events(limit=500, cursor=cursor)
        events += page.items
        cursor = page.next
        if cursor is None:
            return [event.order_key.split("|")[2] for event in reversed(events)]


async def arrived(app: Orderloom, count: int) -> list[str]:
    async def enough() -> bool:
        return len(await numbers(app)) >= count

    await until(enough)
    return await numbers(app)


def phase(app: Orderloom) -> str:
    """Of the one source; nothing before it was looked at."""
    return next((state.phase for state in app.sources.states()), "")


def wrong(app: Orderloom) -> Problem:
    """What the one source shows as its problem."""
    (state,) = app.sources.states()
    assert state.problem is not None
    return state.problem
