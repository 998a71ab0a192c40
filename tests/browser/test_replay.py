"""Before publishing: from the dialog on the canvas to what the orders of today would become, with the keyboard where it matters."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, once_orders_are_done

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000


def test_before_publishing_a_draft_its_effect_on_past_orders_is_seen(page: Page, demo: Demo, complaints: list[str]) -> None:
    once_orders_are_done(page)
    api, headers = page.context.request, {"Authorization": f"Bearer {demo.key}"}
    draft = api.get("/api/flows/order_hub/versions/1", headers=headers).json()["document"]
    draft["nodes"]["tag"]["params"]["high_from"] = "1"
    assert api.put("/api/flows/order_hub/draft", data=draft, headers={**headers, "If-None-Match": "*"}).ok
    page.goto("/flows/order_hub/canvas")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="See first what past orders would become").click()
    page.wait_for_url("**/replays?**")
    page.get_by_label("Orders that came in").select_option("today")
    page.get_by_role("button", name="Compare").press("Enter")
    expect(page.get_by_role("heading", name="Orders that differ")).to_be_visible(timeout=PATIENCE)
    summary = page.locator("details.step > summary").first
    summary.press("Enter")
    first = page.locator("details.step[open]").first
    row = first.get_by_role("row").filter(has_text="body.priority").first
    expect(row.get_by_role("cell").nth(1)).to_have_text("normal")
    expect(row.get_by_role("cell").nth(2)).to_have_text("high")
    first.get_by_role("link", name="The past run").click()
    page.wait_for_url("**/runs/*")
    assert complaints == []
