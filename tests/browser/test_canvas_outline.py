"""The outline: everything that the canvas does, as a list, by keyboard and for screen readers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import proofs
from tests.browser.canvas import Canvas
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "outline_trial",
    "title": {"en": "Outline trial", "zh": "大纲试验"},
    "nodes": {
        "start": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
        "kept": {"use": "transform.keep_fields@1", "params": {"fields": ["no"]}},
    },
    "wires": ["start -> good", "good.yes -> kept"],
    "layout": {"good": "2,1", "kept": "3,1", "start": "1,1"},
}


@pytest.fixture
def outline(reader: BrowserContext, page: Page, demo: Demo) -> Page:
    answer = reader.request.put("/api/flows/outline_trial/draft", data=FLOW, headers={"Authorization": f"Bearer {demo.key}"})
    assert answer.ok, answer.text()
    page.set_viewport_size({"width": 1440, "height": 900})
    Canvas(page).open("outline_trial")
    page.get_by_role("button", name="Outline").press("Enter")
    expect(page.get_by_role("heading", name="Outline", exact=True)).to_be_visible()
    return page


def rows(page: Page) -> list[str]:
    return [row.removeprefix("outline-") for row in page.locator(".outline-row").evaluate_all("(all) => all.map((row) => row.id)")]


def row(page: Page, slug: str) -> Locator:
    return page.locator(f"#outline-{slug}")


def test_nodes_stand_in_the_order_of_work_with_where_they_lead(outline: Page) -> None:
    assert rows(outline) == ["start", "good", "kept"]
    expect(row(outline, "good").get_by_role("list", name="Leads to")).to_contain_text("Keep fields")
    expect(outline.get_by_text("3 nodes, 2 wires, in the order of work.")).to_be_visible()
    assert proofs.barriers(outline) == []


def test_a_node_is_added_renamed_connected_and_removed_without_a_pointer(outline: Page) -> None:
    page = outline
    page.get_by_role("combobox", name="Add a node").select_option(label="Switch")
    page.get_by_role("combobox", name="Behind").select_option(value="good.no")
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    assert rows(page)[-1] == "switch"
    side = page.get_by_role("complementary", name="Settings")
    side.get_by_role("button", name="Change the name in the document").press("Enter")
    side.get_by_role("textbox", name="Name in the document").fill("ways")
    page.keyboard.press("Enter")
    expect(row(page, "ways")).to_be_visible()
    row(page, "ways").get_by_role("button", name="Connect Switch").press("Enter")
    expect(side.get_by_role("tab", name="Wires")).to_have_attribute("aria-selected", "true")
    row(page, "ways").get_by_role("button", name="Remove Switch").press("Enter")
    assert rows(page) == ["start", "good", "kept"]
    page.get_by_role("button", name="Undo: Remove").press("Enter")
    expect(row(page, "ways")).to_be_visible()


def test_problems_stand_beside_their_node(outline: Page) -> None:
    page = outline
    page.get_by_role("combobox", name="Add a node").select_option(label="Condition")
    page.get_by_role("combobox", name="Behind").select_option(value="kept.out")
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    expect(row(page, "condition").locator(".outline-faults")).to_contain_text("when")


def test_what_is_changed_here_is_the_same_flow_on_the_canvas(outline: Page) -> None:
    page = outline
    row(page, "kept").get_by_role("button", name="Remove Keep fields").press("Enter")
    page.get_by_role("button", name="Canvas").press("Enter")
    expect(Canvas(page).box("good")).to_be_visible()
    expect(Canvas(page).box("kept")).to_have_count(0)


def test_a_test_run_shows_its_counts_in_the_rows(outline: Page) -> None:
    page = outline
    page.get_by_role("button", name="Test run").press("Enter")
    drawer = page.locator(".drawer")
    drawer.get_by_label("Start with").select_option("own")
    drawer.get_by_label("One object as the shop sends it").fill('{"no": "1", "good": true}')
    drawer.get_by_role("button", name="Run", exact=True).press("Enter")
    expect(row(page, "kept")).to_contain_text("1 in")
