"""A running engine in memory and the web application around it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from tests.designer.one_app import app_around

KEY = "the-key-of-the-tests"
SECRET = "whsec_" + "dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM="
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "small",
    "title": {"en": "Small", "zh": "小流程"},
    "nodes": {
        "signed": {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}},
        "plain": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "asleep": {"use": "connector.webhook@1", "disabled": True},
        "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
    },
    "wires": ["signed -> good", "plain -> good", "asleep -> good"],
    "layout": {},
    "tests": [],
}


@pytest.fixture
def flow() -> dict[str, Any]:
    """A flow whose condition parks every item without a field ``good``."""
    return json.loads(json.dumps(FLOW))


@pytest.fixture
def bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def orderloom(tmp_path: Path) -> Orderloom:
    connections = {"own_shop": {"type": "own_shop", "secret": SECRET}}
    return Orderloom(Settings(data=tmp_path, connections=connections, max_body=20_000), MemoryStore())


@pytest.fixture
async def client(orderloom: Orderloom) -> AsyncIterator[AsyncClient]:
    """In the loop of the test; without a key: each test says who asks."""
    transport = ASGITransport(app_around(orderloom, KEY), raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with orderloom, AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        await orderloom.start()
        yield client


@pytest.fixture
async def owner(client: AsyncClient, bearer: dict[str, str]) -> AsyncClient:
    """The same client with the key."""
    client.headers.update(bearer)
    return client


@pytest.fixture
async def published(owner: AsyncClient, flow: dict[str, Any]) -> AsyncClient:
    """With the flow ``small`` in use."""
    await owner.put("/api/flows/small/draft", json=flow)
    answer = await owner.post("/api/flows/small/publication", json={"note": "first"})
    assert answer.status_code == 201, answer.text
    return owner
