from __future__ import annotations

import json
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom

Client = AsyncClient
SHOP = {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}}
ORDERS: dict[str, Any] = {
    "format": 1,
    "name": "orders",
    "nodes": {
        "shop": SHOP,
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "big": {"use": "rule.condition@1", "params": {"when": 'money(item.amount.paid) > money("50")'}},
    },
    "wires": ["shop -> order", "order -> big"],
}


async def check(client: Client, document: Any, name: str = "orders", **headers: str) -> dict[str, Any]:
    answer = await client.post(f"/api/flows/{name}/check", json=document, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_good_document_has_no_problem_and_says_what_reaches_each_node(owner: Client) -> None:
    found = await check(owner, ORDERS)
    assert found["problems"] == []
    assert {"path": "receiver.phone", "class": "restricted"} in found["fields"]["big"]
    assert {"path": "amount.paid", "class": "internal", "kind": "money"} in found["fields"]["big"]
    assert "shop" not in found["fields"]
    assert found["types"] == {"shop.out": "raw_order", "order.out": "order", "big.yes": "order", "big.no": "order"}


async def test_each_problem_is_explained_and_placed(owner: Client) -> None:
    document = json.loads(json.dumps(ORDERS))
    document["nodes"]["big"]["params"]["when"] = "item.amount.paid >"
    document["wires"].append("shop -> nobody")
    found = (await check(owner, document, **{"Accept-Language": "zh"}))["problems"]
    assert [(one["code"], one["node"], one["wire"], one["path"], one["position"]) for one in found] == [
        ("expression.syntax", "big", None, ["params", "when"], 17),
        ("wire.unknown_node", None, "shop -> nobody", [], None),
    ]
    assert all(one["what"] and one["do"] and not one["what"].isascii() for one in found)


async def test_a_connection_that_is_not_set_is_a_problem_at_its_parameter(owner: Client) -> None:
    document = {**ORDERS, "nodes": {**ORDERS["nodes"], "shop": {**SHOP, "params": {"shop": {"connection": "nobody"}}}}}
    assert [(one["code"], one["node"], one["path"]) for one in (await check(owner, document))["problems"]] == [
        ("connection.missing", "shop", ["params", "shop"])
    ]


@pytest.mark.parametrize("document", [{}, {"nodes": 1}, {"nodes": {"A B": 1}, "wires": "x"}, {**ORDERS, "name": "other"}])
async def test_a_faulty_document_is_never_refused(owner: Client, document: dict[str, Any]) -> None:
    assert (await check(owner, document))["problems"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe"])
async def test_what_is_no_json_object_is_refused(owner: Client, body: bytes) -> None:
    answer = await owner.post("/api/flows/orders/check", content=body)
    assert answer.status_code == 400
    assert answer.json()["problems"]


async def test_checking_keeps_nothing(owner: Client, orderloom: Orderloom) -> None:
    await check(owner, ORDERS)
    assert await orderloom.store.flow_names() == []
    assert (await orderloom.store.audit_rows()).items == []


@pytest.mark.parametrize("path", ["check", "samples", "test-runs", "test-results"])
async def test_a_stranger_and_another_site_are_turned_away(client: Client, bearer: dict[str, str], path: str) -> None:
    assert (await client.post(f"/api/flows/orders/{path}", json=ORDERS)).status_code == 401
    await client.get("/", params={"key": bearer["Authorization"].removeprefix("Bearer ")}, follow_redirects=False)
    across = await client.post(f"/api/flows/orders/{path}", json=ORDERS, headers={"Origin": "https://evil.example"})
    assert (across.status_code, across.json()["type"]) == (403, "access.cross_site")
