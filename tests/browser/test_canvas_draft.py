"""Drafts and versions: saved under guard, two people at once, published with a note, looked at, gone back to; languages and colours."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
_numbers = count(1)


def document(name: str) -> dict[str, Any]:
    return {
        "format": 1,
        "name": name,
        "title": {"en": "Draft trial", "zh": "草稿试验"},
        "nodes": {
            "start": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
            "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
        },
        "wires": ["start -> good"],
        "layout": {"good": "2,1", "start": "1,1"},
        "tests": [
            {"name": "ok", "trigger": "start", "input": [{"no": "1", "good": True}], "expect": {"good": {"items": [{}], "match": "subset"}}}
        ],
    }  # fmt: skip


@pytest.fixture
def keyed(demo: Demo) -> dict[str, str]:
    return {"Authorization": f"Bearer {demo.key}"}


@pytest.fixture
def api(reader: BrowserContext) -> APIRequestContext:
    return reader.request


@pytest.fixture
def flow(api: APIRequestContext, keyed: dict[str, str]) -> str:
    """A flow of its own for each test, as a draft."""
    name = f"draft_trial_{next(_numbers)}"
    answer = api.put(f"/api/flows/{name}/draft?form=canonical", data=document(name), headers={**keyed, "If-None-Match": "*"})
    assert answer.ok, answer.text()
    return name


@pytest.fixture
def colleague(browser: Browser, demo: Demo) -> Iterator[Page]:
    """Somebody else, at another machine."""
    context = browser.new_context(locale="en-US", base_url=demo.url, viewport={"width": 1440, "height": 900})
    context.request.get(f"/?key={demo.key}")
    yield context.new_page()
    context.close()


def opened(page: Page, flow: str) -> Canvas:
    page.set_viewport_size({"width": 1440, "height": 900})
    canvas = Canvas(page).open(flow)
    expect(canvas.box("start")).to_be_visible()
    return canvas


def retitle(page: Page, title: str) -> None:
    page.get_by_role("button", name="Flow settings").click()
    page.get_by_label("Title in English").fill(title)
    page.get_by_role("button", name="Close this panel").click()


def title_kept(api: APIRequestContext, flow: str) -> str:
    return api.get(f"/api/flows/{flow}/draft").json()["title"]["en"]


def save(page: Page) -> None:
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".standing")).to_contain_text("Draft saved")


def publish(page: Page, note: str) -> None:
    page.locator(".editor-bar").get_by_role("button", name="Publish").click()
    page.get_by_label("What changed?").fill(note)
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_flow_is_made_opened_from_the_list_and_gets_its_first_node(page: Page, complaints: list[str]) -> None:
    page.goto("/flows/new-flow")
    page.get_by_label("Title").fill("Made by hand")
    page.get_by_role("button", name="Make it and open the canvas").click()
    expect(page.locator(".react-flow")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Made by hand")
    expect(page.locator(".empty-hint")).to_contain_text("Drag a trigger here first")
    item = page.locator('.palette-item[data-use="connector.webhook@1"]')
    item.focus()
    page.keyboard.press("Enter")
    expect(Canvas(page).box("webhook")).to_be_visible()
    save(page)
    page.goto("/flows")
    page.locator("li").filter(has_text="Made by hand").get_by_role("link", name="Open the canvas").click()
    expect(Canvas(page).box("webhook")).to_be_visible()
    assert complaints == []


def test_a_draft_is_saved_and_found_again(page: Page, api: APIRequestContext, flow: str) -> None:
    opened(page, flow)
    retitle(page, "Saved once")
    expect(page.locator(".standing")).to_contain_text("Not saved")
    save(page)
    assert title_kept(api, flow) == "Saved once"
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved once")
    expect(page.get_by_role("button", name="Save draft")).to_be_disabled()


def test_a_second_editor_is_told_at_once_and_shown_the_other_draft(page: Page, colleague: Page, flow: str) -> None:
    opened(page, flow)
    opened(colleague, flow)
    retitle(page, "By the first")
    save(page)
    notice = colleague.locator(".notice").filter(has_text="Somebody else saved this draft just now")
    expect(notice).to_be_visible(timeout=15_000)
    expect(page.locator(".notice").filter(has_text="Somebody else")).to_have_count(0)
    notice.get_by_role("button", name="Show it").click()
    expect(colleague.get_by_role("heading", level=1)).to_have_text("By the first")
    expect(notice).to_have_count(0)


def test_two_editors_never_overwrite_each_other_unasked(page: Page, colleague: Page, api: APIRequestContext, flow: str) -> None:
    opened(page, flow)
    opened(colleague, flow)
    retitle(colleague, "By the second")
    retitle(page, "By the first")
    save(page)
    colleague.keyboard.press("Control+s")
    dialog = colleague.get_by_role("dialog", name="Somebody else changed this draft")
    expect(dialog).to_be_visible()
    assert title_kept(api, flow) == "By the first"
    expect(colleague.get_by_role("heading", level=1)).to_have_text("By the second")
    with colleague.expect_download() as download:
        dialog.get_by_role("button", name="Download mine as a file").click()
    assert json.loads(download.value.path().read_text("utf-8"))["title"]["en"] == "By the second"
    dialog.get_by_role("button", name="Save mine in its place").click()
    expect(colleague.get_by_text("Your draft is saved in place of the other.")).to_be_visible()
    assert title_kept(api, flow) == "By the second"
    expect(page.locator(".notice").filter(has_text="Somebody else saved this draft just now")).to_be_visible(timeout=15_000)


def test_the_other_draft_is_taken_and_ones_own_is_one_undo_away(page: Page, colleague: Page, flow: str) -> None:
    opened(page, flow)
    opened(colleague, flow)
    retitle(colleague, "By the second")
    retitle(page, "By the first")
    save(page)
    colleague.keyboard.press("Control+s")
    colleague.get_by_role("dialog").get_by_role("button", name="Continue with the other draft").click()
    expect(colleague.get_by_role("heading", level=1)).to_have_text("By the first")
    colleague.get_by_role("button", name="Undo: Take over the other draft").click()
    expect(colleague.get_by_role("heading", level=1)).to_have_text("By the second")


def test_a_server_that_does_not_answer_costs_nothing(page: Page, flow: str) -> None:
    opened(page, flow)
    retitle(page, "Kept in the page")
    page.route("**/draft?*", lambda route: route.abort())
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Nothing is lost: your changes are still here.")).to_be_visible()
    expect(page.locator(".standing")).to_contain_text("Not saved")
    page.unroute("**/draft?*")
    save(page)


def test_what_hinders_a_publication_is_named_and_nothing_is_published(page: Page, api: APIRequestContext, flow: str) -> None:
    opened(page, flow)
    page.locator('.palette-item[data-use="rule.condition@1"]').dblclick()
    expect(Canvas(page).box("condition")).to_be_attached()
    page.locator(".editor-bar").get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What changed?").fill("too early")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.locator(".dialog-problems")).to_contain_text("condition")
    assert api.get(f"/api/flows/{flow}/versions").json()["items"] == []
    dialog.get_by_role("button", name="Show the problems").click()
    expect(page.locator(".drawer")).to_contain_text('The parameter "when" is missing.')


def test_versions_are_published_with_a_note_looked_at_and_gone_back_to(page: Page, api: APIRequestContext, flow: str) -> None:
    opened(page, flow)
    publish(page, "the beginning")
    expect(page.locator(".standing")).to_contain_text("Published: version 1")
    retitle(page, "The second one")
    publish(page, "a better title")
    expect(page.locator(".standing")).to_contain_text("Published: version 2")

    page.get_by_role("button", name="Versions").click()
    rows = page.locator(".drawer tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("a better title")
    expect(rows.first).to_contain_text("in use")
    expect(rows.last).to_contain_text("the beginning")
    rows.last.get_by_role("button", name="Publish again").click()
    expect(page.get_by_label("What changed?")).to_have_value("Back to version 1")
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(rows).to_have_count(3)
    expect(page.locator(".standing")).to_contain_text("Published: version 3")
    expect(page.get_by_role("heading", level=1)).to_have_text("The second one")
    newest = api.get(f"/api/flows/{flow}/versions/3").json()["document"]
    assert newest["title"]["en"] == "Draft trial"

    rows.last.get_by_role("link", name="Look at").click()
    expect(page.locator(".standing")).to_contain_text("Version 1, read only")
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft trial")
    expect(page.locator(".palette")).to_have_count(0)


def test_an_earlier_version_is_taken_into_the_draft(page: Page, flow: str) -> None:
    opened(page, flow)
    publish(page, "the beginning")
    retitle(page, "Changed since")
    page.get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="Take over into the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft trial")
    page.get_by_role("button", name=re.compile("Undo: Take over version 1")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Changed since")


def test_a_version_that_somebody_else_published_is_told(page: Page, api: APIRequestContext, keyed: dict[str, str], flow: str) -> None:
    opened(page, flow)
    answer = api.post(f"/api/flows/{flow}/publication", data={"note": "elsewhere"}, headers=keyed)
    assert answer.ok, answer.text()
    expect(page.get_by_text("Version 1 was published by somebody else.")).to_be_visible(timeout=15_000)
    expect(page.locator(".standing")).to_contain_text("Published: version 1")


def test_the_language_changes_and_what_was_not_saved_comes_back(page: Page, flow: str) -> None:
    opened(page, flow)
    retitle(page, "Not saved yet")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("button", name="发布")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("草稿试验")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not saved yet")
    expect(page.locator(".standing")).to_contain_text("Not saved")


def test_the_colours_change_at_once_and_stay(page: Page, flow: str) -> None:
    opened(page, flow)
    background: Callable[[], str] = lambda: page.evaluate("getComputedStyle(document.querySelector('.editor-bar')).backgroundColor")  # noqa: E731
    page.get_by_role("button", name="Colours: as the system says").click()
    light = background()
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="Colours: light").click()
    expect(page.locator(".react-flow")).to_have_class(re.compile(r"\bdark\b"))
    assert background() != light
    page.reload()
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    expect(page.locator(".react-flow")).to_have_class(re.compile(r"\bdark\b"))
    page.get_by_role("button", name="Colours: dark").click()
