"""Templates in a real service, by hook: orders share a parcel although the service is killed while they wait; a refund is caught."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from engine.testing.simulator import SimulatedTarget
from nodes.connector.own_shop.sign import sign
from tests.crash.service import KEY, ROOT, Service

pytestmark = pytest.mark.crash
SECRET = "whsec_" + "dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM="
CREATED = "2026-01-16T03:04:05Z"


def order(number: str, sku: str, price: str, kind: str = "order.created", at: str = CREATED) -> dict[str, Any]:
    receiver = {"name": "测试乙", "phone": "19900000505", "country": "CN", "province": "广东省", "city": "深圳市", "address": "示例大道5号"}
    data = {
        "order_no": number,
        "created_at": CREATED,
        "paid_at": CREATED,
        "updated_at": at,
        "currency": "CNY",
        "amounts": {"items": price, "discount": "0.00", "shipping": "0.00", "tax": "0.00", "paid": price},
        "buyer": {"id": "u1"},
        "receiver": receiver,
        "lines": [{"line_no": "1", "sku": sku, "title": "手工皂", "qty": 1, "unit_price": price}],
    }
    return {"type": kind, "timestamp": at, "data": data}


async def send(service: Service, flow: str, payload: dict[str, Any]) -> None:
    body, now = json.dumps(payload).encode(), int(time.time())
    name = f"{payload['data']['order_no']}-{payload['timestamp']}"
    headers = {"webhook-id": name, "webhook-timestamp": str(now), "webhook-signature": sign(SECRET, name, now, body)}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{service.url}/hooks/{flow}/own_shop", data=body, headers=headers) as answer,
    ):
        assert answer.status == 200, await answer.text()


async def until(holds: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        await asyncio.sleep(0.05)


def merging_within(span: str) -> dict[str, Any]:
    flow = json.loads((ROOT / "flows" / "merge_same_buyer.json").read_text())
    flow["nodes"]["wait"]["params"]["window"] = span
    return flow


async def publish(service: Service, flow: dict[str, Any]) -> None:
    path = f"{service.url}/api/flows/{flow['name']}"
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as session:
        async with session.put(f"{path}/draft", json=flow, headers={"If-None-Match": "*"}) as answer:
            assert answer.status < 300, await answer.text()
        async with session.post(f"{path}/publication", json={"note": ""}) as answer:
            assert answer.status == 201, await answer.text()


async def test_orders_share_a_parcel_over_a_kill_and_a_refund_is_intercepted(tmp_path: Path) -> None:
    async with SimulatedTarget() as wms:
        robot = {"type": "wecom", "url": f"{wms.url}/no-robot"}
        connections = {"own_shop": {"type": "own_shop", "secret": SECRET}, "wms": {"type": "wms", "url": wms.url}}
        service = Service(tmp_path / "data", {**connections, "team_chat": robot, "floor_chat": robot})
        try:
            await service.start()
            await publish(service, merging_within("8s"))
            await publish(service, json.loads((ROOT / "flows" / "refund_after_release.json").read_text()))
            await send(service, "merge_same_buyer", order("M1", "OS-SOAP-LAV", "10.01"))
            await send(service, "merge_same_buyer", order("M2", "OS-CUP-01", "5.99"))
            await send(service, "refund_after_release", order("R1", "OS-SOAP-LAV", "88.00"))
            await until(lambda: len(wms.received) == 1)
            await service.kill()
            assert [one.order["channel_order_id"] for one in wms.received] == ["R1"]
            await service.start()
            await send(service, "refund_after_release", order("R1", "OS-SOAP-LAV", "88.00", "order.cancelled", "2026-01-16T05:00:00Z"))
            await until(lambda: len(wms.ledger.orders) == 2 and wms.ledger.orders["own_shop", "own_shop", "R1"]["status"] == "cancelled")
        finally:
            assert await service.stop() == 0
        parcel = wms.ledger.orders["own_shop", "own_shop", "M1"]
        assert [(line["sku_code"], line["from_order"]) for line in parcel["lines"]] == [("OS-SOAP-LAV", "M1"), ("OS-CUP-01", "M2")]
        assert parcel["amount"]["paid"] == "16.00"
        assert [one["channel_order_id"] for one in parcel["merged_orders"]] == ["M1", "M2"]
        assert wms.ledger.applied == 3, "R1, its cancellation, and one parcel; a chat that is down holds nothing up"
