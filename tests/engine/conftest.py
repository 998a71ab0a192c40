"""A service on either store that can be left and entered again, as by a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions
from tests.engine.waiting import House


@pytest.fixture(params=["memory", "sqlite"])
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens the same store each time."""
    kept = MemoryStore()
    return lambda: kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path)))


@pytest.fixture
def house(open_one: Callable[[], Store]) -> House:
    return House(open_one)
