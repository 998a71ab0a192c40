from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from engine.errors import OrderloomError
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Fact, HubOrder, NewEvent, NewIncident, RunEnd, Store, StoreOptions

from . import postgres

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


def code(caught: pytest.ExceptionInfo[OrderloomError]) -> str:
    return caught.value.problems[0].code


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


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres.schema() as url:
        yield url


@pytest.fixture
def on_postgres(tmp_path: Path, postgres_url: str) -> StoreOptions:
    """A store on the server, empty. The schema is made once for all tests, by the first of them."""
    postgres.empty(postgres_url)
    return StoreOptions(str(tmp_path / "postgres"), url=postgres_url)


@pytest.fixture
def written_apart(options: StoreOptions) -> StoreOptions:
    """On SQLite, where a process of its own writes."""
    return replace(options, apart=True)


PLACES = {"memory": "memory", "sqlite": "options", "postgres": "on_postgres"}
if os.environ.get("PROOFS_LONG") == "1":  # starting a process takes its time, a thousand times over
    PLACES["apart"] = "written_apart"


@pytest.fixture(params=PLACES.values(), ids=PLACES.keys())
def place(request: pytest.FixtureRequest) -> StoreOptions | None:
    """Where a store of each kind lies; nowhere, for the one in memory."""
    return None if request.param == "memory" else request.getfixturevalue(request.param)


@pytest.fixture
async def store(place: StoreOptions | None) -> AsyncIterator[Store]:
    one: Store = MemoryStore() if place is None else open_store(place)
    await one.open()
    yield one
    await one.close()


@pytest.fixture
def database(options: StoreOptions) -> Path:
    return Path(options.data) / "orderloom.db"


@pytest.fixture
def keys(options: StoreOptions) -> Path:
    return Path(options.data) / "keys.db"


def ask(file: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()
