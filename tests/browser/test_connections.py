"""A connection is set up and tested by a person in a browser, against a real warehouse system beside it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from threading import Thread

import pytest
from aiohttp.test_utils import unused_port
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from engine.testing.simulator import SimulatedTarget

from .conftest import Demo

pytestmark = pytest.mark.browser
SECRET = "right-secret-of-the-warehouse"
WRONG = "wrong-secret-of-the-warehouse"


@pytest.fixture(scope="module")
def target() -> Iterator[SimulatedTarget]:
    """In a thread with a loop of its own, as the browser's driver holds this one's."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    one = SimulatedTarget(secret=SECRET)
    asyncio.run_coroutine_threadsafe(one.start(), loop).result(timeout=10)
    yield one
    asyncio.run_coroutine_threadsafe(one.stop(), loop).result(timeout=10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=10)
    loop.close()


@pytest.fixture
def pages(page: Page) -> list[str]:
    """The text of every page and part of one that the server sends to this browser."""
    found: list[str] = []

    def pass_on(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        found.append(answer.text())
        route.fulfill(response=answer)

    page.route("**/connections**", pass_on)
    return found


def fill(page: Page, name: str, url: str, secret: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Address", exact=True).fill(url)
    page.get_by_label("Secret").fill(secret)


def test_a_newcomer_sets_a_warehouse_up_and_no_secret_ever_comes_back(page: Page, pages: list[str], target: SimulatedTarget) -> None:
    page.goto("/connections")
    page.get_by_role("link", name="Add a connection").click()
    page.get_by_role("link", name="Warehouse system (WMS)").click()
    page.evaluate("window.sameDocument = true")
    fill(page, "browser_wms", target.url, WRONG)
    page.get_by_role("button", name="Test without saving").click()
    expect(page.get_by_text("The credentials are refused (status 401).")).to_be_visible()
    expect(page.get_by_label("Secret")).to_have_value(WRONG)
    page.get_by_label("Secret").fill(SECRET)
    page.get_by_role("button", name="Test without saving").click()
    expect(page.get_by_text("The connection works")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/connections/browser_wms\?saved=1$"))
    expect(page.get_by_label("Secret")).to_have_value("")
    page.get_by_role("button", name="Test without saving").click()
    expect(page.get_by_text("The connection works")).to_be_visible()
    assert len(pages) > 6
    assert [text for text in pages if SECRET in text or WRONG in text] == []
    assert target.count == 0


def test_a_port_where_nothing_listens_is_said_to_be_so(page: Page) -> None:
    page.goto("/connections/new?kind=finance")
    page.get_by_label("Address", exact=True).fill(f"http://127.0.0.1:{unused_port()}")
    page.get_by_role("button", name="Test without saving").click()
    expect(page.get_by_text(re.compile("nothing listens on this port"))).to_be_visible()
    expect(page.get_by_text("The connection does not work")).to_be_visible()


def test_all_problems_are_shown_and_the_first_field_has_the_focus(page: Page) -> None:
    page.goto("/connections/new?kind=smtp&name=Bad")
    page.get_by_label("Port").fill("99999")
    page.get_by_label("Port").press("Enter")
    expect(page.locator(".fault-text p")).to_have_count(4)
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Port")).to_have_value("99999")


def test_a_test_from_the_list_shows_its_steps_in_place(page: Page, complaints: list[str]) -> None:
    page.goto("/connections")
    page.evaluate("window.sameDocument = true")
    card = page.locator(".connection", has=page.get_by_role("link", name="wms", exact=True))
    card.get_by_role("button", name="Test").click()
    expect(card.get_by_text("The connection works")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True
    assert complaints == []


def test_a_reader_from_the_canvas_goes_back_to_it(page: Page, target: SimulatedTarget) -> None:
    page.goto("/connections/new?kind=wms&name=from_canvas&back=%2Fflows%2Forder_hub")
    expect(page.get_by_label("Name", exact=True)).to_have_value("from_canvas")
    page.get_by_label("Address", exact=True).fill(target.url)
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/flows/order_hub$"))


def test_a_connection_is_deleted_by_keyboard(page: Page, target: SimulatedTarget) -> None:
    page.goto("/connections/new?kind=wms&name=short_lived")
    page.get_by_label("Address", exact=True).fill(target.url)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/connections/short_lived"))
    page.get_by_text("Delete this connection").press("Enter")
    page.get_by_role("button", name="Delete for good").press("Enter")
    expect(page.get_by_text("The connection short_lived is deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="short_lived")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_page_of_a_connection_is_wider_than_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/connections", "/connections/new", "/connections/new?kind=http", "/connections/new?kind=smtp", "/connections/wms"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_all_of_it_works_without_a_script(reader: BrowserContext, browser: Browser, demo: Demo, target: SimulatedTarget) -> None:
    plain = browser.new_context(java_script_enabled=False, locale="en-US", base_url=demo.url, storage_state=reader.storage_state())
    page = plain.new_page()
    page.goto("/connections/new?kind=wms")
    fill(page, "plain_wms", target.url, WRONG)
    page.get_by_role("button", name="Test without saving").click()
    expect(page.get_by_text("The credentials are refused (status 401).")).to_be_visible()
    expect(page.get_by_text("enter them again before you save")).to_be_visible()
    page.get_by_label("Secret").fill(SECRET)
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/connections/plain_wms\?saved=1$"))
    page.get_by_role("button", name="Test without saving").click()
    expect(page.get_by_text("The connection works")).to_be_visible()
    plain.close()
