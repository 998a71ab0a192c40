"""The main job: somebody new changes the running demonstration, by mouse, and again by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Demo, wait_until

pytestmark = [pytest.mark.browser]
CONDITION = 'item.currency != "CNY"'
SHOPIFY_TEST = "a Shopify order reaches both targets in its own currency"


@pytest.fixture
def newcomer(page: Page, demo: Demo) -> Page:
    """Opens the address that the demonstration prints."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/?key={demo.key}")
    return page


def test_a_newcomer_changes_the_flow_by_mouse_and_the_next_orders_take_the_new_way(newcomer: Page, complaints: list[str]) -> None:
    canvas = Canvas(newcomer)
    expect(newcomer.get_by_role("heading", name="Your first change")).to_be_visible()
    canvas.settle()
    canvas.bring("rule.condition@1", 1150, 640)
    expect(canvas.box("condition")).to_be_visible()
    canvas.fit()
    canvas.connect("urgent", "no", "condition")
    expect(canvas.wire("urgent.no -> condition")).to_be_attached()
    canvas.connect("condition", "yes", "tell_team")
    expect(canvas.wire("condition.yes -> tell_team")).to_be_attached()

    mend_the_problem(newcomer)
    try_on_the_sample(newcomer)
    expect(canvas.wire("urgent.no -> condition").locator(".wire.used")).to_be_attached()
    publish(newcomer, "foreign orders are told to the team")
    newcomer.get_by_role("button", name="Close the drawer").click()
    take_the_new_way(newcomer, "condition")
    assert complaints == []


def test_the_same_works_by_keyboard_alone_in_the_outline(newcomer: Page) -> None:
    """No click, no pointer: Tab, arrows, Enter, typing and the choices of selects."""
    page = newcomer
    focus(page, "button", "Outline").press("Enter")
    expect(page.get_by_role("heading", name="Outline")).to_be_visible()
    focus(page, "combobox", "Add a node").select_option(label="Condition")
    focus(page, "combobox", "Behind").select_option(value="urgent.no")
    focus(page, "button", "Add").press("Enter")
    row = page.locator(".outline-row[data-open]")
    slug = (row.get_attribute("id") or "").removeprefix("outline-")
    expect(page.locator("#outline-urgent")).to_contain_text("Condition")

    focus(page, "tab", "Settings").press("ArrowRight")
    form = page.get_by_role("form", name="Connect")
    form.get_by_label("Connect port").select_option(value="yes")
    form.get_by_label("to node").select_option(value="tell_team")
    form.get_by_role("button", name="Connect").press("Enter")
    expect(row).to_contain_text("Tell the team")
    page.get_by_role("tab", name="Wires").press("ArrowLeft")

    mend_the_problem(page, by_keyboard=True)
    try_on_the_sample(page, by_keyboard=True)
    publish(page, "foreign orders, by keyboard", by_keyboard=True)
    focus(page, "button", "Canvas").press("Enter")
    take_the_new_way(page, slug)


def mend_the_problem(page: Page, *, by_keyboard: bool = False) -> None:
    """The bar says how many problems there are; the list says what to do; the field takes it."""
    problems = page.get_by_role("button", name="1 problem", exact=True).first
    expect(problems).to_be_visible()
    activate(problems, by_keyboard=by_keyboard)
    fault = page.locator(".drawer").get_by_role("button", name=re.compile("when")).first
    activate(fault, by_keyboard=by_keyboard)
    field = page.locator(".side").get_by_role("textbox", name="Condition", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type(CONDITION)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="No problems")).to_be_visible()


def try_on_the_sample(page: Page, *, by_keyboard: bool = False) -> None:
    activate(page.locator(".editor-bar").get_by_role("button", name="Test run"), by_keyboard=by_keyboard)
    page.get_by_label("Start with").select_option(label=SHOPIFY_TEST)
    activate(page.get_by_role("button", name="Run", exact=True), by_keyboard=by_keyboard)
    expect(page.locator(".trial")).to_contain_text(re.compile("captured"))
    expect(page.locator(".trial")).to_contain_text("Tell the team")


def publish(page: Page, note: str, *, by_keyboard: bool = False) -> None:
    activate(page.locator(".editor-bar").get_by_role("button", name="Publish"), by_keyboard=by_keyboard)
    page.get_by_label("What changed?").press_sequentially(note)
    activate(page.get_by_role("dialog").get_by_role("button", name="Publish"), by_keyboard=by_keyboard)
    expect(page.get_by_text(re.compile(r"Version \d+ is published"))).to_be_visible(timeout=20_000)


def take_the_new_way(page: Page, slug: str) -> None:
    """Counts on the box move, and the guide says that it is done: a foreign order went along the new wire."""
    clear = page.get_by_role("button", name=re.compile("^Clear"))
    if clear.count():
        clear.first.press("Enter")
    wait_until(
        page,
        """async (slug) => {
          const source = new EventSource("/api/flows/order_hub/live");
          const counts = await new Promise((done) => source.addEventListener("counts", (event) => done(JSON.parse(event.data))));
          source.close();
          return (counts.nodes[slug]?.out?.yes ?? 0) > 0;
        }""",
        slug,
    )
    expect(page.locator(".guide-end")).to_contain_text("Done", timeout=20_000)


def activate(button, *, by_keyboard: bool) -> None:
    if by_keyboard:
        button.press("Enter")
    else:
        button.click()


def focus(page: Page, role: str, name: str):
    found = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    found.focus()
    expect(found).to_be_focused()
    return found
