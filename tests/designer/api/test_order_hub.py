"""The hub over the API: an order's passport, looking up by its receiver, holds and their release."""

from __future__ import annotations

import json
from typing import Any

import pytest
from httpx import AsyncClient, Response

from engine.app import Orderloom

from .test_orders import FLOW, ORDER, PHONE

HOLDING: dict[str, Any] = {
    **FLOW,
    "nodes": {
        **FLOW["nodes"],
        "hold": {"use": "connector.hold_order@1"},
        "out": {"use": "transform.keep_fields@1", "params": {"fields": ["channel"]}},
    },
    "wires": [*FLOW["wires"], "hub.new -> hold", "hub.changed -> hold", "hold.released -> out", "hold.out -> out"],
}
HOLDING["nodes"]["orders"] = {"use": "connector.webhook@1", "params": {"key_path": "order_no", "version_path": "updated_at"}}
ADDRESS = "南京东路一号"
PERSONAL = (PHONE, "张三丰", ADDRESS)


@pytest.fixture
async def shop(owner: AsyncClient, orderloom: Orderloom) -> Any:
    """``await shop(second, **changes)`` sends a version of the order and gives its event."""
    await orderloom.publish(json.dumps(HOLDING).encode(), note="", actor="test")

    async def send(second: int = 5, **changes: Any) -> str:
        order = {**ORDER, "updated_at": f"2026-01-16T03:04:{second:02}Z", **changes}
        event = (await owner.post("/hooks/keeping/orders", json=order)).json()["event"]
        await orderloom.dispatcher.idle()
        return event

    return send


def code(answer: Response) -> str:
    return answer.json()["problems"][0]["code"]


def amounts(paid: str) -> dict[str, Any]:
    """The goods come to 80.00; anything else does not add up."""
    return {"amounts": {"items": "80.00", "paid": paid}}


async def test_a_passport_tells_every_version_and_what_was_done(owner: AsyncClient, shop: Any) -> None:
    first, second, older = await shop(5), await shop(9, status="shipped"), await shop(1)
    answer = await owner.get("/api/orders/passport", params={"channel": "own_shop", "number": "OWN-17"})
    passport = answer.json()
    assert [(one["outcome"], one["event"]) for one in passport["versions"]] == [("stale", older), ("changed", second), ("new", first)]
    assert passport["order"]["version"] == "2026-01-16T03:04:09Z"
    assert passport["lines"] == [{"sku_code": "A-1", "quantity": 1}]
    assert {one["run"] for one in passport["timeline"]} == {first, second, older}
    assert "The hub took up a newer version of the order." in [one["what"] for one in passport["timeline"]]
    assert passport["versions"][2]["order"]["channel_order_id"] == "OWN-17"
    for personal in PERSONAL:
        assert personal not in answer.text
    one = (await owner.get(f"/api/orders/versions/{passport['versions'][1]['id']}")).json()
    assert one == passport["versions"][1]
    listed = (await owner.get("/api/orders/versions", params={"channel": "own_shop", "number": "OWN-17", "limit": 2})).json()
    assert (listed["items"], bool(listed["next"])) == (passport["versions"][:2], True)


async def test_what_nobody_knows_is_not_found(owner: AsyncClient) -> None:
    for path in ("/api/orders/passport?channel=x&number=y", "/api/orders/versions?channel=x&number=y"):
        answer = await owner.get(path)
        assert (answer.status_code, code(answer)) == (404, "order.unknown")
    answer = await owner.get("/api/orders/versions/7")
    assert (answer.status_code, code(answer)) == (404, "order.unknown_version")
    for path in ("/api/holds/7/release", "/api/holds/none/release"):
        answer = await owner.post(path)
        assert (answer.status_code, code(answer)) == (404, "hold.unknown")


@pytest.mark.parametrize("wanted", [{"phone": f"+86 {PHONE}"}, {"address": ADDRESS}])
async def test_a_receiver_finds_the_order_and_only_masked_data_are_shown(owner: AsyncClient, shop: Any, wanted: dict[str, str]) -> None:
    await shop()
    answer = await owner.post("/api/orders/search", json=wanted)
    assert [one["channel_order_id"] for one in answer.json()["items"]] == ["OWN-17"]
    assert answer.json()["items"][0]["order"]["receiver"]["phone"] == "138****5678"
    for personal in PERSONAL:
        assert personal not in answer.text
    audit = await owner.get("/api/audit")
    assert (audit.json()["items"][0]["action"], audit.json()["items"][0]["detail"]) == (
        "order.search",
        {"by": next(iter(wanted)), "found": "1"},
    )
    for personal in PERSONAL:
        assert personal not in audit.text


async def test_who_is_looked_for_has_to_be_said_whole_and_once(owner: AsyncClient) -> None:
    for wanted, problem in (
        ({"phone": "138****5678"}, "order.unsearchable"),
        ({"phone": "5678"}, "order.unsearchable"),
        ({}, "order.search_by_one"),
        ({"phone": PHONE, "address": ADDRESS}, "order.search_by_one"),
    ):
        answer = await owner.post("/api/orders/search", json=wanted)
        assert (answer.status_code, code(answer)) == (422, problem), answer.text
        assert PHONE not in answer.text
    assert (await owner.post("/api/orders/search", json={"phone": "13900000000"})).json()["items"] == []


async def test_an_erased_order_is_found_by_its_number_and_not_by_its_receiver(owner: AsyncClient, shop: Any) -> None:
    event = await shop()
    assert (await owner.post(f"/api/events/{event}/erasure")).status_code == 200
    assert (await owner.post("/api/orders/search", json={"phone": PHONE})).json()["items"] == []
    (kept,) = (await owner.get("/api/orders", params={"sku": "A-1"})).json()["items"]
    assert (kept["channel_order_id"], kept["order"]) == ("OWN-17", None)


async def test_orders_are_found_by_sku_and_by_being_held(owner: AsyncClient, shop: Any) -> None:
    await shop(**amounts("79.00"))
    for params, number in (({"sku": "A-1"}, 1), ({"sku": "A"}, 0), ({"held": "true"}, 1), ({"held": "false"}, 0)):
        assert len((await owner.get("/api/orders", params=params)).json()["items"]) == number, params
    assert (await owner.get("/api/orders")).json()["items"][0]["hold_reasons"] == ["amount_mismatch"]


async def test_a_held_order_is_listed_and_released(owner: AsyncClient, shop: Any, orderloom: Orderloom) -> None:
    run = await shop(**amounts("79.00"))
    (hold,) = (await owner.get("/api/holds", params={"reason": "amount_mismatch"})).json()["items"]
    assert (hold["channel_order_id"], hold["reasons"], hold["run"], hold["state"]) == ("OWN-17", ["amount_mismatch"], run, "open")
    answer = await owner.post(f"/api/holds/{hold['id']}/release")
    assert (answer.status_code, answer.json()["ended_how"], answer.json()["ended_by"]) == (200, "released", "owner")
    await orderloom.dispatcher.idle()
    assert (await owner.get(f"/api/runs/{run}")).json()["state"] == "done"
    again = await owner.post(f"/api/holds/{hold['id']}/release")
    assert (again.status_code, code(again)) == (409, "hold.closed")
    assert (await owner.get("/api/orders")).json()["items"][0]["hold_reasons"] == []
    passport = (await owner.get("/api/orders/passport", params={"channel": "own_shop", "number": "OWN-17"})).json()
    told = [one["what"] for one in passport["timeline"]]
    assert told.index("The order is held: Amounts do not add up") < told.index("A person released the order.")
    assert passport["versions"][0]["hold_reasons"] == ["amount_mismatch"]


async def test_many_are_released_by_ids_or_by_reason(owner: AsyncClient, shop: Any) -> None:
    for number in "123":
        await shop(order_no=f"OWN-{number}", **amounts("79.00"))
    ids = [one["id"] for one in (await owner.get("/api/holds")).json()["items"]]
    assert (await owner.post("/api/holds/releases", json={"holds": [ids[0], "7"]})).json() == {"released": 1, "passed_over": 1}
    assert (await owner.post("/api/holds/releases", json={"reason": "amount_mismatch"})).json() == {"released": 2, "passed_over": 0}
    nothing = await owner.post("/api/holds/releases", json={})
    assert (nothing.status_code, code(nothing)) == (422, "hold.nothing_chosen")
