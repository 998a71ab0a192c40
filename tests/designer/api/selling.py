"""A shop of its own whose orders go to a hub, a WMS and a finance system, which are real servers: asked over the API."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from httpx import ASGITransport, AsyncClient

from designer.app import create_app
from engine.app import Orderloom, now
from engine.settings import Settings
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions
from engine.testing.simulator import SimulatedTarget
from tests.designer.conftest import KEY

PHONE, NAME = "13812345678", "张三丰"
DAY = "2026-01-16"
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "hub",
    "title": {},
    "nodes": {
        "orders": {"use": "connector.webhook@1", "params": {"key_path": "order_no", "channel": "own_shop", "shop_path": "shop"}},
        "canonical": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "hub": {"use": "connector.to_hub@1"},
        "wms": {
            "use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}, "policy": {"retry": {"attempts": 2, "backoff": "10ms"}},
        },
        "finance": {"use": "connector.to_finance@1", "params": {"finance": {"connection": "finance"}}},
    },
    "wires": [
        "orders -> canonical", "canonical -> hub", "hub.new -> wms", "hub.changed -> wms", "hub.new -> finance", "hub.changed -> finance",
    ],
    "layout": {},
    "tests": [],
}  # fmt: skip


def order(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "order_no": f"OWN-{number}", "status": "paid", "payment_status": "paid", "created_at": f"{DAY}T03:04:05Z",
        "updated_at": f"{DAY}T03:04:05Z", "currency": "CNY", "amounts": {"items": "80.00", "paid": "80.00"},
        "receiver": {"name": NAME, "phone": PHONE, "province": "上海", "city": "上海", "address": "南京东路一号"},
        "lines": [{"line_no": "1", "sku": "A-1", "title": "Cup", "qty": 1, "unit_price": "80.00"}],
    } | changes  # fmt: skip


class Shop:
    def __init__(self, app: Orderloom, client: AsyncClient, wms: SimulatedTarget, finance: SimulatedTarget) -> None:
        self.app, self.client, self.wms, self.finance = app, client, wms, finance

    async def sell(self, *numbers: int) -> None:
        for number in numbers:
            answer = await self.client.post("/hooks/hub/orders", json=order(number))
            assert answer.status_code == 200, answer.text
        await self.app.dispatcher.idle()

    async def calls(self, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.client.get("/api/calls", params=filters)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def reconcile(self) -> dict[str, Any]:
        answer = await self.client.post("/api/reconciliations", json={"day": DAY, "channel": "own_shop"})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def send_again(self, **order: Any) -> list[dict[str, Any]]:
        answer = await self.client.post(f"/api/reconciliations/{DAY}/own_shop/sendings", json=order)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]


@asynccontextmanager
async def selling(
    data: Path,
    flow: Mapping[str, Any],
    *,
    beside: Mapping[str, str] | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] = now,
) -> AsyncGenerator[Shop]:
    """With this flow published. ``beside``: further connections to the WMS, each with its type; ``store``: else one on SQLite."""
    async with SimulatedTarget() as wms, SimulatedTarget() as finance:
        connections = {"wms": {"type": "wms", "url": wms.url}, "finance": {"type": "finance", "url": finance.url}}
        connections |= {name: {"type": kind, "url": wms.url} for name, kind in (beside or {}).items()}
        settings = Settings(data=data, connections=connections, allow_private=("127.0.0.0/8",))
        app = Orderloom(settings, store or open_store(StoreOptions(str(data / "data"))), clock=clock)
        transport = ASGITransport(create_app(app, key=KEY))  # pyright: ignore[reportArgumentType]
        headers = {"Authorization": f"Bearer {KEY}"}
        async with app, AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
            await app.start()
            await app.publish(json.dumps(flow).encode(), note="", actor="test")
            yield Shop(app, client, wms, finance)
