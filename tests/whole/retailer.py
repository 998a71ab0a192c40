"""A retailer in China: a shop of its own, Taobao, JD and a file of orders in GBK, around the service as a real process."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import aiohttp

from engine.testing.channel import ChannelSimulator
from engine.testing.shipments import signed
from engine.testing.simulator import SimulatedTarget
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator
from tests.crash.service import ROOT, Service
from tests.whole.service_api import HEADERS, ServiceApi

BEIJING: Final = timezone(timedelta(hours=8))
PATIENCE: Final = 30.0
SECRET: Final = "the-warehouse-signs-with-this"
OUYANG: Final[dict[str, Any]] = {
    "receiver": {
        "name": "  欧阳示例\u200b ", "phone": "１９９－００００－１２３４", "country": "CN", "province": "浙江省", "city": "杭州市",
        "district": "西湖区", "address": "示例路１２８号３幢２单元５０１室",
    },
    "lines": [{"line_no": "1", "sku": "ｏｓ－ｓｏａｐ－ｌａｖ", "title": "手工皂　薰衣草（礼盒）", "qty": 2, "unit_price": "44.00"}],
    "note": "周六送，收件前打１９９００００１２３４，谢谢😊",
}  # fmt: skip
ZHUGE: Final[dict[str, Any]] = {
    "receiver": {
        "name": "诸葛样例", "phone": "19900005678", "country": "CN", "province": "新疆维吾尔自治区", "city": "乌鲁木齐市",
        "district": "天山区", "address": "样例北街9号",
    },
    "amounts": {"items": "88.00", "discount": "0.00", "shipping": "0.00", "tax": "0.00", "paid": "80.00"},
    "note": "发票抬头：样例贸易有限公司",
}  # fmt: skip
SIMA: Final[dict[str, Any]] = {
    "fullname": "司马　示例", "mobile": "+86 199 0000 4321", "telephone": "", "province": "北京", "city": "大兴区",
    "county": "亦庄经济开发区", "town": "", "fullAddress": "北京大兴区亦庄经济开发区示例大街１号院２号楼",
}  # fmt: skip
FILE: Final = Path(__file__).with_name("orders_of_the_day.csv")
"""In UTF-8; ``{time}`` stands for when an order was made and paid."""


class RetailShop(OwnShopSimulator):
    """What its buyers ordered, in turn."""

    buyers: Sequence[Mapping[str, Any]] = (OUYANG, ZHUGE)

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        order_no, event = super().draft(number, at)
        return order_no, {**event, "data": {**event["data"], **self.buyers[(number - 1) % len(self.buyers)]}}


class RetailJd(JdSimulator):
    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        order_id, order = super().draft(number, at)
        return order_id, {**order, "consigneeInfo": SIMA, "orderRemark": "勿摇晃，工作日送", "invoiceInfo": "不需要开具发票"}


SHOPS: Final = (RetailShop, TaobaoSimulator, RetailJd, PinduoduoSimulator, ShopifySimulator, WooCommerceSimulator)


@dataclass
class Retailer:
    api: ServiceApi
    url: str
    session: aiohttp.ClientSession
    shops: Mapping[str, ChannelSimulator]
    wms: SimulatedTarget
    finance: SimulatedTarget
    inbox: Path

    def put_file(self, name: str, at: datetime) -> None:
        """As a shop assistant saves it from Excel in China: GBK, times of the wall clock."""
        moment = f"{at.astimezone(BEIJING):%Y年%m月%d日 %H:%M:%S}"
        text = FILE.read_text("utf-8").replace("{time}", moment).replace("\n", "\r\n")
        (self.inbox / name).write_bytes(text.encode("gbk"))

    def at(self, target: SimulatedTarget) -> dict[tuple[str, str], Mapping[str, Any]]:
        """What a target holds, by channel and order number."""
        return {(channel, number): order for (channel, _, number), order in target.ledger.orders.items()}

    async def until(self, what: str, met: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not met():
            assert time.monotonic() < deadline, f"{what}: {sorted(self.at(self.wms))}, {sorted(self.at(self.finance))}"
            await asyncio.sleep(0.02)

    async def post(self, path: str, body: Any = None) -> Any:
        async with self.session.post(self.url + path, json=body, headers=HEADERS) as answer:
            assert answer.status < 300, (path, answer.status, await answer.text())
            return await answer.json()

    async def page(self, path: str, language: str = "zh") -> str:
        headers = {**HEADERS, "Accept": "text/html", "Accept-Language": language}
        async with self.session.get(self.url + path, headers=headers) as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.text()

    async def ship(self, channel: str, number: str, courier: str, waybill: str) -> None:
        """The warehouse packs an order, and says so by its signed webhook."""
        (name,) = [one for one in self.wms.ledger.orders if (one[0], one[2]) == (channel, number)]
        body, headers = signed(self.wms.shipments.ship(name, courier, waybill), SECRET)
        async with self.session.post(f"{self.url}/hooks/send_waybills/wms", data=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()


@asynccontextmanager
async def open_retailer(folder: Path) -> AsyncGenerator[Retailer]:
    async with AsyncExitStack() as stack:
        wms, finance = [await stack.enter_async_context(SimulatedTarget()) for _ in range(2)]
        shops = {kind.channel: await stack.enter_async_context(kind()) for kind in SHOPS}
        session = await stack.enter_async_context(aiohttp.ClientSession())
        inbox = folder / "inbox"
        inbox.mkdir()
        connections = {
            **{name: shop.connection for name, shop in shops.items()},
            "wms": {"type": "wms", "url": wms.url}, "finance": {"type": "finance", "url": finance.url},
            "wms_hook": {"type": "http", "url": wms.url, "secret": SECRET}, "inbox": {"type": "folder", "path": str(inbox)},
            **{name: {"type": "wecom", "url": f"{finance.url}/chat"} for name in ("team_chat", "service_chat")},
        }  # fmt: skip
        service = Service(folder / "data", connections)
        service.environment["ORDERLOOM_ALLOW_FOLDERS"] = str(inbox)
        stack.push_async_callback(service.stop)
        await service.start()
        api = ServiceApi(session, service.url)
        for name in ("order_hub", "orders_from_files", "send_waybills"):
            await api.publish(name, _flow(name))
        for name in ("own_shop", "taobao"):
            shops[name].pusher.to = f"{service.url}/hooks/order_hub/{name}"
        yield Retailer(api, service.url, session, shops, wms, finance, inbox)


def _flow(name: str) -> dict[str, Any]:
    """As it comes along, but for how often one looks; and orders of files go to finance as those of the hub do."""
    flow, hub = (json.loads((ROOT / f"flows/{one}.json").read_text("utf-8")) for one in (name, "order_hub"))
    for node in flow["nodes"].values():
        if node["use"].partition("@")[0].endswith(("_poll", ".folder")):
            node["params"]["every"] = "200ms"
    if name == "orders_from_files":
        flow["nodes"] |= {slug: hub["nodes"][slug] for slug in ("mask", "to_finance")}
        flow["wires"] += ["hold.out -> mask", "hold.released -> mask", "mask -> to_finance"]
    return flow


def today() -> datetime:
    return datetime.now(UTC)
