"""A person makes a simulated shop's orders change, by keyboard and without a script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shop() -> Generator[str]:
    command = [str(Path(sys.executable).with_name("orderloom")), "simulate", "taobao"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("ready ").strip()
        process.terminate()
        process.communicate(timeout=15)


def test_an_order_is_made_and_moved_in_the_readers_language(browser: Browser, shop: str) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(f"{shop}/simulator")
    expect(page.get_by_role("heading", level=1)).to_have_text("模拟渠道: taobao")
    page.get_by_label("新订单").fill("2")
    page.get_by_role("button", name="创建").press("Enter")
    goods = page.locator("table.goods tbody tr")
    expect(goods).to_have_count(2)
    expect(goods.first).to_contain_text("100")
    rows = page.locator("table:not(.goods) tbody tr")
    expect(rows).to_have_count(2)
    first = rows.filter(has_text="4012600000000100010")
    first.get_by_role("button", name="WAIT_BUYER_CONFIRM_GOODS").click()
    expect(rows.filter(has_text="4012600000000100010").locator("code").nth(1)).to_have_text("WAIT_BUYER_CONFIRM_GOODS")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Simulated channel: taobao")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []
    context.close()
