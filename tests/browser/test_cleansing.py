"""Cleansing in the browser: a file of goods is imported, a suggestion accepted, the order goes on; rules are written and tried."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import wait_until
from tests.browser.test_order_hub import READY
from tests.browser.test_tasks import signed_in
from tests.designer.api.test_cleansing import CLEANSING, LINE
from tests.designer.api.test_orders import ORDER
from tests.designer.api.test_serve import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GOODS = "商品标题,规格,本公司SKU\n薰衣草 手工皂,100 克,SOAP-100\n薰衣草 手工皂,500 克,SOAP-500\n"


def test_a_line_that_nobody_knows_is_matched_by_one_click_and_a_rule_is_tried(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.ask("PUT", "/api/flows/keeping/draft", CLEANSING)
    server.ask("POST", "/api/flows/keeping/publication", {"note": "first"})
    order = {**ORDER, "order_no": "OWN-1", "lines": [LINE]}
    run = server.ask("POST", "/hooks/keeping/orders", order)["event"]
    context, page = signed_in(browser, server)

    page.goto("/cleansing/table")
    page.get_by_label("File", exact=True).set_input_files({"name": "货品.csv", "mimeType": "text/csv", "buffer": GOODS.encode("gbk")})
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Kept as version 1.")).to_be_visible()

    page.get_by_role("link", name="To be matched").click()
    expect(page.get_by_text("Waiting orders: 1")).to_be_visible()
    page.get_by_role("button", name="SOAP-100").click()
    expect(page.get_by_text("1 orders go on.")).to_be_visible()
    expect(page.get_by_text("Every SKU is known")).to_be_visible()
    wait_until(page, READY, [run])

    page.get_by_role("link", name="Rules", exact=True).click()
    page.get_by_role("link", name="Add a shop").click()
    page.get_by_label("Channel", exact=True).fill("own_shop")
    page.get_by_label("Order number", exact=True).fill("[")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is no pattern for order numbers.")).to_be_visible()
    page.get_by_label("Order number", exact=True).fill("[0-9]+")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept as version 3.")).to_be_visible()

    page.get_by_role("link", name="Try an order").click()
    page.get_by_role("link", name="Try order OWN-1").click()
    expect(page.get_by_role("heading", name="By version 3 of the rules")).to_be_visible()
    expect(page.locator("#result").get_by_text("Odd order number").first).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_text("货品.csv")).to_be_visible()
    context.close()
    server.end()
