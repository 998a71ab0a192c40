from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import proofs
from tests.browser.conftest import held_back, once_orders_are_done

pytestmark = pytest.mark.browser
PATHS = (
    "/", "/flows", "/flows/order_hub", "/runs", "/events", "/incidents", "/orders", "/nodes", "/nodes/rule.decision_table@1",
    "/connections", "/audit",
)  # fmt: skip
CLEAR_PHONE = re.compile(r"(?<![\da-f])1[3-9]\d{9}(?![\da-f])|555-01\d\d")
"""Eleven digits in the middle of a digest are no number."""


def first_link(page: Page, path: str, selector: str) -> str:
    page.goto(path)
    return page.locator(selector).first.get_attribute("href") or ""


def every_path(page: Page) -> list[str]:
    once_orders_are_done(page)
    return [*PATHS, first_link(page, "/orders", "td a.num"), first_link(page, "/runs?status=done", "td a.num")]


@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("zh", "zh-CN")])
def test_pages_load_without_a_complaint_and_without_a_clear_phone_number(
    page: Page, complaints: list[str], language: str, lang: str
) -> None:
    page.goto("/")
    if language == "zh":
        page.get_by_role("button", name="中文").click()
    for path in every_path(page):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        expect(page.locator("html")).to_have_attribute("lang", lang)
        assert not CLEAR_PHONE.search(page.content()), path
    assert complaints == []


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_page_is_wider_than_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in every_path(page):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_language_is_switched_where_one_is(page: Page) -> None:
    page.goto("/runs?status=done")
    page.get_by_role("button", name="中文").click()
    expect(page).to_have_url(re.compile(r"/runs\?status=done$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("运行")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")


def test_the_colour_scheme_is_switched(page: Page) -> None:
    page.goto("/flows")
    colours: list[str] = []
    for name in ("Light", "Dark"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(246, 247, 249)", "rgb(17, 22, 29)"]


def test_the_counts_of_the_overview_move_without_a_reload(page: Page, complaints: list[str]) -> None:
    page.goto("/")
    page.evaluate("window.sameDocument = true")
    seen = [page.locator("#accepted").inner_text()]
    for _ in range(2):
        expect(page.locator("#accepted")).not_to_have_text(seen[-1], timeout=20_000)
        seen.append(page.locator("#accepted").inner_text())
    assert sorted(seen, key=int) == seen
    assert page.evaluate("window.sameDocument") is True
    assert complaints == []


def late(route: Route) -> None:
    time.sleep(0.7)
    route.continue_()


def test_the_overview_is_live_however_late_its_parts_come(page: Page) -> None:
    page.route("**/hx-sse.min*", late)
    page.goto("/", wait_until="commit")
    seen = page.locator("#accepted").inner_text()
    expect(page.locator("#accepted")).not_to_have_text(seen, timeout=20_000)


def test_the_menu_opens_on_a_narrow_window(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/runs")
    link = page.get_by_role("navigation").get_by_role("link", name="Orders", exact=True)
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    link.click()
    expect(page).to_have_url(re.compile(r"/orders$"))


@pytest.mark.parametrize("size", [(390, 500), (1280, 400)])
def test_the_entry_of_the_open_page_is_in_view_and_reached_by_the_keyboard(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/audit")
    nav = page.get_by_role("navigation", name="Main navigation")
    if size[0] < 760:
        page.get_by_role("button", name="Menu").press("Enter")
    current = nav.get_by_role("link", name="Audit log")
    expect(current).to_have_attribute("aria-current", "page")
    expect(current).to_be_in_viewport(ratio=1)
    expect(nav.get_by_role("list", name="Service").get_by_role("link")).to_have_count(3)
    current.press("Shift+Tab")
    expect(nav.get_by_role("link", name="Delays")).to_be_focused()
    page.keyboard.press("Escape")
    if size[0] < 760:
        expect(nav).to_be_hidden()


def test_no_word_of_the_order_path_breaks_in_the_middle(page: Page) -> None:
    once_orders_are_done(page)
    page.goto("/order-path")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("cell", name="WooCommerce").first).to_be_visible()
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert proofs.broken_words(page) == [], width
    page.locator("h1").evaluate(
        "one => { one.textContent = 'WooCommerce'; one.style.inlineSize = '3em'; one.style.overflowWrap = 'anywhere'; }"
    )
    assert proofs.broken_words(page) == ["WooCommerce"]


def test_what_was_opened_stays_open_while_the_page_renews_itself(page: Page) -> None:
    page.goto("/order-path")
    table = page.locator("#path details").filter(has_text="As a table")
    table.locator("summary").click()
    mark = page.locator("#path svg").first
    for _ in range(2):
        mark.evaluate("one => one.setAttribute('data-before', '1')")
        expect(page.locator("#path svg[data-before]")).to_have_count(0)  # the drawing is the server's again
        expect(table).to_have_attribute("open", "")


def test_a_filter_renews_the_list_alone(page: Page, complaints: list[str]) -> None:
    page.goto("/runs")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("State").select_option("failed")
    expect(page.get_by_text("No run fits these filters")).to_be_visible()
    expect(page).to_have_url(re.compile(r"status=failed"))
    assert page.evaluate("window.sameDocument") is True
    assert complaints == []


def test_the_first_key_leads_to_the_content(page: Page) -> None:
    page.goto("/flows")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize("fault", ["refused", "aborted", "no stream"])
def test_the_overview_asks_again_when_its_first_connection_fails(page: Page, fault: str) -> None:
    refused: list[str] = []
    lost = [True]

    def fails(route: Route) -> None:
        if not lost:
            route.continue_()
            return
        refused.append(route.request.url)
        if fault == "aborted":
            route.abort()
        else:
            route.fulfill(status=503 if fault == "refused" else 200, content_type="text/html", body="<p>not the figures</p>")

    page.goto("/runs")  # a first page is loaded twice, for the reader's time zone
    page.route("**/live", fails)
    held = held_back(page, "**/stay_live.js")
    with page.expect_request("**/stay_live.js"):
        page.goto("/", wait_until="commit")
    accepted, notice = page.locator("#accepted"), page.locator("#not-live")
    expect(accepted).to_be_visible()
    page.wait_for_timeout(300)
    assert not refused, "asked before anyone could notice the refusal"
    before = accepted.inner_text()
    held[0].continue_()
    expect(notice).to_be_visible(timeout=20_000)
    while len(refused) < 2:
        page.wait_for_timeout(100)
    lost.clear()
    expect(accepted).not_to_have_text(before, timeout=30_000)
    expect(notice).to_be_hidden()
    expect(page.get_by_text("not the figures")).to_have_count(0)
