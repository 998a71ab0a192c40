"""A flow that keeps orders in the hub, and a shop that sends one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from designer.demo import payloads
from designer.demo.goods import ARTICLES, Person
from designer.demo.payloads import Sale
from engine.app import Orderloom
from engine.json_text import write_json
from nodes.connector.own_shop.sign import sign

SECRET = "whsec_" + "dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM="
BUYER = Person("林小满", "19900001234", ("浙江省", "杭州市", "西湖区"), "示例大道5号")
HUB_FLOW: dict[str, Any] = {
    "format": 1,
    "name": "hub_only",
    "title": {"en": "Hub only", "zh": "仅入库"},
    "nodes": {
        "shop": {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "hub": {"use": "connector.to_hub@1"},
    },
    "wires": ["shop -> order", "order -> hub"],
    "tests": [],
}
Sell = Callable[..., Awaitable[int]]


@pytest.fixture
async def hub(owner: AsyncTestClient[Any]) -> AsyncTestClient[Any]:
    """With the flow ``hub_only`` in use."""
    await owner.put("/api/flows/hub_only/draft", json=HUB_FLOW)
    answer = await owner.post("/api/flows/hub_only/publication", json={"note": "first"})
    assert answer.status_code == 201, answer.text
    return owner


@pytest.fixture
def sell(hub: AsyncTestClient[Any], orderloom: Orderloom) -> Sell:
    """``await sell(number, **changes)`` sends an order through the hook, waits for its run and gives the run's id."""

    async def send(number: int = 1, **changes: Any) -> int:
        sale = Sale(number, datetime.now(UTC), [(ARTICLES[0], 2)], BUYER)
        body, sent = write_json(payloads.own_shop(sale, **changes)), int(datetime.now(UTC).timestamp())
        signature = sign(SECRET, f"msg_{number}", sent, body)
        headers = {"webhook-id": f"msg_{number}", "webhook-timestamp": str(sent), "webhook-signature": signature}
        answer = await hub.post("/hooks/hub_only/shop", content=body, headers={"Content-Type": "application/json", **headers})
        assert answer.status_code == 200, answer.text
        await orderloom.dispatcher.idle()
        return int(answer.json()["event"])

    return send
