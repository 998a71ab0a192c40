from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Fact, HubOrder, NewEvent, NewIncident, RunEnd, Store, StoreOptions

NOW = datetime(2026, 1, 5, 8, 30, 15, 123456, tzinfo=UTC)
PHONE = "13812345678"
EVENT = NewEvent(
    flow="order_hub",
    version=3,
    trigger="taobao",
    key="taobao/s1/1001/v1",
    content="c1",
    order_key="taobao/s1/1001",
    body=b'{"phone":"%s"}' % PHONE.encode(),
    received_at=NOW,
    actor="hook",
)
ORDER = HubOrder(
    channel="taobao",
    shop_id="s1",
    channel_order_id="1001",
    version="2026-01-05T08:00:00Z",
    content="c1",
    status="awaiting_fulfillment",
    currency="CNY",
    amount_paid="12.50",
    display_no="TB-1001",
    created_at="2026-01-05T07:00:00Z",
    priority="normal",
    body=b'{"receiver":{"phone":"%s"}}' % PHONE.encode(),
)


def event(**changes: Any) -> NewEvent:
    return structs.replace(EVENT, **changes)


def numbered(number: int, **changes: Any) -> NewEvent:
    """An event of an order of its own."""
    order = f"taobao/s1/{number:012}"
    return structs.replace(EVENT, key=f"{order}/v1", order_key=order, **changes)


def order(**changes: Any) -> HubOrder:
    return replace(ORDER, **changes)


def fact(event_id: int, number: int = 1, body: bytes = b'{"results":[]}', kind: str = "results") -> Fact:
    return Fact(event_id, number, kind, body, "runner", NOW + timedelta(seconds=number))


def parked(code: str = "http.refused") -> RunEnd:
    return RunEnd("parked", NOW, [NewIncident("to_wms", "taobao/s1/1001", code, ("order_hub", "to_wms"), {"status": 422})])


def ended(state: Any = "done") -> RunEnd:
    return RunEnd(state, NOW)


@pytest.fixture(scope="session")
def fresh_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as a first start leaves it, to be copied: the migration is tested once, not paid for by each test."""
    folder = tmp_path_factory.mktemp("fresh") / "data"

    async def first_start() -> None:
        store = open_store(StoreOptions(str(folder)))
        await store.open()
        await store.close()

    asyncio.run(first_start())
    return folder


@pytest.fixture
def options(tmp_path: Path, fresh_data: Path) -> StoreOptions:
    shutil.copytree(fresh_data, tmp_path / "data")
    return StoreOptions(str(tmp_path / "data"))


@pytest.fixture
async def sql(options: StoreOptions) -> AsyncIterator[Store]:
    store = open_store(options)
    await store.open()
    yield store
    await store.close()


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, options: StoreOptions) -> AsyncIterator[Store]:
    one: Store = MemoryStore() if request.param == "memory" else open_store(options)
    await one.open()
    yield one
    await one.close()
