"""A service with flows that call each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import engine.app
import engine.calls
from engine.store.memory import MemoryStore
from engine.store.ports import Store
from tests.engine.calling import House


@pytest.fixture
def house(open_one: Callable[[], Store], monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(engine.app, "DRAIN_SECONDS", 0.05)
    return House(open_one)


@pytest.fixture
async def quick(monkeypatch: pytest.MonkeyPatch) -> House:
    kept = MemoryStore()
    monkeypatch.setattr(engine.app, "DRAIN_SECONDS", 0.05)
    return House(lambda: kept)
