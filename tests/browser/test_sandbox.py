"""From traffic of the demo's shops to a gradual rollout and back, by a person in the browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, once_orders_are_done

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000


def test_traffic_is_recorded_a_draft_tried_on_it_a_share_given_and_taken_back(page: Page, demo: Demo, complaints: list[str]) -> None:
    once_orders_are_done(page)
    api, headers = page.context.request, {"Authorization": f"Bearer {demo.key}"}
    page.goto("/recordings")
    page.get_by_label("Record the orders of").select_option("flow:order_hub")
    page.get_by_label("At most so many orders").fill("6")
    page.get_by_role("button", name="Begin recording").press("Enter")
    page.wait_for_url(re.compile(r"/recordings/\d+$"))
    expect(page.get_by_text("6 of at most 6")).to_be_visible(timeout=PATIENCE)
    draft = api.get("/api/flows/order_hub/versions/1", headers=headers).json()["document"]
    draft["nodes"]["tag"]["params"]["high_from"] = "1"
    draft["tests"] = []
    assert api.put("/api/flows/order_hub/draft", data=draft, headers={**headers, "If-None-Match": "*"}).ok
    page.reload()
    page.get_by_label("Try on it").select_option("draft")
    page.get_by_role("button", name="Try it in the sandbox").click()
    expect(page.get_by_role("heading", name="What changes, over all orders")).to_be_visible(timeout=PATIENCE)
    row = page.get_by_role("row").filter(has_text="body.priority").first
    expect(row.get_by_role("cell").nth(1)).to_have_text("normal")
    expect(row.get_by_role("cell").nth(2)).to_have_text("high")
    page.get_by_label("Share of the orders").select_option("50")
    page.get_by_role("button", name="A share of the orders first").click()
    expect(page.get_by_role("heading", name="50 % of the orders go through version 2")).to_be_visible()
    side = page.get_by_role("row").filter(has_text="Version 2")
    expect(side.get_by_role("cell").nth(1)).not_to_have_text("0", timeout=PATIENCE)
    page.get_by_role("button", name="Back to version 1").press("Enter")
    expect(page.get_by_role("heading", name="All orders go through version 1")).to_be_visible()
    assert api.get("/api/flows/order_hub/share", headers=headers).status == 404
    assert complaints == []
