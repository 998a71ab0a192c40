"""Somebody who looks at the demonstration lets a shop's times slip, by keyboard alone, and sees the alarm come and go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import Demo

pytestmark = pytest.mark.browser


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("ORDERLOOM_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_zone_mistake_is_shown_from_beginning_to_end(reader: BrowserContext, demo: Demo, page: Page, complaints: list[str]) -> None:
    page.goto("/flows/order_hub/canvas?guide=true")
    page.get_by_role("link", name="Or let a shop's clock slip, and see the alarm.").press("Enter")
    expect(page.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Demonstration")).to_have_attribute(
        "aria-current", "page"
    )
    page.wait_for_load_state()
    page.get_by_role("button", name="Let its times slip by eight hours").press("Enter")
    expect(page.get_by_text("The times of Own shop lie 8:00 hours in the future")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("UTC+08:00").first).to_be_visible()
    expect(page.locator("#under-way")).to_have_text("0", timeout=15_000)
    expect(page.locator("#on-hold")).not_to_have_text("0")
    picture(page, "scene")
    end = page.get_by_role("button", name="Set its times right")
    expect(end).to_be_focused()
    phone(reader, demo)
    end.press("Enter")
    expect(page.get_by_role("status").get_by_text("Over")).to_be_visible(timeout=15_000)
    expect(page.locator("#on-hold")).to_have_text("0", timeout=15_000)
    picture(page, "scene_over")
    assert complaints == []


def phone(reader: BrowserContext, demo: Demo) -> None:
    """The same in Chinese, dark, on a phone."""
    assert reader.browser is not None
    context = reader.browser.new_context(locale="zh-CN", base_url=demo.url, viewport={"width": 390, "height": 844}, color_scheme="dark")
    context.request.get(f"/?key={demo.key}")
    page = context.new_page()
    page.goto("/demo")
    expect(page.get_by_role("button", name="恢复正确时间")).to_be_visible()
    expect(page.get_by_text("自有商城的时间超前 8:00 小时")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "scene_phone")
    context.close()
