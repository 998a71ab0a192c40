"""Stock and parcels over the API: real systems list their stock, a courier pushes and lists, and what comes of it is seen."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing.simulator import SimulatedTarget
from nodes.connector.kuaidi100.simulator import SALT, CourierSimulator
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator
from tests.designer.conftest import KEY
from tests.designer.one_app import app_around

FLOWS = Path(__file__).parents[3] / "flows"
NUMBER, PERSON = "YT0000000000013", "张三丰"
AT = datetime(2026, 1, 16, 8, tzinfo=UTC)
ANY = {"name": "t", "trigger": "now", "input": [{}], "expect": {"now": {"items": [{}], "match": "subset"}}}
STOCK: dict[str, Any] = {
    "name": "stock",
    "nodes": {
        "now": {"use": "connector.webhook@1", "params": {"channel": "test"}},
        "wms": {"use": "connector.take_stock@1", "params": {"system": {"connection": "wms"}}, "policy": {"retry": {"attempts": 1}}},
        "shop": {"use": "connector.take_stock@1", "params": {"system": {"connection": "shop"}, "holds": "offer"}},
    },
    "wires": ["now -> wms", "wms -> shop"],
    "tests": [ANY],
}
TOLD: dict[str, Any] = {
    "name": "told",
    "nodes": {
        "now": {"use": "connector.webhook@1", "params": {"channel": "erp"}},
        "keep": {"use": "connector.keep_stock@1", "params": {"system": "erp"}},
        "check": {"use": "connector.check_stock@1", "params": {"at_least": None, "kinds": ["oversold"]}},
    },
    "wires": ["now -> keep", "keep -> check"],
    "tests": [ANY],
}
HUB: dict[str, Any] = {
    "name": "orders",
    "nodes": {
        "now": {"use": "connector.webhook@1", "params": {"channel": "own_shop", "key_path": "channel_order_id", "version_path": "version"}},
        "hub": {"use": "connector.to_hub@1"},
        "late": {"use": "connector.unshipped_orders@1", "params": {"hours": 48}},
    },
    "wires": ["now -> hub", "hub.new -> late"],
    "tests": [ANY],
}


def order(number: str, status: str = "awaiting_fulfillment", version: str = "2026-01-16T08:00:00Z", **more: Any) -> dict[str, Any]:
    whole = {"channel": "own_shop", "shop_id": "s1", "channel_order_id": number, "status": status, "version": version, "currency": "CNY"}
    lines = [{"sku_code": "CUP-01", "qty": 3, "status": status}]
    to = {"name": PERSON, "province": "上海"}
    return {**whole, "created_at": "2026-01-16T07:00:00Z", "lines": lines, "receiver": to, **more}


def code_of(answer: Any) -> str:
    return answer.json()["problems"][0]["code"]


class House:
    def __init__(
        self, app: Orderloom, client: AsyncClient, wms: SimulatedTarget, shop: OwnShopSimulator, courier: CourierSimulator
    ) -> None:
        self.app, self.client, self.wms, self.shop, self.courier = app, client, wms, shop, courier

    async def publish(self, *documents: dict[str, Any]) -> None:
        for document in documents:
            whole = {"format": 1, "title": {}, "layout": {}, **document}
            await self.app.publish(json.dumps(whole).encode(), note="", actor="test")

    async def send(self, flow: str, body: Any = None) -> str:
        answer = await self.client.post(f"/hooks/{flow}/now", json=body or {"at": datetime.now(UTC).isoformat()})
        assert answer.status_code == 200, answer.text
        await self.app.dispatcher.idle()
        return answer.json()["event"]

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def push(self, body: bytes) -> Any:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await self.client.post("/hooks/follow_parcels/kuaidi100", content=body, headers=headers)
        await self.app.dispatcher.idle()
        return answer

    async def way(self, number: str = NUMBER) -> list[tuple[str, str]]:
        answer = await self.client.post("/api/parcels/search", json={"tracking_no": number})
        assert answer.status_code == 200, answer.text
        return [(track["state"], track["place"]) for track in answer.json()["tracks"]]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with SimulatedTarget() as wms, OwnShopSimulator() as shop, CourierSimulator() as courier:
        connections = {
            "wms": {"type": "wms", "url": wms.url}, "shop": shop.connection, "kuaidi100": {"type": "kuaidi100", "secret": SALT},
            "courier": {"type": "http", "url": courier.url}, "service_chat": {"type": "wecom", "url": f"{wms.url}/robot"},
        }  # fmt: skip
        settings = Settings(data=tmp_path, connections=connections, allow_private=("127.0.0.0/8",))
        app = Orderloom(settings, MemoryStore())
        transport = ASGITransport(app_around(app, KEY))  # pyright: ignore[reportArgumentType]
        headers = {"Authorization": f"Bearer {KEY}"}
        async with app, AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
            await app.start()
            yield House(app, client, wms, shop, courier)


async def test_stock_of_a_warehouse_and_of_a_shop_stands_side_by_side_with_what_is_sold(house: House) -> None:
    await house.publish(STOCK, HUB)
    for number in range(250):
        house.wms.stock.put(f"SKU-{number:03}", 50, warehouse="HZ1", at=AT)
    house.wms.stock.put("CUP-01", 5, warehouse="HZ1", reserved=3, at=AT)
    house.shop.stock.put("cup-01", 9, at=AT)
    await house.send("orders", order("1"))
    await house.send("stock")
    one = await house.get("/api/stock/one", sku="CUP-01")
    assert (one["quantity"], one["open"], one["free"]) == (5, 3, 2)
    assert [(level["system"], level["holds"], level["warehouse"], level["quantity"]) for level in one["levels"]] == [
        ("shop", "offer", "", 9),
        ("wms", "goods", "HZ1", 5),
    ]
    assert [(found["kind"], found["expected"], found["found"]) for found in one["findings"]] == [
        ("short", 10, 2),
        ("offered_too_many", 2, 9),
    ]
    assert len((await house.get("/api/stock", limit=500))["items"]) == 251
    assert [one["sku_code"] for one in (await house.get("/api/stock", show="wrong"))["items"]] == ["CUP-01"]
    assert {one["system"]: one["read_at"] is not None for one in (await house.get("/api/stock/sources"))["items"]} == {
        "shop": True,
        "wms": True,
    }


async def test_what_a_woocommerce_shop_offers_is_read_page_by_page(house: House) -> None:
    async with WooCommerceSimulator() as shop:
        await house.app.book.put("woo", shop.connection, actor="test")
        shop.products = {f"SKU-{number:03}": number for number in range(23)} | {"GIFT": None}
        params = {
            "system": {"connection": "woo"}, "holds": "offer", "path": "/wp-json/wc/v3/products", "query": {"per_page": "10"},
            "items_path": None, "next_path": None, "cursor_param": None, "page_param": "page", "sku_path": "sku",
            "quantity_path": "stock_quantity",
        }  # fmt: skip
        nodes = {"now": STOCK["nodes"]["now"], "woo": {"use": "connector.take_stock@1", "params": params}}
        await house.publish({**STOCK, "nodes": nodes, "wires": ["now -> woo"]})
        run = await house.send("stock")
        assert (await house.get(f"/api/runs/{run}"))["state"] == "done", (await house.get("/api/incidents"))["items"]
    listed = (await house.get("/api/stock", limit=500))["items"]
    assert {one["sku_code"]: one["levels"][0]["quantity"] for one in listed} == {f"SKU-{number:03}": number for number in range(23)}


async def test_pages_of_the_list_go_on_where_the_one_before_ended(house: House) -> None:
    await house.publish(STOCK)
    for number in range(3):
        house.wms.stock.put(f"SKU-{number}", 50, at=AT)
    house.shop.stock.put("SKU-0", 1, at=AT)
    await house.send("stock")
    first = await house.get("/api/stock", limit=2)
    second = await house.get("/api/stock", limit=2, cursor=first["next"])
    assert [one["sku_code"] for part in (first, second) for one in part["items"]] == ["SKU-0", "SKU-1", "SKU-2"]
    assert second["next"] is None


async def test_a_sku_that_the_warehouse_no_longer_lists_is_gone_and_an_empty_list_is_not_believed(house: House) -> None:
    await house.publish(STOCK)
    house.shop.stock.put("CUP-01", 1, at=AT)
    for sku in ("CUP-01", "TEA-02"):
        house.wms.stock.put(sku, 5, at=AT)
    await house.send("stock")
    house.wms.stock.drop("TEA-02")
    await house.send("stock")
    assert [one["sku_code"] for one in (await house.get("/api/stock"))["items"]] == ["CUP-01"]
    house.wms.stock.drop("CUP-01")
    run = await house.send("stock")
    assert (await house.get(f"/api/runs/{run}"))["state"] == "parked"
    assert (await house.get("/api/incidents"))["items"][0]["problem"]["code"] == "stock.empty"
    assert (await house.get("/api/stock/one", sku="CUP-01"))["quantity"] == 5


async def test_a_page_that_fails_leaves_the_stock_as_it_was(house: House) -> None:
    await house.publish(STOCK)
    house.shop.stock.put("CUP-01", 1, at=AT)
    house.wms.stock.put("CUP-01", 5, at=AT)
    await house.send("stock")
    house.wms.stock.put("CUP-01", 1)
    house.wms.fail_next(1, 503)
    run = await house.send("stock")
    assert (await house.get(f"/api/runs/{run}"))["state"] == "parked"
    assert (await house.get("/api/stock/one", sku="CUP-01"))["quantity"] == 5
    (incident,) = (await house.get("/api/incidents"))["items"]
    await house.client.post(f"/api/incidents/{incident['id']}/resumption", json={"action": "again"})
    await house.app.dispatcher.idle()
    assert (await house.get("/api/stock/one", sku="CUP-01"))["quantity"] == 1


async def test_stock_that_a_hook_brings_is_kept_and_checked_in_the_flow(house: House) -> None:
    await house.publish(TOLD, HUB)
    await house.send("orders", order("1"))
    run = await house.send("told", {"sku_code": " cup-01 ", "quantity": "2", "warehouse": "HZ1"})
    assert (await house.get(f"/api/runs/{run}"))["state"] == "done"
    steps = {step["slug"]: step for step in (await house.get(f"/api/runs/{run}/steps"))["items"]}
    assert [item["item"]["found"] for item in steps["check"]["outputs"]["findings"]] == [1]
    odd = await house.send("told", {"sku_code": "", "quantity": "many"})
    assert (await house.get(f"/api/runs/{odd}"))["state"] == "done"
    assert [one["sku_code"] for one in (await house.get("/api/stock", show="oversold"))["items"]] == ["CUP-01"]


async def test_limits_of_a_sku_are_set_and_taken_away_and_audited(house: House) -> None:
    await house.publish(TOLD)
    await house.send("told", {"sku_code": "CUP-01", "quantity": 20})
    assert (await house.get("/api/stock", show="short"))["items"] == []
    answer = await house.client.put("/api/stock/limit?sku=cup-01", json={"at_least": 30})
    assert answer.json() == {"at_least": 30, "days": None}
    assert [(one["at_least"], one["findings"][0]["expected"]) for one in (await house.get("/api/stock", show="short"))["items"]] == [
        (30, 30)
    ]
    await house.client.put("/api/stock/limit?sku=CUP-01", json={})
    assert (await house.get("/api/stock", show="short"))["items"] == []
    assert (await house.get("/api/audit"))["items"][0]["action"] == "stock_limit.save"
    assert (await house.client.put("/api/stock/limit?sku=CUP-01", json={"at_least": -1})).status_code == 400


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/stock?show=odd", 422, "stock.unknown_kind"),
        ("/api/stock/one?sku=NOBODY", 404, "stock.unknown_sku"),
        ("/api/parcels/nobody", 404, "parcel.unknown"),
    ],
)
async def test_what_is_not_there_is_said_by_a_problem(house: House, path: str, status: int, code: str) -> None:
    answer = await house.client.get(path)
    assert (answer.status_code, code_of(answer)) == (status, code)


async def follow(house: House) -> None:
    await house.app.publish((FLOWS / "follow_parcels.json").read_bytes(), note="", actor="test")


async def test_a_push_of_the_courier_is_kept_and_seen_on_the_passport_without_people(house: House) -> None:
    await house.publish(HUB)
    await follow(house)
    shipped = order("1", "shipped", shipped_at="2026-01-16T08:00:00Z", logistics={"carrier": "圆通速递", "tracking_no": NUMBER})
    await house.send("orders", shipped)
    house.courier.move(NUMBER, "picked_up", AT + timedelta(hours=2), "浙江,杭州市,西湖区", f"快递员{PERSON}已揽收 13800000000")
    house.courier.move(NUMBER, "moving", AT + timedelta(hours=9), "上海,上海市")
    answer = await house.push(house.courier.form(NUMBER))
    assert (answer.status_code, answer.json()) == (200, {"result": True, "returnCode": "200", "message": "OK"})
    assert await house.way() == [("picked_up", "浙江 杭州市"), ("moving", "上海市")]
    passport = await house.client.get("/api/orders/passport", params={"channel": "own_shop", "shop": "s1", "number": "1"})
    (parcel,) = passport.json()["parcels"]
    assert (parcel["parcel"]["state"], parcel["parcel"]["carrier"], parcel["parcel"]["tracking_no"]) == ("moving", "yto", "YT*********0013")
    listed = await house.client.get("/api/parcels", params={"show": "all"})
    for secret in (NUMBER, PERSON, "13800000000", "西湖区"):
        assert secret not in passport.text + listed.text


async def test_pushes_twice_out_of_order_and_by_the_list_too_make_one_way(house: House) -> None:
    await follow(house)
    for hours, state in ((1, "picked_up"), (8, "moving"), (20, "out_for_delivery"), (22, "delivered")):
        house.courier.move(NUMBER, state, datetime.now(UTC) - timedelta(hours=30 - hours), "上海,上海市")
    whole, half = house.courier.form(NUMBER), house.courier.form(NUMBER, upto=2)
    for body in (whole, half, whole, half):
        assert (await house.push(body)).status_code == 200
    await house.app.sources.look()
    for _ in range(100):
        if "courier" in {event["order_key"].partition("|")[0] for event in (await house.get("/api/events"))["items"]}:
            break
        await house.app.sources.look()
    await house.app.dispatcher.idle()
    assert [state for state, _ in await house.way()] == ["picked_up", "moving", "out_for_delivery", "delivered"]
    (one,) = (await house.get("/api/parcels", show="all"))["items"]
    assert (one["state"], one["open"]) == ("delivered", False)
    assert (await house.get("/api/parcels", show="open"))["items"] == []


async def test_a_forged_push_is_refused_and_keeps_nothing(house: House) -> None:
    await follow(house)
    house.courier.move(NUMBER, "moving", AT)
    answer = await house.push(house.courier.form(NUMBER, forged=True))
    assert (answer.status_code, code_of(answer)) == (401, "signature.invalid")
    assert (await house.push(b"param=%7B%7D")).status_code == 401
    answer = await house.client.post("/api/parcels/search", json={"tracking_no": NUMBER})
    assert (answer.status_code, code_of(answer)) == (404, "parcel.unknown")
    answer = await house.client.post("/api/parcels/search", json={"tracking_no": "YT***13"})
    assert (answer.status_code, code_of(answer)) == (422, "parcel.unsearchable")


async def test_orders_past_their_promise_are_found_in_the_flow(house: House) -> None:
    await house.publish(HUB)
    run = await house.send("orders", order("1", ship_by_at="2026-01-17T00:00:00Z"))
    steps = json.dumps((await house.get(f"/api/runs/{run}/steps"))["items"])
    assert '"late"' in steps
    assert "2026-01-17T00:00:00Z" in steps
