"""The pages of channel forms: what they show of a change, and what their forms do."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

from httpx import AsyncClient

from engine.app import Orderloom
from engine.store.ports import ChangeFilter
from nodes.connector.own_shop.sign import sign
from nodes.connector.samples import sample
from tests.designer.conftest import SECRET

HUB: dict[str, Any] = {
    "format": 1,
    "name": "hub",
    "title": {"en": "Hub of orders", "zh": "订单中台"},
    "nodes": {
        "shop": {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "kept": {"use": "connector.to_hub@1"},
    },
    "wires": ["shop -> order", "order -> kept"],
    "tests": [],
}


async def drifted(owner: AsyncClient, app: Orderloom, count: int = 2) -> int:
    """Orders whose total has another name. Returns the change."""
    await app.publish(json.dumps(HUB).encode(), note="", actor="owner")
    for number in range(count):
        event = copy.deepcopy(sample("own_shop"))
        event["data"]["order_no"] = f"OWN-{number}"
        event["data"]["amounts"]["paid_total"] = event["data"]["amounts"].pop("paid")
        body, at, name = json.dumps(event).encode(), int(time.time()), f"msg_{number}"
        headers = {"webhook-id": name, "webhook-timestamp": str(at), "webhook-signature": sign(SECRET, name, at, body)}
        assert (await owner.post("/hooks/hub/shop", content=body, headers=headers)).status_code == 200
    await app.dispatcher.idle()
    await app.contracts.look()
    changes = (await app.store.form_changes(ChangeFilter())).items
    return next(one.id for one in changes if one.kind == "vanished")


async def test_a_change_is_listed_with_its_flow_and_shown_without_any_value(owner: AsyncClient, orderloom: Orderloom) -> None:
    change = await drifted(owner, orderloom)
    texts = [(await owner.get(path)).text for path in ("/contracts", f"/contracts/changes/{change}", "/contracts/own_shop.order")]
    assert all("amounts.paid_total" in text for text in texts)
    assert 'href="/flows/hub" title="hub">Hub of orders<' in texts[0]
    assert 'href="/flows/hub" title="hub">Hub of orders<' in texts[1]
    order = sample("own_shop")["data"]
    for secret in (order["receiver"]["phone"], order["receiver"]["name"], order["receiver"]["address"], "88.00"):
        assert all(secret not in text for text in texts)


async def test_one_click_takes_the_mapping_and_sends_parked_orders_on(owner: AsyncClient, orderloom: Orderloom) -> None:
    change = await drifted(owner, orderloom)
    form = {"how": "move", "source": "amounts.paid_total", "mend": "true", "per_second": "1000"}
    answer = await owner.post(f"/contracts/changes/{change}/acceptance", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/contracts/changes/{change}")
    for task in list(orderloom.bulk._tasks):
        await task
    await orderloom.dispatcher.idle()
    assert len((await orderloom.store.orders()).items) == 2
    shown = (await owner.get(f"/contracts/changes/{change}", headers={"accept-language": "zh"})).text
    assert "已处理" in shown


async def test_a_mapping_with_a_fault_is_shown_again_with_what_was_given(owner: AsyncClient, orderloom: Orderloom) -> None:
    change = await drifted(owner, orderloom, 1)
    answer = await owner.post(f"/contracts/changes/{change}/acceptance", data={"how": "move", "source": "lines[].gone", "note": "why"})
    assert answer.status_code == 422
    assert 'value="lines[].gone"' in answer.text
    assert 'value="why"' in answer.text
    assert "form_change.other_list" in answer.text


async def test_nobody_without_the_key_sees_or_decides(client: AsyncClient) -> None:
    assert (await client.get("/contracts")).status_code in (401, 403)
    assert (await client.get("/api/form-changes")).status_code in (401, 403)
    assert (await client.post("/api/contracts/own_shop.order/continuation")).status_code in (401, 403)
