"""An order is followed from its push to warehouse and finance on its passport, in both languages, on a desk and on a phone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.testing.channel import KeptOrder
from tests.browser import proofs
from tests.browser.conftest import wait_until
from tests.browser.test_calls import Targets
from tests.designer.api.test_serve import Server
from tests.whole.retailer import OUYANG, RetailShop

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HUB = Path(__file__).parents[2] / "flows" / "order_hub.json"
CLEAR = ("19900001234", "１９９－００００－１２３４", "１９９００００１２３４", "欧阳示例", "示例路１２８号")
SAID = {
    "en": {
        "number": "Order number", "heading": "Order {number}", "happened": "What happened", "to_ship": "To ship", "shipped": "Shipped",
        "versions": "Versions that came", "first": "First version", "newer": "Newer version",
        "way": ("accepted", "took up a new order", "status 201.", "status 201, at attempt 2", "run is done"),
    },
    "zh": {
        "number": "订单号", "heading": "订单 {number}", "happened": "处理过程", "to_ship": "待发货", "shipped": "已发货",
        "versions": "收到的版本", "first": "首个版本", "newer": "更新的版本",
        "way": ("事件已接收", "已收录新订单", "返回状态码 201", "第 2 次尝试，对方返回状态码 201", "运行已完成"),
    },
}  # fmt: skip
DONE = """async ([number, count]) => {
  const runs = (await (await fetch(`/api/runs?order=${number}`)).json()).items;
  return runs.length === count && runs.every((run) => run.state === "done");
}"""

BEYOND = """() => {
  const out = [...document.querySelectorAll(".facts dd *, .table td > *, .timeline li > *")].filter((one) => {
    const cell = one.closest("dd, td, li").getBoundingClientRect(), own = one.getBoundingClientRect();
    return own.right > cell.right + 1 || own.bottom > cell.bottom + 1;
  });
  const labels = [...document.querySelectorAll("td[data-label]")].filter(
    (one) => parseFloat(getComputedStyle(one, "::before").height) > one.getBoundingClientRect().height + 1);
  return [...out, ...labels].map((one) => one.textContent);
}"""
"""What sticks out of its cell, and so lies on its neighbour."""


class LongNumbers(RetailShop):
    """As those of Taobao are."""

    buyers = (OUYANG,)

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        _, event = super().draft(number, at)
        long = f"OWN-{number:017}"
        return long, {**event, "data": {**event["data"], "order_no": long}}


class House(Targets):
    """With the shop whose orders are pushed."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = LongNumbers()
        self.do(self.shop.start())

    async def sell(self) -> KeptOrder:
        (order,) = self.shop.create()
        await self.shop.pusher.settled()
        return order

    async def ship(self, number: str) -> None:
        """Two seconds later by the shop's clock, as it tells its changes in whole seconds."""
        self.shop.clock_off += timedelta(seconds=2)
        self.shop.move(number, "shipped")
        await self.shop.pusher.settled()

    def close(self) -> None:
        self.do(self.shop.stop())
        super().close()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    made = House()
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    urls = {"wms": house.wms.url, "finance": house.finance.url}
    connections = {name: {"type": name, "url": url} for name, url in urls.items()}
    connections |= {"own_shop": house.shop.connection, "team_chat": {"type": "wecom", "url": house.finance.url}}
    environment = {f"ORDERLOOM_CONNECTION_{name.upper()}": json.dumps(one) for name, one in connections.items()}
    server = Server(tmp_path_factory.mktemp("followed") / "data", ORDERLOOM_ALLOW_PRIVATE="127.0.0.0/8", **environment)
    server.ask("PUT", "/api/flows/order_hub/draft", hub_of_one_channel())
    server.ask("POST", "/api/flows/order_hub/publication", {"note": "first"})
    house.shop.pusher.to = f"{server.url}/hooks/order_hub/own_shop"
    yield server
    server.end()


def hub_of_one_channel() -> dict[str, Any]:
    """As its README says: the channels that one does not sell on are taken away."""
    flow = json.loads(HUB.read_text("utf-8"))
    gone = {slug for slug in flow["nodes"] if slug.partition("_")[0] in ("taobao", "jd", "pinduoduo", "shopify", "woocommerce")}
    gone.add("own_shop_fetched")
    flow["nodes"] = {slug: node for slug, node in flow["nodes"].items() if slug not in gone}
    flow["wires"] = [wire for wire in flow["wires"] if not gone & {end.partition(".")[0] for end in wire.split(" -> ")}]
    flow["layout"] = {slug: place for slug, place in flow["layout"].items() if slug not in gone}
    flow["tests"] = [test for test in flow["tests"] if test["trigger"] == "own_shop"]
    return flow


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_an_order_is_followed_from_its_push_to_warehouse_and_finance(
    browser: Browser, server: Server, house: House, language: str, width: int
) -> None:
    said, look = SAID[language], {"viewport": {"width": width, "height": 900}, "locale": {"zh": "zh-CN", "en": "en-US"}[language]}
    context = browser.new_context(base_url=server.url, **look)
    context.request.get(f"/?key={server.key}")
    page = context.new_page()
    house.wms.fail_next(1)
    number = house.do(house.sell()).id
    page.goto("/health/live")
    wait_until(page, DONE, [number, 1])

    page.goto("/orders")
    page.get_by_label(said["number"]).fill(number)
    page.get_by_label(said["number"]).press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.locator("#list").get_by_role("link", name=number, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said["heading"].format(number=number))
    expect(page.locator("header.head")).to_contain_text(said["to_ship"])
    _shows_the_way(page, language, said["way"])
    assert [one.status for one in house.wms.received if one.order["channel_order_id"] == number] == [201]
    assert house.finance.ledger.versions == {**house.finance.ledger.versions, ("own_shop", "own_shop", number): _version(page)}

    house.do(house.ship(number))
    wait_until(page, DONE, [number, 2])
    page.reload()
    expect(page.locator("header.head")).to_contain_text(said["shipped"])
    versions = page.get_by_role("region", name=said["versions"]).locator("tbody tr")
    expect(versions).to_contain_text([said["newer"], said["first"]])
    assert house.wms.ledger.orders[("own_shop", "own_shop", number)]["status"] == "shipped"
    _looks_right(page, f"followed_{language}_{width}", language)
    for list_of in ("calls", "runs"):
        page.goto(f"/{list_of}?order={number}")
        expect(page.locator("#list tbody tr").first).to_be_visible()
        assert page.evaluate(BEYOND) == [], page.url
        page.goto(page.locator(f"#list tbody a[href^='/{list_of}/']").first.get_attribute("href") or "")
        expect(page.locator("dl.facts").first).to_be_visible()
        assert page.evaluate(BEYOND) == [], page.url
    context.close()


def _shows_the_way(page: Page, language: str, way: tuple[str, ...]) -> None:
    """Each of these, in this order; finance and warehouse are told at the same time, so their two may change places."""
    region = page.get_by_role("region", name=SAID[language]["happened"])
    expect(region.locator("li")).to_have_count(len(way))
    told = region.locator("li").all_inner_texts()
    assert all(any(what in one for one in told) for what in way), told
    assert [way[0] in told[0], way[1] in told[1], way[-1] in told[-1]] == [True] * 3, told


def _version(page: Page) -> str:
    return page.locator("td.version").first.inner_text()


def _looks_right(page: Page, name: str, language: str) -> None:
    """The receiver with stars, nothing in clear, nothing of the other language, nothing that sticks out or shuts people out."""
    expect(page.get_by_text("欧*** 199****1234")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert [word for word in CLEAR if word in page.content()] == []
    if folder := os.environ.get("ORDERLOOM_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert page.evaluate(BEYOND) == []
    assert (proofs.untranslated(page, language), proofs.overflow(page)) == ([], [])
    assert proofs.barriers(page) == []
