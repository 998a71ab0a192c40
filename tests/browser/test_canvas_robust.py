"""The canvas holds: odd documents, refusals of the server, a lost connection, and the keyboard's focus through it all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
Opened = Callable[[str | dict[str, Any]], Canvas]
_numbers = count(1)
_CONDITION = {"use": "rule.condition@1", "params": {"when": "item.good"}}
_START = {"use": "connector.webhook@1", "params": {"key_path": "no"}}
_FOCUSED = "((one) => one === document.body ? 'nothing' : one.id || one.ariaLabel || one.textContent)(document.activeElement)"


def document(**more: Any) -> dict[str, Any]:
    nodes = {"start": _START, "good": _CONDITION, "kept": {"use": "transform.keep_fields@1", "params": {"fields": ["no"]}}}
    wires = ["start -> good", "good.yes -> kept", "good.no -> kept"]
    test = {"name": "kept ones", "trigger": "start", "input": [{"no": "1"}], "expect": {"kept": {"items": []}}}
    return {"format": 1, "nodes": nodes, "wires": wires, "layout": {"good": "2,1", "kept": "3,1", "start": "1,1"}, "tests": [test], **more}


@pytest.fixture
def opened(reader: BrowserContext, page: Page, demo: Demo) -> Opened:
    """Opens a draft of its own, as somebody may have written it: by hand, or by a program."""

    def open_it(draft: str | dict[str, Any]) -> Canvas:
        name = f"robust_{next(_numbers)}"
        text = draft if isinstance(draft, str) else json.dumps({"name": name, **draft})
        headers = {"Authorization": f"Bearer {demo.key}", "Content-Type": "application/json", "If-None-Match": "*"}
        answer = reader.request.put(f"/api/flows/{name}/draft", data=text.encode(), headers=headers)
        assert answer.ok, answer.text()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"/flows/{name}/canvas")
        expect(page.locator(".editor, .undrawable").first).to_be_visible()
        return Canvas(page)

    return open_it


@pytest.fixture
def faults(page: Page) -> list[str]:
    """What no part of the page caught."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def side(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Settings")


def retitle(page: Page, title: str) -> None:
    page.get_by_role("button", name="Flow settings").click()
    page.get_by_label("Title in English").fill(title)
    page.get_by_role("button", name="Close this panel").click()


def focus_is(page: Page, name: str) -> None:
    page.wait_for_function(f"(name) => {_FOCUSED}.trim() === name", arg=name)


def test_nodes_may_be_called_like_what_every_object_has(opened: Opened, faults: list[str]) -> None:
    nodes = {"start": _START, "constructor": _CONDITION, "toString": _CONDITION}
    canvas = opened(document(nodes=nodes, wires=["start -> constructor"], layout={}, tests=[]))
    for slug in ("constructor", "toString"):
        canvas.select(slug)
        expect(side(canvas.page).locator(".side-kind")).to_contain_text(slug)
        for tab in ("Wires", "Data", "Settings"):
            side(canvas.page).get_by_role("tab", name=tab).click()
    canvas.select("constructor")
    side(canvas.page).get_by_label("Condition").first.fill("item.no == ")
    canvas.page.get_by_role("button", name="Outline").click()
    expect(canvas.page.locator("#outline-constructor")).to_be_visible()
    assert faults == []


def test_a_node_is_renamed_to_constructor(opened: Opened) -> None:
    canvas = opened(document())
    canvas.select("good")
    side(canvas.page).get_by_role("button", name="Change the name in the document").click()
    side(canvas.page).get_by_role("textbox", name="Name in the document").fill("constructor")
    canvas.page.keyboard.press("Enter")
    expect(canvas.box("constructor")).to_be_visible()
    expect(canvas.wire("constructor.yes -> kept")).to_be_attached()


@pytest.mark.parametrize(
    "odd",
    [
        {"title": {"en": {"a": 1}}, "description": {"en": ["a"]}},
        {"title": "text", "nodes": {"good": {**_CONDITION, "title": {"en": {"a": 1}}}, "kept": {"use": {"a": 1}, "title": 5, "params": 5}}},
        {"nodes": {"good": _CONDITION, "a": None, "b": 5, "c": {}}, "wires": ["good -> a", "a -> good", 5, None]},
        {"nodes": {"good": {**_CONDITION, "params": {"when": {"a": 1}}, "policy": 5, "disabled": "yes"}}},
        {"nodes": {"good": _CONDITION}, "wires": 5, "tests": [None], "groups": [None], "layout": 5, "constants": 5},
        {"nodes": {"good": _CONDITION}, "wires": "a -> b", "tests": 5, "groups": 5, "layout": [1]},
    ],
    ids=["title", "texts", "nodes", "params", "lists", "parts"],
)
def test_an_odd_document_is_drawn_as_far_as_it_goes_and_saved_as_it_is(opened: Opened, faults: list[str], odd: dict[str, Any]) -> None:
    canvas = opened({"format": 1, **odd})
    page = canvas.page
    page.get_by_role("button", name="Flow settings").click()
    expect(side(page).get_by_role("heading", name="Flow settings")).to_be_visible()
    if "nodes" in odd:
        for slug in [slug for slug, node in odd["nodes"].items() if isinstance(node, dict)]:
            page.locator(".zoom button").last.click()
            canvas.settle()
            canvas.select(slug)
            for tab in ("Wires", "Data", "Settings"):
                side(page).get_by_role("tab", name=tab).click()
    for drawer in (re.compile("problem"), "Test run"):
        page.locator(".editor-bar").get_by_role("button", name=drawer).click()
        expect(page.locator(".drawer")).to_be_visible()
    page.get_by_role("tab", name="Tests").click()
    page.get_by_role("button", name="Outline").click()
    expect(page.get_by_role("heading", name="Outline", exact=True)).to_be_visible()
    page.get_by_role("combobox", name="Add a node").select_option(label="Switch")
    page.get_by_role("combobox", name="Behind").select_option(value="")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".standing")).to_contain_text("Draft saved")
    flow = page.url.split("/")[-2]
    kept = page.request.get(f"/api/flows/{flow}/draft").json()
    for part, value in odd.items():
        if part not in ("nodes", "layout"):
            assert kept[part] == value
    assert {slug: kept["nodes"][slug] for slug in odd.get("nodes", {})} == odd.get("nodes", {})
    expect(page.locator(".part-fault")).to_have_count(0)
    assert faults == []


@pytest.mark.parametrize("draft", ["{}", '{"nodes": null}', '{"nodes": {}, "wires": null}'])
def test_a_document_without_nodes_is_an_empty_board(opened: Opened, faults: list[str], draft: str) -> None:
    canvas = opened(draft)
    canvas.page.locator('.palette-item[data-use="rule.condition@1"]').dblclick()
    expect(canvas.box("condition")).to_be_visible()
    assert faults == []


@pytest.mark.parametrize(
    "draft",
    [
        '{"nodes": [1, 2]}',
        '{"nodes": "many"}',
        '{"nodes": {"a": {"use": "rule.condition@1"}, "a": {"use": "rule.switch@1"}}}',
        '{"nodes": {"__proto__": {"use": "rule.condition@1"}}}',
    ],
)
def test_what_cannot_be_drawn_says_why_and_leads_to_the_page_of_the_flow(opened: Opened, faults: list[str], draft: str) -> None:
    page = opened(draft).page
    expect(page.get_by_role("heading", name="This flow cannot be drawn")).to_be_visible()
    expect(page.locator(".undrawable .problem").first).to_be_visible()
    flow = page.url.split("/")[-2]
    assert page.request.get(f"/api/flows/{flow}/draft?exact=true").text() == draft
    page.get_by_role("link", name="Page of the flow").click()
    expect(page).to_have_url(re.compile(f"/flows/{flow}$"))
    assert faults == []


def test_a_fault_in_one_part_leaves_the_others_and_is_tried_again(opened: Opened) -> None:
    canvas = opened(document())
    page = canvas.page
    page.route("**/check", lambda route: route.fulfill(json={"problems": [], "fields": {"good": 5}, "types": {}}))
    with page.expect_response("**/check"):
        retitle(page, "Checked anew")
    canvas.select("good")
    expect(page.locator(".part-fault")).to_contain_text("This part could not be shown.")
    expect(canvas.box("good")).to_be_visible()
    canvas.select("kept")
    expect(side(page).locator(".side-kind")).to_contain_text("kept")
    expect(page.locator(".part-fault")).to_have_count(0)


def test_versions_that_cannot_be_fetched_are_no_versions_that_are_not_there(opened: Opened) -> None:
    page = opened(document()).page
    page.route("**/versions", lambda route: route.abort())
    page.get_by_role("button", name="Versions").click()
    expect(page.locator(".drawer")).to_contain_text("The server does not answer.")
    expect(page.locator(".drawer")).not_to_contain_text("Nothing is published yet.")
    page.unroute("**/versions")
    page.locator(".drawer").get_by_role("button", name="Try again").click()
    expect(page.locator(".drawer")).to_contain_text("Nothing is published yet.")
    assert page.evaluate(_FOCUSED) != "nothing"


def test_a_refused_stream_is_told_and_taken_up_again(opened: Opened, page: Page) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=401, json={"problems": []})

    page.route("**/live", refuse)
    page.route("**/versions", refuse)
    opened(document())
    expect(page.locator(".standing")).to_contain_text("Not connected: numbers stand still")
    expect(page.locator(".notice")).to_contain_text("The sign-in is over. Open the address with the key again in another tab")
    page.unroute("**/live")
    page.unroute("**/versions")
    expect(page.locator(".standing")).not_to_contain_text("Not connected", timeout=15_000)
    expect(page.locator(".notice")).to_have_count(0)


def test_choices_that_the_server_does_not_answer_say_so(opened: Opened, faults: list[str], reader: BrowserContext, demo: Demo) -> None:
    page = opened(document()).page
    flow = page.url.split("/")[-2]
    headers = {"Authorization": f"Bearer {demo.key}"}
    assert reader.request.put(f"/api/flows/{flow}/draft", data=document(name=flow), headers=headers).ok
    retitle(page, "Mine")
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Somebody else changed this draft")
    page.route("**/draft?*", lambda route: route.abort())
    for choice in ("Continue with the other draft", "Save mine in its place"):
        dialog.get_by_role("button", name=choice).click()
        expect(dialog).to_contain_text("The server does not answer.")
    page.unroute("**/draft?*")
    dialog.get_by_role("button", name="Save mine in its place").click()
    expect(page.get_by_text("Your draft is saved in place of the other.")).to_be_visible()
    expect(page.locator(".notice").filter(has_text="Somebody else saved")).to_have_count(0)
    assert faults == []


def test_in_the_outline_nothing_is_lost_silently_and_the_focus_goes_on(opened: Opened) -> None:
    page = opened(document()).page
    page.get_by_role("button", name="Outline").press("Enter")
    expect(page.locator(".palette")).to_have_count(0)
    page.locator("#outline-good").get_by_role("button", name="Connect Condition").press("Enter")
    page.wait_for_function("() => document.activeElement.closest('#side .connect-form') !== null")
    page.locator("#outline-good").get_by_role("button", name="Remove Condition").press("Enter")
    page.wait_for_function("() => document.activeElement.closest('#outline-kept .outline-name') !== null")
    page.locator("#outline-kept").get_by_role("button", name="Remove Keep fields").press("Enter")
    expect(page.locator(".notice")).to_contain_text("kept ones")
    page.wait_for_function("() => document.activeElement.closest('.outline-add') !== null")
    page.get_by_role("button", name="Canvas").click()
    expect(page.locator(".palette")).to_be_visible()


def test_the_focus_never_falls_to_the_page_itself(opened: Opened) -> None:
    canvas = opened(document())
    page = canvas.page
    canvas.box("kept").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(canvas.box("kept")).to_have_count(0)
    focus_is(page, "stage")
    undo = page.get_by_role("button", name="Undo")
    undo.press("Enter")
    expect(undo).to_be_disabled()
    focus_is(page, "Undo")
    undo.press("Enter")
    canvas.box("kept").focus()
    page.keyboard.press("Control+y")
    focus_is(page, "stage")
    page.get_by_role("button", name="Save draft").press("Enter")
    expect(page.locator(".standing")).to_contain_text("Draft saved")
    focus_is(page, "Save draft")
    canvas.select("good")
    side(page).get_by_role("button", name="Change the name in the document").press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement !== document.body")


def test_an_entry_gets_what_is_typed_and_no_more(opened: Opened) -> None:
    nodes = {"start": _START, "set": {"use": "transform.set_fields@1", "params": {"fields": {"shop": '"a"'}}}}
    canvas = opened(document(nodes=nodes, wires=["start -> set"], layout={}, tests=[]))
    page = canvas.page
    canvas.select("set")
    for key, value in (("note", '"urgent"'), ("5", '"five"')):
        side(page).get_by_role("button", name=re.compile("^Add to")).first.press("Enter")
        page.keyboard.type(key)
        page.keyboard.press("Enter")
        page.keyboard.type(value)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".standing")).to_contain_text("Draft saved")
    flow = page.url.split("/")[-2]
    kept = page.request.get(f"/api/flows/{flow}/draft").json()["nodes"]["set"]["params"]["fields"]
    assert kept == {"shop": '"a"', "note": '"urgent"', "5": '"five"'}


def test_boxes_far_out_are_found(opened: Opened) -> None:
    layout = {"start": "1,1", "good": "99999999,1", "kept": "2,-99999999"}
    canvas = opened(document(layout=layout))
    expect(canvas.page.locator(".react-flow__node").first).to_be_attached()
    canvas.fit()
    for slug in layout:
        expect(canvas.box(slug)).to_be_in_viewport()
    expect(canvas.page.get_by_role("button", name="Save draft")).to_be_disabled()


def test_wires_from_several_ports_are_told_apart(opened: Opened) -> None:
    canvas = opened(document())
    for port, title in (("yes", "Yes"), ("no", "No")):
        expect(canvas.wire(f"good.{port} -> kept")).to_have_attribute("aria-label", f"Wire from Condition › {title} to Keep fields")
    expect(canvas.wire("start -> good")).to_have_attribute("aria-label", re.compile("^Wire from [^›]* to Condition$"))


def test_the_outline_stays_when_the_language_changes(opened: Opened) -> None:
    page = opened(document()).page
    page.get_by_role("button", name="Outline").click()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="大纲", exact=True)).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Outline", exact=True)).to_be_visible()


def test_thousands_of_nodes_are_pasted_in_a_moment(opened: Opened) -> None:
    page = opened(document()).page
    nodes = {f"node_{n}": _CONDITION for n in range(3000)}
    piece = {"nodes": nodes, "wires": [], "layout": {f"node_{n}": f"{n % 55},{n // 55}" for n in range(3000)}}
    took = page.evaluate(
        """(text) => new Promise((done) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const began = performance.now();
          dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true }));
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        })""",
        json.dumps(piece),
    )
    expect(side(page)).to_contain_text("3000 selected")
    assert took < 6000
