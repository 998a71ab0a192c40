"""Stock and parcels as people see them: a real service, a real warehouse and a courier's pushes, Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.prepared import goods

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page_with_goods(page: Page, demo: Demo) -> Page:
    page.goto(f"{demo.url}/?key={demo.key}")
    goods(page.request, demo)
    return page


def test_a_short_sku_is_seen_and_its_limit_is_changed(page_with_goods: Page, demo: Demo) -> None:
    page = page_with_goods
    page.goto(f"{demo.url}/stock")
    row = page.get_by_role("row").filter(has_text="CUP-01")
    expect(row.get_by_text("Short", exact=True)).to_be_visible()
    row.get_by_role("link", name="CUP-01").click()
    expect(page.get_by_role("row").filter(has_text="HZ1")).to_contain_text("warehouse")
    page.get_by_label("At least so many units").fill("many")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("stock.bad_limit")).to_be_visible()
    page.get_by_label("At least so many units").fill("2")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("status")).to_contain_text("The limits are kept.")
    page.get_by_role("link", name="Stock").first.click()
    expect(page.get_by_role("heading", name="Stock", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="CUP-01")).to_have_count(0)


def test_a_parcel_that_does_not_move_is_found_by_its_number_which_is_never_shown(page_with_goods: Page, demo: Demo) -> None:
    page = page_with_goods
    page.goto(f"{demo.url}/parcels")
    expect(page.get_by_role("row").filter(has_text="0013")).to_contain_text(re.compile(r"6\d h"))
    page.get_by_text("Find by waybill number…").click()
    page.get_by_label("Waybill number, whole").fill("yt0000000000013")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.get_by_role("heading", name="Its way")).to_be_visible()
    expect(page.locator(".timeline li").first).to_contain_text("Problem")
    assert "YT0000000000013" not in page.content().upper()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_contain_text("YT*********0013")
