"""What a flow says beside its nodes: constants, how long its runs are kept, texts; and the bar of the canvas on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Locator, Page, expect

from tests.browser import proofs
from tests.browser.canvas import Canvas
from tests.browser.conftest import Demo, wait_until
from tests.browser.everywhere import Opened

pytestmark = pytest.mark.browser
_numbers = count(1)
_ORDER = {"no": "1", "good": True, "pieces": 20}
_READS = "item.pieces >= flow.constants.many"


def document(name: str, **more: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "name": name,
        "nodes": {
            "start": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
            "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
        },
        "wires": ["start -> good"],
        "layout": {"good": "2,1", "start": "1,1"},
        "tests": [{"name": "ok", "trigger": "start", "input": [_ORDER], "expect": {"good": {"items": [_ORDER]}}}],
        **more,
    }


@pytest.fixture
def api(reader: BrowserContext) -> APIRequestContext:
    return reader.request


def drawn(page: Page, api: APIRequestContext, demo: Demo, width: int = 1280, **more: Any) -> Canvas:
    """A flow of its own, as a draft."""
    name = f"settings_{next(_numbers)}"
    headers = {"Authorization": f"Bearer {demo.key}", "If-None-Match": "*"}
    answer = api.put(f"/api/flows/{name}/draft?form=canonical", data=document(name, **more), headers=headers)
    assert answer.ok, answer.text()
    page.set_viewport_size({"width": width, "height": 800})
    canvas = Canvas(page).open(name)
    expect(canvas.box("start")).to_be_visible()
    return canvas


def settings(page: Page) -> Locator:
    """Opened by the keyboard."""
    page.get_by_role("button", name="Flow settings").press("Enter")
    panel = page.get_by_role("complementary", name="Settings")
    expect(panel.get_by_role("heading", name="Flow settings")).to_be_visible()
    return panel


def add_constant(panel: Locator, name: str, value: str) -> None:
    keyboard = panel.page.keyboard
    panel.get_by_role("button", name="Add to Constants").press("Enter")
    expect(panel.get_by_role("combobox", name="Name").or_(panel.get_by_role("textbox", name="Name")).last).to_be_focused()
    keyboard.type(name)
    keyboard.press("Enter")
    expect(panel.get_by_role("textbox", name=f"Value of {name}")).to_be_focused()
    keyboard.type(value)


def kept(page: Page) -> str:
    """The text of the document as the server has it."""
    page.reload()
    return page.evaluate("JSON.parse(document.getElementById('page').textContent).document")


def problems_at(panel: Locator, path: str) -> Locator:
    return panel.locator(f'[data-path="{path}"] > .setting-problems')


def test_constants_and_kept_runs_are_set_read_published_and_stand_in_the_document_as_one_writes_it(
    page: Page, api: APIRequestContext, demo: Demo, complaints: list[str]
) -> None:
    canvas = drawn(page, api, demo)
    panel = settings(page)
    add_constant(panel, "many", "12")
    add_constant(panel, "far", '["Tibet", "Xinjiang"]')
    panel.get_by_label("Days after their end").fill("14")
    panel.get_by_label("Number of runs").fill("50000")
    page.get_by_role("button", name="Undo: Change Number of runs").click()
    expect(panel.get_by_label("Number of runs")).to_have_value("")
    page.get_by_role("button", name="Redo: Change Number of runs").click()
    canvas.fit()
    canvas.select("good")
    condition = page.get_by_role("complementary", name="Settings").get_by_role("textbox", name="Condition", exact=True)
    condition.fill("item.pieces >= flow.")
    condition.press_sequentially("constants.ma")
    page.keyboard.press("Enter")
    expect(condition).to_have_value(_READS)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".standing")).to_contain_text("Draft saved")
    page.locator(".editor-bar").get_by_role("button", name="Publish").click()
    page.get_by_label("What changed?").fill("constants")
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".standing")).to_contain_text("Published: version 1")
    written = kept(page)
    assert written.partition('  "nodes"')[0].splitlines()[-2:] == [
        '  "constants": {"many": 12, "far": ["Tibet", "Xinjiang"]},',
        '  "keep": {"days": 14, "runs": 50000},',
    ]
    assert f'"when": "{_READS}"' in written
    assert complaints == []


def test_problems_stand_beside_the_field_and_lead_there(page: Page, api: APIRequestContext, demo: Demo) -> None:
    drawn(page, api, demo, constants={"many": 12}, keep={"days": 14})
    panel = settings(page)
    panel.get_by_label("Days after their end").fill("0")
    expect(problems_at(panel, "keep/days").locator("[data-code='document.invalid']")).to_be_visible()
    page.get_by_role("button", name="Close this panel").click()
    page.locator(".editor-bar").get_by_role("button", name="1 problem").click()
    page.locator(".problem-row").click()
    expect(panel.get_by_label("Days after their end")).to_be_focused()
    panel.get_by_label("Days after their end").fill("")
    panel.get_by_role("textbox", name="Value of many").fill("")
    expect(problems_at(panel, "keep/days")).to_have_count(0)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".standing")).to_contain_text("Draft saved")
    assert '"keep"' not in kept(page)


def test_a_constant_that_is_taken_away_is_missed_where_it_is_read(page: Page, api: APIRequestContext, demo: Demo) -> None:
    nodes = {**document("x")["nodes"], "good": {"use": "rule.condition@1", "params": {"when": _READS}}}
    drawn(page, api, demo, constants={"many": 12}, nodes=nodes)
    settings(page).get_by_role("button", name="Remove many").click()
    page.locator(".editor-bar").get_by_role("button", name="1 problem").click()
    page.locator(".problem-row").click()
    field = page.get_by_role("complementary", name="Settings").get_by_role("textbox", name="Condition", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name=re.compile("^Undo: Change Constants")).click()
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_a_part_that_cannot_be_fetched_says_so_and_nothing_is_lost(page: Page, api: APIRequestContext, demo: Demo) -> None:
    canvas = drawn(page, api, demo)
    canvas.select("good")
    page.keyboard.press("Delete")
    page.route("**/main.parts/**", lambda route: route.abort())
    page.get_by_role("button", name="Flow settings").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be fetched")
    page.unroute("**/main.parts/**")
    page.get_by_role("button", name="Load the page again").click()
    expect(page.get_by_text("Your unsaved changes are back.")).to_be_visible()
    expect(canvas.box("good")).to_have_count(0)
    expect(settings(page).get_by_label("Title in English")).to_be_visible()


LOOKS = (("zh", "dark", 390, "流程设置"), ("en", "light", 1280, "Flow settings"))


@pytest.mark.parametrize(("language", "scheme", "width", "button"), LOOKS, ids=["phone", "desk"])
def test_the_settings_of_a_flow_can_be_read_in_both_languages_and_schemes(
    opened: Opened, api: APIRequestContext, demo: Demo, language: str, scheme: str, width: int, button: str
) -> None:
    page = opened(language, scheme)
    drawn(page, api, demo, width, constants={"many": 12, "far": ["Tibet"]}, keep={"days": 0})
    if width == 390:
        page.locator("[popovertarget]").click()
        assert proofs.untranslated(page, language) == []
    page.get_by_role("button", name=button).click()
    expect(page.locator('[data-path="keep/days"] .setting-problems')).to_be_visible()
    found = [proofs.untranslated(page, language), proofs.overflow(page), proofs.barriers(page)]
    assert found == [[], [], []]


@pytest.fixture
def phone(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(locale="en-US", base_url=demo.url, viewport={"width": 390, "height": 844}, has_touch=True)
    context.request.get(f"/?key={demo.key}")
    yield context.new_page()
    context.close()


def test_on_a_phone_the_whole_flow_is_in_view_under_two_rows_of_tools_and_the_rest_is_in_a_menu(phone: Page) -> None:
    canvas = Canvas(phone).open("order_hub")
    expect(phone.locator(".react-flow__node").first).to_be_visible()
    canvas.settle()
    assert phone.locator(".editor-bar").bounding_box()["height"] < 2 * 46  # type: ignore[index]
    wait_until(phone, """() => [...document.querySelectorAll(".react-flow__node")].every((box) => {
      const { left, right, top, bottom } = box.getBoundingClientRect();
      return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;
    })""")  # fmt: skip
    shown = phone.evaluate("document.querySelectorAll('.react-flow__node').length")
    assert shown == len(phone.request.get("/api/flows/order_hub/versions/1").json()["document"]["nodes"])
    menu = phone.get_by_role("group", name="More")
    expect(menu).to_have_count(0)
    phone.get_by_role("button", name="More").tap()
    expect(menu.get_by_role("button")).to_have_count(5)
    menu.get_by_role("button", name="Flow settings").tap()
    expect(menu).to_have_count(0)
    panel = phone.get_by_role("complementary", name="Settings")
    expect(panel.get_by_label("Days after their end")).to_be_attached()
    assert panel.evaluate("(element) => element.scrollWidth <= element.clientWidth && element.clientWidth === innerWidth")
