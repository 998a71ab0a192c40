from __future__ import annotations

import json
from typing import Any

from httpx import AsyncClient

from engine.app import Orderloom

PHONE = "13812345678"
ORDER: dict[str, Any] = {
    "order_no": "OWN-17",
    "status": "paid",
    "payment_status": "paid",
    "created_at": "2026-01-16T03:04:05Z",
    "currency": "CNY",
    "amounts": {"items": "80.00", "paid": "80.00"},
    "receiver": {"name": "张三丰", "phone": PHONE, "province": "上海", "city": "上海", "address": "南京东路一号"},
    "lines": [{"line_no": "1", "sku": "A-1", "title": "Cup", "qty": 1, "unit_price": "80.00"}],
}
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "keeping",
    "title": {},
    "nodes": {
        "orders": {"use": "connector.webhook@1", "params": {"key_path": "order_no"}},
        "canonical": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "hub": {"use": "connector.to_hub@1"},
    },
    "wires": ["orders -> canonical", "canonical -> hub"],
    "layout": {},
    "tests": [],
}


async def test_an_order_is_listed_with_its_personal_data_masked(owner: AsyncClient, orderloom: Orderloom) -> None:
    await orderloom.publish(json.dumps(FLOW).encode(), note="", actor="test")
    event = (await owner.post("/hooks/keeping/orders", json=ORDER)).json()["event"]
    await orderloom.dispatcher.idle()
    answer = await owner.get("/api/orders", params={"text": "OWN-17"})
    (order,) = answer.json()["items"]
    assert (order["channel"], order["channel_order_id"], order["amount_paid"], order["event"]) == ("own_shop", "OWN-17", "80.00", event)
    assert order["order"]["channel_order_id"] == "OWN-17"
    for personal in (PHONE, "张三丰", "南京东路一号"):
        assert personal not in answer.text


async def test_keys_of_the_payload_that_nobody_knows_are_told_without_data(owner: AsyncClient, orderloom: Orderloom) -> None:
    await orderloom.publish(json.dumps(FLOW).encode(), note="", actor="test")
    receiver = {**ORDER["receiver"], f"电话{PHONE}": "1", "nick": "1"}
    event = (await owner.post("/hooks/keeping/orders", json={**ORDER, "receiver": receiver, PHONE: "x", "张三丰": "x"})).json()["event"]
    await orderloom.dispatcher.idle()
    (order,) = (await owner.get("/api/orders")).json()["items"]
    assert sorted(note["path"] for note in order["order"]["drift"]) == ["****", "****", "payment_status", "receiver.****", "receiver.nick"]
    page = f"/orders/one?channel={order['channel']}&shop={order['shop_id']}&number={order['channel_order_id']}"
    for path in ("/api/orders", f"/api/runs/{event}/steps", f"/runs/{event}", page):
        text = (await owner.get(path, headers={"Accept": "text/html, application/json"})).text
        assert "receiver.nick" in text
        assert PHONE not in text
        assert "张三丰" not in text


async def test_the_calls_of_a_step_are_shown_masked(owner: AsyncClient, orderloom: Orderloom) -> None:
    await orderloom.publish(json.dumps(FLOW).encode(), note="", actor="test")
    event = (await owner.post("/hooks/keeping/orders", json=ORDER)).json()["event"]
    await orderloom.dispatcher.idle()
    answer = await owner.get(f"/api/runs/{event}/steps")
    steps = {step["slug"]: step for step in answer.json()["items"]}
    assert [step["state"] for step in steps.values()] == ["done"] * 3
    assert len(steps["hub"]["requests"]) == 1
    assert PHONE not in answer.text
