"""Reading with filters, and making a flow, as a person does it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Demo, held_back, once_orders_are_done

pytestmark = pytest.mark.browser


@pytest.fixture
def busy(page: Page) -> Page:
    """Once orders have gone all the way."""
    once_orders_are_done(page)
    return page


@pytest.fixture
def eastern(browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """A reader in Shanghai whose browser has been nowhere yet."""
    context = browser.new_context(locale="en-US", timezone_id="Asia/Shanghai", base_url=demo.url)
    context.request.get(f"/?key={demo.key}")
    yield context
    context.close()


def test_filters_hold_together_stay_in_the_address_and_are_cleared(busy: Page, complaints: list[str]) -> None:
    page = busy
    page.goto("/runs")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Flow", exact=True).select_option("order_hub")
    expect(page).to_have_url(re.compile(r"/runs\?flow=order_hub$"))
    page.get_by_label("State").select_option("done")
    page.get_by_label("Time").select_option("hour")
    expect(page).to_have_url(re.compile(r"/runs\?flow=order_hub&status=done&within=hour$"))
    active = page.get_by_role("group", name="Active filters")
    expect(active.locator("a.taken")).to_have_count(3)
    assert page.evaluate("window.sameDocument") is True
    page.reload()
    expect(page.get_by_label("State")).to_have_value("done")
    active.get_by_text("Done").click()
    expect(page).to_have_url(re.compile(r"/runs\?flow=order_hub&within=hour$"))
    page.get_by_role("link", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"/runs$"))
    expect(page.get_by_role("group", name="Active filters")).to_have_count(0)
    assert complaints == []


def test_a_period_of_ones_own_opens_two_fields_and_narrows(busy: Page) -> None:
    page = busy
    page.goto("/events")
    expect(page.get_by_label("From (")).to_be_hidden()
    page.get_by_label("Time").select_option("own")
    page.get_by_label("Until (").fill("2020-01-01T00:00")
    page.get_by_label("Until (").press("Enter")
    expect(page.get_by_text("No event fits these filters")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/events\?within=own&until=2020-01-01T00%3A00$"))
    page.locator(".empty").get_by_role("link", name="Clear filters").click()
    expect(page.locator("#list tbody tr").first).to_be_visible()


def test_the_way_back_leads_to_the_filters_before(busy: Page) -> None:
    page = busy
    page.goto("/orders")
    page.get_by_label("Status", exact=True).select_option("awaiting_fulfillment")
    expect(page).to_have_url(re.compile(r"status=awaiting_fulfillment$"))
    page.get_by_label("Priority").select_option("low")
    expect(page.get_by_text("No order fits these filters")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/orders\?status=awaiting_fulfillment$"))
    expect(page.locator("#list tbody tr").first).to_be_visible()


def test_filters_work_without_a_script(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-US", base_url=demo.url)
    context.request.get(f"/?key={demo.key}")
    page = context.new_page()
    page.goto("/runs")
    page.get_by_label("State").select_option("failed")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No run fits these filters")).to_be_visible()
    expect(page.get_by_text("All times are UTC.")).to_be_visible()
    context.close()


def test_times_come_on_the_readers_clock_from_the_first_page_on(eastern: BrowserContext, busy: Page) -> None:
    page = eastern.new_page()
    page.goto("/runs?status=done")
    expect(page.get_by_text("Times are those of Asia/Shanghai.")).to_be_visible()
    time = page.locator("tbody time").first
    hour = int((time.inner_text().split()[-1]).split(":")[0])
    utc = int((time.get_attribute("datetime") or "")[11:13])
    assert (hour - utc) % 24 == 8


def test_a_zone_costs_one_load_more_and_only_once(eastern: BrowserContext) -> None:
    page = eastern.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    page.goto("/flows")
    expect(page.locator("html")).to_have_attribute("data-zone", "Asia/Shanghai")
    assert len(asked) == 2
    page.goto("/nodes")
    assert len(asked) == 3


def test_a_flow_is_made_by_its_title_alone(page: Page, demo: Demo) -> None:
    page.goto("/flows")
    page.get_by_role("link", name="New flow").click()
    title = page.get_by_label("Title")
    expect(title).to_be_focused()
    title.press_sequentially("Orders at night")
    expect(page.get_by_label("Name")).to_have_attribute("placeholder", "orders_at_night")
    page.get_by_role("button", name="Make it and open the canvas").click()
    expect(page).to_have_url(f"{demo.url}/flows/orders_at_night/canvas")
    page.goto("/flows")
    expect(page.get_by_role("heading", name="Orders at night")).to_be_visible()


def test_a_title_typed_before_the_page_was_whole_suggests_a_name_too(page: Page) -> None:
    held = held_back(page, "**/suggest_name.js")
    page.goto("/flows/new-flow", wait_until="commit")
    page.get_by_label("Title").press_sequentially("Orders at night")
    held[0].continue_()
    expect(page.get_by_label("Name")).to_have_attribute("placeholder", "orders_at_night")


def test_a_name_that_is_taken_is_said_beside_the_form(page: Page) -> None:
    page.goto("/flows/new-flow")
    page.get_by_label("Title").fill("Something else")
    page.get_by_label("Name").fill("order_hub")
    page.get_by_role("button", name="Make it and open the canvas").click()
    expect(page.get_by_text("There is a flow called order_hub already.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Something else")


def test_an_old_version_is_published_again_by_keyboard(page: Page) -> None:
    page.goto("/flows")
    document = page.request.get("/api/flows/order_hub/versions/1").json()["document"]
    document["title"]["en"] = "Order hub, second try"
    origin = {"Origin": page.url.partition("/flows")[0]}
    page.request.put("/api/flows/order_hub/draft", data=document, headers=origin)
    assert page.request.post("/api/flows/order_hub/publication", data={"note": "second"}, headers=origin).status == 201
    page.goto("/flows/order_hub")
    expect(page.get_by_text("Title, description, constants or how long runs are kept changed")).to_be_visible()
    page.get_by_role("button", name="Roll back… Version 1").press("Enter")
    ask = page.get_by_role("dialog", name="Publish version 1 again?")
    expect(ask.get_by_label("Note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(ask).to_be_hidden()
    page.get_by_role("button", name="Roll back… Version 1").press("Enter")
    ask.get_by_label("Note").fill("the first was better")
    page.keyboard.press("Enter")
    expect(page.get_by_text("the first was better")).to_be_visible()
    expect(page.locator("tr", has_text="In use")).to_contain_text("Version 3")


def test_a_row_is_a_card_on_a_phone_and_nothing_is_cut(busy: Page) -> None:
    page = busy
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/runs", "/events", "/orders"):
        page.goto(path)
        expect(page.locator("#list tbody tr").first).to_be_visible()
        cut = "[...document.querySelectorAll('#list td, #list th')].filter((e) => e.getBoundingClientRect().right > innerWidth).length"
        assert page.evaluate(cut) == 0, path
