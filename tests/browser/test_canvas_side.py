"""The side panel of the canvas: settings, expressions, wires, names; and the list of problems."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "side_trial",
    "title": {"en": "Side trial", "zh": "侧栏试验"},
    "nodes": {
        "shop": {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "big": {"use": "rule.condition@1"},
        "way": {"use": "rule.switch@1", "params": {"cases": [{"when": "size(item.lines) >", "title": "many"}]}},
        "tag": {"use": "rule.tag_order@1"},
        "mask": {"use": "transform.mask_fields@1", "params": {"fields": {"receiver.phone": "phone", "note.buyer": "text"}}},
        "to_wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "second_wms"}}},
        "tell": {"use": "notify.wecom@1", "params": {"robot": {"connection": "team_chat"}, "message": "Order"}},
    },
    "wires": ["shop -> order", "order -> big", "order -> way", "order -> tag", "order -> mask", "order -> to_wms", "order -> tell"],
    "layout": {
        "shop": "1,1", "order": "2,1", "big": "3,1", "way": "3,2", "tag": "3,3", "mask": "4,1", "to_wms": "4,2", "tell": "4,3",
    },
    "tests": [
        {"name": "long gone", "trigger": "shop", "input": [{}], "expect": {"gone": {"items": []}, "tag": {"items": []}}},
    ],
}  # fmt: skip


@pytest.fixture
def side(reader: BrowserContext, page: Page, demo: Demo) -> Canvas:
    """A flow of its own with some faults, as a draft; changes are never saved."""
    headers = {"Authorization": f"Bearer {demo.key}"}
    if not reader.request.get("/api/flows/side_trial/draft", headers=headers).ok:
        answer = reader.request.put("/api/flows/side_trial/draft", data=FLOW, headers={**headers, "If-None-Match": "*"})
        assert answer.ok, answer.text()
    page.set_viewport_size({"width": 1440, "height": 900})
    canvas = Canvas(page).open("side_trial")
    expect(canvas.box("shop")).to_be_visible()
    return canvas


def panel(canvas: Canvas) -> Locator:
    return canvas.page.get_by_role("complementary", name="Settings")


def choose(canvas: Canvas, slug: str) -> Locator:
    canvas.fit()
    canvas.select(slug)
    expect(panel(canvas).locator(".side-kind")).to_contain_text(slug)
    return panel(canvas)


def expression(form: Locator, name: str = "Condition") -> Locator:
    return form.get_by_role("textbox", name=name, exact=True)


def setting(form: Locator, path: str) -> Locator:
    return form.locator(f'[data-root="params"] [data-path="{path}"]')


def test_a_missing_condition_is_named_at_its_field_and_built_from_three_choices(side: Canvas) -> None:
    form = choose(side, "big")
    expect(setting(form, "when").locator(".setting-problems")).to_be_visible()
    form.get_by_role("combobox", name="Field to compare").fill("amount.pa")
    side.page.keyboard.press("Enter")
    form.get_by_role("combobox", name="Comparison").select_option(value=">=")
    form.get_by_label("Value to compare with").fill("500")
    side.page.keyboard.press("Enter")
    expect(expression(form)).to_have_value('money(item.amount.paid) >= money("500")')
    expect(expression(form)).to_be_focused()
    expect(setting(form, "when").locator(".setting-problems")).to_have_count(0)
    expect(form.get_by_role("group", name="Build the condition")).to_have_count(0)


def test_fixed_values_of_a_field_are_offered_by_the_builder(side: Canvas) -> None:
    form = choose(side, "big")
    form.get_by_role("combobox", name="Field to compare").fill("status")
    value = form.get_by_label("Value to compare with")
    expect(form.locator(f"datalist[id='{value.get_attribute('list')}'] option[value=shipped]")).to_be_attached()


def test_fields_are_suggested_while_an_expression_is_typed(side: Canvas) -> None:
    form = choose(side, "big")
    field = expression(form)
    field.press_sequentially("item.receiver.")
    options = form.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_be_visible()
    expect(form.get_by_role("option", name=re.compile("receiver.phone")).get_by_role("img", name=re.compile("Restricted"))).to_be_visible()
    side.page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    side.page.keyboard.press("Control+ ")
    side.page.keyboard.press("ArrowDown")
    second = options.nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", second.get_attribute("id") or "?")
    chosen = second.locator("span").first.inner_text()
    side.page.keyboard.press("Enter")
    expect(field).to_have_value(f"item.{chosen}")
    field.press_sequentially(' == "rec')
    expect(options).to_have_count(0)


def test_the_place_that_cannot_be_read_is_marked_and_told(side: Canvas) -> None:
    form = choose(side, "way")
    field = expression(form)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(setting(form, "cases/0/when").locator("mark")).to_have_count(1)
    said = form.locator(f"[id='{(field.get_attribute('aria-describedby') or '').split()[-1]}']")
    expect(said.locator("[data-code='expression.syntax']")).to_be_visible()
    field.press("End")
    field.press_sequentially(" 5")
    expect(setting(form, "cases/0/when").locator(".setting-problems")).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_half_typed_amounts_stay_as_they_are_typed(side: Canvas) -> None:
    form = choose(side, "tag")
    amount = form.get_by_label("High from")
    expect(amount).to_have_value("500")
    amount.fill("")
    expect(amount).to_have_value("")
    amount.press_sequentially("5.x")
    expect(amount).to_have_value("5.x")
    expect(setting(form, "high_from").locator(".setting-problems")).to_be_visible()
    amount.press("Backspace")
    expect(amount).to_have_value("5.")
    amount.press_sequentially("50")
    expect(amount).to_have_value("5.50")
    expect(setting(form, "high_from").locator(".setting-problems")).to_have_count(0)
    hours = form.get_by_label("Ship within hours")
    hours.press_sequentially("4x")
    expect(hours).to_have_value("4x")
    expect(setting(form, "ship_within_hours").locator(".setting-problems")).to_be_visible()


def test_one_undo_takes_back_what_was_typed_in_one_go(side: Canvas) -> None:
    form = choose(side, "tag")
    form.get_by_label("High from").fill("")
    form.get_by_label("High from").press_sequentially("750")
    side.page.get_by_role("button", name="Undo: Change High from").click()
    expect(form.get_by_label("High from")).to_have_value("500")
    expect(side.page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_a_list_is_changed_by_keyboard_and_keeps_the_focus(side: Canvas) -> None:
    form = choose(side, "tag")
    words = form.get_by_role("group", name="Keywords")
    words.get_by_role("button", name="Add to Keywords").press("Enter")
    expect(words.get_by_role("textbox", name="Keywords 3")).to_be_focused()
    side.page.keyboard.type("now")
    words.get_by_role("button", name="Move up: Keywords 3").press("Enter")
    expect(words.get_by_role("textbox", name="Keywords 2")).to_have_value("now")
    expect(words.get_by_role("button", name="Move up: Keywords 2")).to_be_focused()
    words.get_by_role("button", name="Remove: Keywords 1").press("Enter")
    expect(words.get_by_role("textbox", name="Keywords 1")).to_have_value("now")
    expect(words.get_by_role("textbox")).to_have_count(2)
    expect(side.box("tag")).to_be_visible()


def test_the_wires_of_a_switch_follow_its_cases(side: Canvas) -> None:
    """A case that goes up, or one that goes, must not send orders another way."""
    form = choose(side, "way")
    cases = form.get_by_role("group", name="Cases")
    cases.get_by_role("button", name="Add to Cases").click()
    expect(form.get_by_role("button", name=re.compile("^Move up: Cases 2"))).to_be_visible()
    side.page.get_by_role("tab", name="Wires").click()
    connect = panel(side).get_by_role("form", name="Connect")
    for port, target in (("case_1", "tag"), ("case_2", "tell")):
        connect.get_by_label("Connect port").select_option(port)
        connect.get_by_label("to node").select_option(target)
        connect.get_by_role("button", name="Connect").press("Enter")
        expect(side.wire(f"way.{port} -> {target}")).to_be_attached()
    side.page.get_by_role("tab", name="Settings").click()
    form.get_by_role("button", name=re.compile("^Move up: Cases 2")).click()
    expect(side.wire("way.case_2 -> tag")).to_be_attached()
    expect(side.wire("way.case_1 -> tell")).to_be_attached()
    form.get_by_role("button", name=re.compile("^Remove: Cases 1")).click()
    expect(side.wire("way.case_1 -> tag")).to_be_attached()
    expect(side.wire("way.case_1 -> tell")).to_have_count(0)
    side.page.get_by_role("button", name=re.compile("^Undo: Change Cases")).click()
    expect(side.wire("way.case_1 -> tell")).to_be_attached()


def test_a_field_that_an_order_does_not_have_is_named_with_the_one_that_was_meant(side: Canvas) -> None:
    form = choose(side, "big")
    expression(form).fill('money(item.amount.piad) >= money("500")')
    problem = setting(form, "when").locator(".setting-problems")
    expect(problem).to_contain_text("An order has no field amount.piad; a nearby one is amount.paid.")
    expression(form).fill('has(item.amount.piad) || money(item.amount.paid) >= money("500")')
    expect(setting(form, "when").locator(".setting-problems")).to_have_count(0)


def test_a_trigger_says_where_it_listens(side: Canvas) -> None:
    expect(choose(side, "shop").get_by_text("/hooks/side_trial/shop")).to_be_visible()


def test_a_new_connection_is_set_up_without_losing_what_was_not_saved(side: Canvas) -> None:
    form = choose(side, "tag")
    form.get_by_label("High from").fill("777")
    choose(side, "to_wms").get_by_role("link", name="Set up a new connection").click()
    expect(side.page).to_have_url(re.compile(r"/connections/new\?kind=wms"))
    side.page.get_by_label("Name", exact=True).fill("fresh_wms")
    side.page.get_by_label("Address", exact=True).fill("http://127.0.0.1:9")
    side.page.get_by_role("button", name="Save").click()
    expect(side.page.get_by_text("Your unsaved changes are back.")).to_be_visible()
    expect(choose(side, "to_wms").get_by_label("WMS").locator("option[value=fresh_wms]")).to_be_attached()
    expect(choose(side, "tag").get_by_label("High from")).to_have_value("777")


def test_an_entry_is_renamed_in_its_place_and_never_twice(side: Canvas) -> None:
    form = choose(side, "mask")
    names = form.get_by_role("combobox", name="Field", exact=True)
    names.first.fill("note.buyer")
    expect(form.get_by_text("There is one of this name already.")).to_be_visible()
    names.first.fill("receiver.name")
    side.page.keyboard.press("Enter")
    expect(names.first).to_have_value("receiver.name")
    expect(names.nth(1)).to_have_value("note.buyer")
    form.get_by_role("button", name="Add to Fields and their kinds").click()
    side.page.keyboard.type("buyer.email")
    side.page.keyboard.press("Tab")
    expect(form.get_by_label("Value of buyer.email")).to_be_focused()


def test_a_connection_is_chosen_by_name_and_a_new_one_is_there_on_return(side: Canvas, demo: Demo) -> None:
    form = choose(side, "to_wms")
    wms = form.get_by_label("WMS")
    expect(wms.locator("option:checked")).to_have_text("second_wms (not set up)")
    expect(setting(form, "wms").locator("[data-code='connection.missing']")).to_be_visible()
    link = form.get_by_role("link", name="Set up a new connection")
    expect(link).to_have_attribute("href", "/connections/new?kind=wms&back=%2Fflows%2Fside_trial%2Fcanvas")
    answer = side.page.request.put(
        "/api/connections/third_wms", data={"type": "wms", "url": "http://127.0.0.1:9"}, headers={"Authorization": f"Bearer {demo.key}"}
    )
    assert answer.ok, answer.text()
    side.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(wms.locator("option[value=third_wms]")).to_be_attached()
    wms.select_option("third_wms")
    expect(setting(form, "wms").locator(".setting-problems")).to_have_count(0)


def test_a_message_gets_places_for_values(side: Canvas) -> None:
    form = choose(side, "tell")
    message = expression(form, "Message")
    message.press("End")
    message.press_sequentially(" {{ disp")
    side.page.keyboard.press("Enter")
    expect(message).to_have_value("Order {{ item.display_no }}")


def test_nodes_are_connected_without_a_mouse_and_what_does_not_fit_says_why(side: Canvas) -> None:
    choose(side, "shop")
    side.page.get_by_role("tab", name="Settings").press("ArrowRight")
    connect = panel(side).get_by_role("form", name="Connect")
    expect(connect.get_by_role("option", name=re.compile("^Canonical order: These two are connected"))).to_be_disabled()
    expect(connect.get_by_role("option", name=re.compile("^Send to WMS: orders as the channel sends them"))).to_be_disabled()
    choose(side, "big")
    connect.get_by_label("Connect port").select_option("yes")
    connect.get_by_label("to node").select_option("tell")
    connect.get_by_role("button", name="Connect").press("Enter")
    expect(side.wire("big.yes -> tell")).to_be_attached()
    panel(side).get_by_role("button", name="Remove wire big.yes -> tell").press("Enter")
    expect(side.wire("big.yes -> tell")).to_have_count(0)


def test_a_node_is_renamed_with_its_wires_and_a_bad_name_is_refused(side: Canvas) -> None:
    form = choose(side, "big")
    form.get_by_role("button", name="Change the name in the document").press("Enter")
    name = form.get_by_role("textbox", name="Name in the document")
    for bad in ("tag", "Big", "9x"):
        name.fill(bad)
        expect(form.get_by_role("button", name="Rename", exact=True)).to_be_disabled()
    name.fill("large")
    name.press("Enter")
    expect(side.wire("order -> large")).to_be_attached()
    expect(form.locator(".side-kind")).to_contain_text("large")
    form.get_by_label("Title").fill("Large orders")
    expect(side.box("large")).to_contain_text("Large orders")


def test_failures_go_out_by_the_error_port_when_that_is_chosen(side: Canvas) -> None:
    form = choose(side, "tag")
    form.get_by_text("When it fails").click()
    form.get_by_label("What becomes of an item that fails").select_option(label="Send it out by the error port")
    expect(side.port("tag", "error")).to_be_attached()
    expect(form.locator('[data-root="policy"] [data-code="policy.route_without_wire"]')).to_be_visible()
    form.get_by_label("What becomes of an item that fails").select_option(label="Park it for a person to decide")
    expect(side.port("tag", "error")).to_have_count(0)


def test_repeating_is_for_calls_only(side: Canvas) -> None:
    choose(side, "tag").get_by_text("When it fails").click()
    expect(panel(side).get_by_label("Attempts")).to_have_count(0)
    form = choose(side, "to_wms")
    form.get_by_text("When it fails").click()
    form.get_by_label("Attempts").fill("0")
    expect(form.locator('[data-root="policy"] [data-path="retry/attempts"] .setting-problems')).to_be_visible()


def test_a_node_is_switched_off_and_deleted(side: Canvas) -> None:
    form = choose(side, "mask")
    form.get_by_role("switch", name="Switched off").check()
    expect(side.box("mask")).to_contain_text("Switched off")
    form.get_by_role("button", name="Delete node").click()
    expect(side.box("mask")).to_have_count(0)


def test_a_problem_in_the_list_leads_to_its_field(side: Canvas) -> None:
    side.page.locator(".editor-bar").get_by_role("button", name=re.compile("problem")).click()
    drawer = side.page.locator(".drawer")
    drawer.get_by_role("button", name=re.compile("expression.syntax")).click()
    expect(expression(panel(side))).to_be_focused()
    expect(panel(side).locator(".side-kind")).to_contain_text("way")


def test_a_test_that_hinders_can_be_taken_out(side: Canvas) -> None:
    side.page.locator(".editor-bar").get_by_role("button", name=re.compile("problem")).click()
    group = side.page.get_by_role("region", name="Test “long gone”")
    group.get_by_role("button", name="Remove this expectation").click()
    expect(group).to_have_count(0)
    expect(side.page.get_by_role("button", name="Undo: Remove this expectation")).to_be_enabled()


def test_the_flow_itself_has_titles_and_addresses(side: Canvas) -> None:
    side.page.get_by_role("button", name="Flow settings").click()
    about = panel(side)
    about.get_by_label("Title in English").fill("Another name")
    expect(side.page.get_by_role("heading", level=1)).to_have_text("Another name")
    expect(about.get_by_text("/hooks/side_trial/shop")).to_be_visible()
    side.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    about.get_by_role("button", name="Copy the address /hooks/side_trial/shop").click()
    assert side.page.evaluate("navigator.clipboard.readText()").endswith("/hooks/side_trial/shop")


def test_several_nodes_are_switched_off_together(side: Canvas) -> None:
    choose(side, "mask")
    side.settle()
    side.box("tag").locator(".card-names").click(modifiers=["Control"])
    expect(panel(side).get_by_role("heading", name="2 selected")).to_be_visible()
    panel(side).get_by_role("button", name="Switch off").click()
    for slug in ("mask", "tag"):
        expect(side.box(slug)).to_contain_text("Switched off")


def test_a_published_version_is_shown_and_cannot_be_changed(page: Page, complaints: list[str]) -> None:
    canvas = Canvas(page).open("order_hub", "?version=1")
    expect(canvas.box("tag")).to_be_attached()
    canvas.settle()
    canvas.box("tag").dispatch_event("click")
    form = panel(canvas)
    expect(form.get_by_label("High from")).not_to_be_editable()
    expect(form.get_by_role("switch", name="Switched off")).to_be_disabled()
    expect(form.get_by_role("button", name=re.compile("Add|Delete|Remove|Move|Change the name"))).to_have_count(0)
    assert complaints == []


def test_on_a_phone_the_board_has_the_whole_width_and_the_panel_lies_over_it(side: Canvas) -> None:
    side.page.set_viewport_size({"width": 390, "height": 844})
    expect(side.page.locator(".palette")).to_be_hidden()
    for place in (".editor-bar", "body"):
        assert side.page.locator(place).evaluate("(element) => element.scrollWidth <= element.clientWidth"), place
    choose(side, "tag")
    assert panel(side).evaluate("(element) => element.clientWidth") == 390
    side.page.keyboard.press("Escape")
    expect(panel(side)).to_have_count(0)
    expect(side.box("tag")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 1024])
def test_no_setting_is_wider_than_the_panel(side: Canvas, width: int) -> None:
    side.page.set_viewport_size({"width": width, "height": 768})
    for slug in ("way", "mask", "to_wms", "tell", "shop"):
        choose(side, slug)
        body = panel(side).locator(".side-body")
        assert body.evaluate("(element) => element.scrollWidth <= element.clientWidth"), slug
