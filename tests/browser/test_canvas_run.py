"""Test runs, data on the wires and past runs on the canvas."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, BrowserContext, Locator, Page, expect

from tests.browser.conftest import once_orders_are_done

pytestmark = pytest.mark.browser
CLEAR_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "small",
    "title": {"en": "Small", "zh": "小流程"},
    "nodes": {
        "plain": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
        "kept": {"use": "transform.keep_fields@1", "params": {"fields": ["no", "good"]}},
        "rest": {"use": "transform.keep_fields@1", "params": {"fields": ["no"]}},
    },
    "wires": ["plain -> good", "good.yes -> kept", "good.no -> rest"],
    "layout": {"plain": "1,1", "good": "2,1", "kept": "3,1", "rest": "3,2"},
    "tests": [
        {"name": "a good one is kept", "trigger": "plain", "input": [{"no": "1", "good": True}], "expect": {"rest": {"items": []}}},
        {"name": "a wrong belief", "trigger": "plain", "input": [{"no": "1", "good": True}], "expect": {"rest": {"items": [{"no": "1"}]}}},
    ],
}


@pytest.fixture(scope="module")
def keyed(demo: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {demo.key}"}


@pytest.fixture
def api(reader: BrowserContext) -> APIRequestContext:
    return reader.request


@pytest.fixture
def small(api: APIRequestContext, keyed: dict[str, str]) -> str:
    """A flow whose condition parks every item without a field ``good``; in use, with an intact draft."""
    known = api.get("/api/flows/small/draft", headers=keyed)
    guard = {"If-Match": known.headers["etag"]} if known.ok else {"If-None-Match": "*"}
    without_tests = {**FLOW, "tests": FLOW["tests"][:1]}
    assert api.put("/api/flows/small/draft", data=without_tests, headers={**keyed, **guard}).ok
    answer = api.post("/api/flows/small/publication", data={"note": "for the tests"}, headers=keyed)
    assert answer.ok, answer.text()
    etag = api.get("/api/flows/small/draft", headers=keyed).headers["etag"]
    assert api.put("/api/flows/small/draft", data=FLOW, headers={**keyed, "If-Match": etag}).ok
    return "small"


def deliver(api: APIRequestContext, **item: Any) -> str:
    """The id of the event, which is that of its run."""
    answer = api.post("/hooks/small/plain", data=item)
    assert answer.ok, answer.text()
    return answer.json()["event"]


def opened(page: Page, flow: str, tab: str = "Test run") -> Locator:
    """The canvas with the drawer open at a tab; gives the drawer."""
    page.goto(f"/flows/{flow}/canvas")
    page.get_by_role("button", name="Test run").click()
    page.get_by_role("tab", name=tab, exact=True).click()
    return page.locator(".drawer")


def node(page: Page, slug: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{slug}"]')


def run_own(page: Page, drawer: Locator, text: str) -> None:
    drawer.get_by_label("Start with").select_option("own")
    drawer.get_by_label("One object as the shop sends it").fill(text)
    drawer.get_by_role("button", name="Run", exact=True).click()


def test_a_recent_order_is_tried_and_every_box_says_what_reached_it(page: Page, complaints: list[str]) -> None:
    once_orders_are_done(page)
    drawer = opened(page, "order_hub")
    expect(drawer.locator("optgroup").first).to_have_attribute("label", "Recent orders (masked)")
    recent = drawer.locator("optgroup").first.locator("option").filter(has_text="Own shop").first
    drawer.get_by_label("Start with").select_option(recent.get_attribute("value"))
    drawer.get_by_role("button", name="Run", exact=True).click()
    expect(drawer.get_by_role("status").first).to_contain_text(re.compile(r"\d+ of \d+ steps reached"))
    expect(drawer.get_by_role("status").first).to_contain_text("nothing was sent")
    drawer.get_by_role("button", name="Clean", exact=True).click()
    expect(node(page, "clean")).to_contain_text("1 in")
    side = page.locator(".side")
    expect(side.locator('[data-port="out"]')).to_contain_text("channel_order_id")
    side.locator('[data-port="out"] summary').filter(has_text="receiver").click()
    expect(side.locator('[data-port="out"]')).to_contain_text("phone")
    assert not CLEAR_PHONE.search(side.inner_text())
    assert complaints == []


def test_a_call_is_captured_with_address_and_body(page: Page) -> None:
    drawer = opened(page, "order_hub")
    option = drawer.locator("option").filter(has_text="an everyday own shop order").first
    drawer.get_by_label("Start with").select_option(option.get_attribute("value"))
    drawer.get_by_role("button", name="Run", exact=True).click()
    drawer.get_by_role("button", name="To the warehouse").click()
    call = page.locator(".data-call")
    expect(call).to_contain_text("wms:/orders")
    expect(call).to_contain_text("Captured")
    expect(call).to_contain_text("OWN-0001")


def test_a_changed_flow_makes_the_result_stale_and_one_click_runs_it_again(page: Page, small: str) -> None:
    drawer = opened(page, small)
    run_own(page, drawer, '{"no": "1", "good": true}')
    expect(drawer.locator(".step-rows tbody tr")).to_have_count(3)
    node(page, "kept").click()
    page.locator("#stage").press("Delete")
    expect(drawer.get_by_text("The flow was changed since")).to_be_visible()
    drawer.locator(".trial-stale").get_by_role("button", name="Run again").click()
    expect(drawer.locator(".step-rows tbody tr")).to_have_count(2)
    expect(drawer.get_by_text("The flow was changed since")).to_have_count(0)


def test_moving_a_box_leaves_the_result_as_it_is(page: Page, small: str) -> None:
    drawer = opened(page, small)
    run_own(page, drawer, '{"no": "1", "good": true}')
    node(page, "kept").click()
    node(page, "kept").press("ArrowDown")
    expect(page.get_by_role("button", name="Undo: Move")).to_be_enabled()
    expect(drawer.get_by_text("The flow was changed since")).to_have_count(0)
    drawer.get_by_role("button", name="Clear").click()
    expect(drawer.locator(".step-rows")).to_have_count(0)


def test_several_orders_are_chosen_one_by_one(page: Page, small: str) -> None:
    drawer = opened(page, small)
    run_own(page, drawer, '[{"no": "1", "good": true}, {"no": "2", "good": false}]')
    expect(node(page, "rest")).to_contain_text("Not reached")
    drawer.get_by_role("combobox", name="Order", exact=True).select_option("1")
    expect(node(page, "rest")).to_contain_text("1 in")
    expect(node(page, "kept")).to_contain_text("Not reached")


def test_a_failure_shows_at_its_node_with_the_reason(page: Page, small: str) -> None:
    drawer = opened(page, small)
    run_own(page, drawer, '{"no": "1"}')
    expect(drawer.get_by_role("status").first).to_contain_text("Failures: 1")
    drawer.locator('[data-step="good"] button').click()
    expect(page.locator(".data .problem")).to_contain_text('There is no field "good" here.')


def test_what_is_no_json_is_named_before_anything_is_sent(page: Page, small: str) -> None:
    drawer = opened(page, small)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/test-runs") else None)
    run_own(page, drawer, "{no: 1}")
    expect(drawer.get_by_role("alert")).to_contain_text("This is not JSON")
    expect(drawer.get_by_role("alert")).to_be_in_viewport()
    assert asked == []


def test_own_data_are_kept_as_a_test_and_a_red_test_can_be_removed(page: Page, small: str) -> None:
    drawer = opened(page, small)
    run_own(page, drawer, '{"no": "9", "good": true}')
    drawer.get_by_role("button", name="Keep as a test").click()
    page.get_by_role("button", name="Show the tests").click()
    drawer.get_by_role("button", name="Run the tests").click()
    expect(drawer.locator(".test")).to_have_count(3)
    expect(drawer.locator('.test[data-green="true"]')).to_have_count(2)
    red = drawer.locator('.test[data-green="false"]')
    expect(red).to_contain_text("a wrong belief")
    expect(red.locator(".differences")).to_contain_text("rest › items")
    red.get_by_role("button", name="Remove test").click()
    expect(drawer.locator(".test")).to_have_count(2)
    expect(drawer.get_by_role("status")).to_have_text("All tests are green (2)")


def test_an_incident_of_the_running_flow_leads_from_its_box_to_its_run(page: Page, api: APIRequestContext, small: str) -> None:
    run = deliver(api, no="X1")
    page.goto(f"/flows/{small}/canvas")
    node(page, "good").get_by_role("button", name="open incident").click()
    link = page.locator(".open-incident").get_by_role("link", name=f"Look at run {run}")
    link.click()
    expect(page).to_have_url(re.compile(rf"run={run}&step=good$"))
    expect(page.locator(".side .open-incident")).to_contain_text('There is no field "good" here.')


def test_a_parked_run_is_sent_on_from_the_canvas(page: Page, api: APIRequestContext, small: str, complaints: list[str]) -> None:
    run = deliver(api, no="X2")
    page.goto(f"/flows/{small}/canvas?run={run}&step=good")
    drawer, incident = page.locator(".drawer"), page.locator(".side .open-incident")
    expect(drawer.locator(".run-timeline li").last).to_contain_text("Parked: There is no field")
    expect(node(page, "good").locator(".card-mark.err")).to_be_visible()
    incident.get_by_role("button", name="Skip").click()
    expect(drawer.locator(".run-timeline li").last).to_contain_text("The run is done.")
    expect(drawer.locator(".past-run-list")).to_contain_text("Done")
    expect(page.locator(".side .open-incident")).to_have_count(0)
    expect(page.locator(".side")).to_contain_text("Skipped")
    assert complaints == []


def test_an_order_is_given_up_on_the_canvas_after_a_question(page: Page, api: APIRequestContext, small: str) -> None:
    run = deliver(api, no="X4")
    page.goto(f"/flows/{small}/canvas?run={run}&step=good")
    incident = page.locator(".side .open-incident")
    expect(incident.get_by_role("button", name="Cancel the run")).to_be_hidden()
    incident.get_by_text("Give up the order").click()
    incident.get_by_role("button", name="Cancel the run").click()
    expect(page.locator(".drawer .past-run-list")).to_contain_text("Cancelled")
    expect(page.locator(".side .open-incident")).to_have_count(0)


def test_the_timeline_leads_to_the_node(page: Page, api: APIRequestContext, small: str) -> None:
    run = deliver(api, no="X3", good=True)
    page.goto(f"/flows/{small}/canvas?run={run}")
    expect(page.locator(".run-timeline li").last).to_contain_text("The run is done.")
    page.locator(".run-timeline").get_by_role("button", name="Webhook").click()
    expect(page.locator(".side")).to_contain_text(f"Run {run}")
    expect(node(page, "plain")).to_have_class(re.compile(r"\bselected\b"))


def test_another_run_is_picked_and_unsaved_changes_survive_the_look(page: Page, api: APIRequestContext, small: str) -> None:
    first, second = deliver(api, no="Y1", good=True), deliver(api, no="Y2", good=True)
    drawer = opened(page, small, "Runs")
    node(page, "rest").click()
    page.locator("#stage").press("Delete")
    drawer.get_by_role("link", name=first).click()
    expect(page).to_have_url(re.compile(rf"run={first}$"))
    page.get_by_role("combobox", name="Run", exact=True).select_option(second)
    expect(page).to_have_url(re.compile(rf"run={second}$"))
    page.get_by_role("link", name="Edit the draft").click()
    expect(page.get_by_text("Your unsaved changes are back.")).to_be_visible()
    expect(node(page, "rest")).to_have_count(0)


def test_the_runs_of_the_flow_renew_themselves_and_are_filtered(page: Page, api: APIRequestContext, small: str) -> None:
    drawer = opened(page, small, "Runs")
    run = deliver(api, no="Z1")
    expect(drawer.get_by_role("link", name=run)).to_be_visible()
    drawer.get_by_label("State").select_option("parked")
    expect(drawer.locator("tbody .badge").first).to_have_text("Parked")
    expect(drawer.locator("tbody .badge").filter(has_text="Done")).to_have_count(0)


def test_the_drawer_is_worked_by_keyboard(page: Page, small: str) -> None:
    drawer = opened(page, small)
    page.get_by_role("tab", name="Test run").press("ArrowRight")
    expect(page.get_by_role("tab", name="Tests", exact=True)).to_be_focused()
    expect(drawer.get_by_role("button", name="Run the tests")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Versions")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_a_run_that_is_not_there_is_a_page_of_its_own(page: Page, small: str) -> None:
    answer = page.goto(f"/flows/{small}/canvas?run=1")
    assert answer is not None
    assert answer.status == 404
