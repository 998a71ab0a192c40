"""A house with a hub, a warehouse and six shops, which are real servers, and the template that tells the shops what was shipped."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from httpx import ASGITransport, AsyncClient

from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing.channel import ChannelSimulator, KeptOrder
from engine.testing.shipments import signed
from engine.testing.simulator import SimulatedTarget
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator
from tests.designer.conftest import KEY
from tests.designer.one_app import app_around

FLOW: Final = json.loads((Path(__file__).parents[3] / "flows" / "send_waybills.json").read_text("utf-8"))
SIMULATORS: Final = (TaobaoSimulator, JdSimulator, PinduoduoSimulator, ShopifySimulator, WooCommerceSimulator, OwnShopSimulator)
SECRET: Final = "the-warehouse-signs-with-this"
SHIPPED: Final = {
    "taobao": "WAIT_BUYER_CONFIRM_GOODS", "jd": "WAIT_GOODS_RECEIVE_CONFIRM", "pinduoduo": "shipped", "shopify": "fulfilled",
    "woocommerce": "completed", "own_shop": "shipped",
}  # fmt: skip
AMOUNT: Final = {"items": "5.00", "discount_seller": "0.00", "discount_platform": "0.00", "shipping": "0.00", "tax": "0.00", "paid": "5.00"}
LINE: Final = {"sku_code": "CUP-01", "qty": 1, "unit_price": "5.00", "paid_share": "5.00", "status": "awaiting_fulfillment"}
INTAKE: Final[dict[str, Any]] = {
    "format": 1,
    "name": "intake",
    "nodes": {
        "now": {"use": "connector.webhook@1", "params": {"channel": "test", "key_path": "channel_order_id", "version_path": "version"}},
        "hub": {"use": "connector.to_hub@1"},
        "split": {"use": "rule.split_order@1"},
        "wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
    },
    "wires": ["now -> hub", "hub.new -> split", "split.part -> wms", "split.whole -> wms", "split.undecided -> wms"],
    "tests": [{"name": "t", "trigger": "now", "input": [{}], "expect": {"now": {"items": [{}], "match": "subset"}}}],
}
MERGED: Final[dict[str, Any]] = {
    **INTAKE,
    "name": "merged",
    "nodes": {name: INTAKE["nodes"][name] for name in ("now", "wms")},
    "wires": ["now -> wms"],
}


class House:
    def __init__(self, app: Orderloom, client: AsyncClient, wms: SimulatedTarget, shops: Mapping[str, ChannelSimulator]) -> None:
        self.app, self.client, self.wms, self.shops = app, client, wms, shops

    async def publish(self, *documents: dict[str, Any]) -> None:
        for document in documents:
            await self.app.publish(json.dumps(document).encode(), note="", actor="test")

    async def hook(self, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        answer = await self.client.post(f"/hooks/{path}", content=body, headers=headers)
        await self.app.dispatcher.idle()
        return answer

    async def sold(self, channel: str, *lines: str, warehouses: bool = False, **more: Any) -> str:
        """An order of a platform, kept in the hub and sent to the warehouse: in a part for each line where they lie apart."""
        number = self.shops[channel].create()[0].id
        await self.known(number, channel, *lines, warehouses=warehouses, **more)
        return number

    async def known(self, number: str, channel: str, *lines: str, warehouses: bool = False, flow: str = "intake", **more: Any) -> None:
        placed = [{"warehouse": f"W{place}"} if warehouses else {} for place in range(len(lines) or 1)]
        order = {
            "channel": channel, "shop_id": "s1", "channel_order_id": number, "display_no": number, "version": "2026-01-16T03:04:05Z",
            "status": "awaiting_fulfillment", "payment_status": "paid", "refund_status": "none", "currency": "CNY",
            "created_at": "2026-01-16T03:04:05Z", "receiver": {"name": "测试乙", "province": "广东省"}, "amount": AMOUNT,
            "lines": [{**LINE, "channel_line_id": line, **place} for line, place in zip(lines or ("1",), placed, strict=True)], **more,
        }  # fmt: skip
        answer = await self.hook(f"{flow}/now", json.dumps(order).encode(), {"Content-Type": "application/json"})
        assert answer.status_code == 200, answer.text

    def ship(self, channel: str, number: str, waybill: str, courier: str = "YTO") -> dict[str, Any]:
        return self.wms.shipments.ship((channel, "s1", number), courier, waybill)

    async def tell(self, shipment: Mapping[str, Any], secret: str = SECRET) -> Any:
        return await self.hook("send_waybills/wms", *signed(shipment, secret))

    async def shipped(self, channel: str, number: str, waybill: str, courier: str = "YTO") -> dict[str, Any]:
        answer = await self.tell(self.ship(channel, number, waybill, courier))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def order(self, channel: str, number: str) -> KeptOrder:
        found = self.shops[channel].orders.find(number)
        assert found is not None
        return found

    def state(self, channel: str, number: str) -> str:
        return self.order(channel, number).state

    def body(self, channel: str, number: str) -> dict[str, Any]:
        return self.order(channel, number).body

    @property
    def own_shop(self) -> OwnShopSimulator:
        shop = self.shops["own_shop"]
        assert isinstance(shop, OwnShopSimulator)
        return shop

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def problems(self) -> list[str]:
        return [one["code"] for one in (await self.get("/api/incidents"))["items"]]

    async def parcels(self, channel: str, number: str) -> list[str]:
        return [
            one["parcel"]["tracking_no"]
            for one in (await self.get("/api/orders/passport", channel=channel, shop="s1", number=number))["parcels"]
        ]


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        wms = await stack.enter_async_context(SimulatedTarget())
        shops = {kind.channel: await stack.enter_async_context(kind()) for kind in SIMULATORS}
        connections = {
            "wms": {"type": "wms", "url": wms.url}, "wms_hook": {"type": "http", "url": wms.url, "secret": SECRET},
            "service_chat": {"type": "wecom", "url": f"{wms.url}/robot"}, **{name: shop.connection for name, shop in shops.items()},
        }  # fmt: skip
        app = Orderloom(Settings(data=folder, connections=connections, allow_private=("127.0.0.0/8",)), MemoryStore())
        transport = ASGITransport(app_around(app, KEY))  # pyright: ignore[reportArgumentType]
        headers = {"Authorization": f"Bearer {KEY}"}
        await stack.enter_async_context(app)
        client = await stack.enter_async_context(AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers))
        await app.start()
        made = House(app, client, wms, shops)
        await made.publish(INTAKE, MERGED, FLOW)
        yield made
