"""A day compared over the API: state, lines and receiver as the systems list them, nothing personal in it, held orders by reason."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.designer.api.selling import FLOW, NAME, PHONE, Shop, order, selling

HELD: dict[str, Any] = {
    **FLOW,
    "nodes": {
        **FLOW["nodes"],
        "dear": {"use": "rule.condition@1", "params": {"when": "money(item.amount.paid) > money('500')"}},
        "hold": {"use": "connector.hold_order@1", "params": {"reason": "risk_review"}},
    },
    "wires": [
        "orders -> canonical", "canonical -> hub", "hub.new -> dear", "hub.changed -> dear", "dear.yes -> hold", "dear.no -> wms",
        "dear.no -> finance", "hold.released -> wms", "hold.released -> finance", "hold.out -> wms", "hold.out -> finance",
    ],
}  # fmt: skip
NUMBER = ("own_shop", "", "OWN-1")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with selling(tmp_path, HELD) as made:
        yield made


async def test_what_a_target_holds_otherwise_is_told_field_by_field_and_names_nobody(shop: Shop) -> None:
    await shop.sell(1)
    assert (await shop.reconcile())["differences"] == 0
    other = {"phone": "13812345679", "address": "南京东路一号"}
    lines = [{"sku_code": "A-1", "qty": 2}]
    shop.wms.ledger.altered[NUMBER] = {"status": "shipped", "lines": lines, "receiver": other}
    found = await shop.reconcile()
    rows = {row["field"]: (row["system"], row["expected"], row["found"]) for row in found["rows"]}
    assert set(rows) == {"status", "lines", "receiver"}
    assert rows["status"] == ("wms", "awaiting_fulfillment", "shipped")
    assert rows["lines"] == ("wms", "A-1 ×1", "A-1 ×2")
    page = (await shop.client.get("/reconciliation/2026-01-16/own_shop")).text
    calls = json.dumps([(await shop.client.get(f"/api/calls/{one['id']}")).json() for one in await shop.calls(connection="wms")])
    for text in (json.dumps(found, ensure_ascii=False), page, calls):
        assert not [word for word in (PHONE, NAME, "13812345679", "南京东路") if word in text]
    assert [one["how"] for one in await shop.send_again()] == ["sent"]


async def test_an_order_that_is_held_is_told_with_its_reason_until_it_is_released(shop: Shop) -> None:
    dear = {"lines": [{"line_no": "1", "sku": "A-1", "title": "Cup", "qty": 1, "unit_price": "900.00"}]}
    paid = {"amounts": {"items": "900.00", "paid": "900.00"}}
    assert (await shop.client.post("/hooks/hub/orders", json=order(1, **dear, **paid))).status_code == 200
    await shop.sell(2)
    found = await shop.reconcile()
    assert (found["differences"], found["rows"], found["held"]) == (0, [], 1)
    (held,) = found["held_rows"]
    assert (held["channel_order_id"], held["reasons"], held["systems"]) == ("OWN-1", ["risk_review"], ["wms", "finance"])
    page = (await shop.client.get("/reconciliation/2026-01-16/own_shop")).text
    assert "Held, so not there yet" in page
    assert "Risk review" in page
    assert "What arrived" in page
    (hold,) = (await shop.app.store.holds()).items
    await shop.app.holds.release(hold.id, "person:owner")
    await shop.app.dispatcher.idle()
    after = await shop.reconcile()
    assert (after["differences"], after["held"]) == (0, 0)
