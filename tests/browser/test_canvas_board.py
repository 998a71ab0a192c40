"""The board: boxes brought, moved, connected, copied, taken away and laid out by hand; what is saved is what a person would write."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, BrowserContext, Locator, Page, expect

from engine.flow.reader import read_flow
from engine.flow.writer import write_flow
from tests.browser.canvas import Canvas, middle
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
FLOW = write_flow(
    read_flow("""{
  "format": 1,
  "name": "board_trial",
  "title": {"en": "Board trial", "zh": "画布试验"},
  "nodes": {
    "shop": {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}},
    "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
    "big": {"use": "rule.condition@1", "params": {"when": "money(item.amount.paid) >= money(\\"500.00\\")"}},
    "tag": {"use": "rule.tag_order@1"},
    "to_wms": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}}
  },
  "wires": ["shop -> order", "order -> big", "big.yes -> to_wms"],
  "layout": {"big": "3,1", "order": "2,1", "shop": "1,1", "tag": "2,3", "to_wms": "4,1"},
  "tests": [
    {
      "name": "nothing small goes out",
      "trigger": "shop",
      "input": [{}],
      "expect": {"to_wms": {"requests": []}}
    }
  ]
}""")
)
Draft = Callable[[], str]


@pytest.fixture
def board(reader: BrowserContext, page: Page, demo: Demo) -> Canvas:
    """The same draft before each test."""
    headers = {"Authorization": f"Bearer {demo.key}", "Content-Type": "application/json"}
    answer = reader.request.put("/api/flows/board_trial/draft", data=FLOW, headers=headers)
    assert answer.ok, answer.text()
    page.set_viewport_size({"width": 1440, "height": 900})
    canvas = Canvas(page).open("board_trial")
    expect(canvas.box("shop")).to_be_visible()
    canvas.settle()
    return canvas


@pytest.fixture
def draft(reader: BrowserContext) -> Draft:
    """The text that the server keeps."""
    api: APIRequestContext = reader.request

    def text() -> str:
        answer = api.get("/api/flows/board_trial/draft?exact=true")
        assert answer.ok, answer.text()
        return answer.text()

    return text


def save(canvas: Canvas) -> None:
    canvas.page.keyboard.press("Control+s")
    expect(canvas.page.locator(".standing")).to_contain_text("Draft saved")


def boxes(canvas: Canvas) -> Locator:
    return canvas.page.locator(".react-flow__node")


def place(canvas: Canvas, slug: str) -> tuple[float, float]:
    canvas.settle()
    return middle(canvas.box(slug))


def test_the_palette_is_searched_and_shows_families_in_colours_with_icons(board: Canvas) -> None:
    palette = board.page.get_by_role("complementary", name="Node types")
    for family in ("Connectors", "Transform", "Rules", "Notify"):
        expect(palette.get_by_role("heading", name=family)).to_be_visible()
    icons = palette.locator(".palette-item .icon use")
    assert icons.count() == palette.locator(".palette-item").count() > 25
    colours = palette.locator("section").evaluate_all("(all) => all.map((one) => getComputedStyle(one).getPropertyValue('--fam'))")
    assert len(set(colours)) == len(colours)
    palette.get_by_role("searchbox").fill("wechat message")
    expect(palette.locator(".palette-item")).to_have_count(1)
    expect(palette.locator(".palette-item")).to_contain_text("WeChat Work")
    palette.get_by_role("searchbox").fill("qwertyuiop")
    expect(palette).to_contain_text("No node type is called that.")


def test_a_node_is_added_by_keyboard_behind_the_selected_one(board: Canvas) -> None:
    board.select("order")
    board.page.get_by_role("searchbox").fill("switch")
    board.page.get_by_role("searchbox").press("Enter")
    expect(board.box("switch")).to_be_visible()
    expect(board.page.locator(".side-kind")).to_contain_text("switch")
    board.page.locator('.palette-item[data-use="rule.switch@1"]').focus()
    board.page.keyboard.press("Enter")
    expect(board.box("switch_2")).to_be_attached()


def test_a_node_dropped_on_a_wire_is_led_through(board: Canvas) -> None:
    expect(board.wire("order -> big")).to_be_attached()
    start, end = middle(board.port("order")), middle(board.port("big", "in"))
    board.bring("transform.clean_order@1", (start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    expect(board.wire("order -> clean_order")).to_be_attached()
    expect(board.wire("clean_order -> big")).to_be_attached()
    expect(board.wire("order -> big")).to_have_count(0)


def test_a_wire_snaps_to_the_port_that_is_near(board: Canvas) -> None:
    x, y = middle(board.port("tag", "in"))
    board.drag(board.port("big", "no"), (x - 14, y + 10))
    expect(board.wire("big.no -> tag")).to_be_attached()


def test_a_port_of_another_type_is_refused_with_its_reason_while_drawing_and_after(board: Canvas) -> None:
    board.page.mouse.move(*middle(board.port("shop")))
    board.page.mouse.down()
    board.page.mouse.move(*middle(board.port("to_wms", "in")), steps=8)
    reason = "orders as the channel sends them leave here, but this node takes orders in canonical form"
    expect(board.page.locator(".connect-hint")).to_contain_text(reason)
    board.page.mouse.up()
    expect(board.page.locator(".notice.warn")).to_contain_text(reason)
    expect(board.wire("shop -> to_wms")).to_have_count(0)


def test_a_circle_and_a_way_into_a_trigger_are_refused(board: Canvas) -> None:
    board.drag(board.port("to_wms"), middle(board.box("order")))
    expect(board.page.locator(".notice.warn").last).to_contain_text("lead in a circle")
    board.drag(board.port("tag"), middle(board.box("shop")))
    expect(board.page.locator(".notice.warn").last).to_contain_text("nothing can lead into it")


def test_moving_a_box_changes_its_place_in_the_layout_and_nothing_else(board: Canvas, draft: Draft) -> None:
    save_not_needed = board.page.get_by_role("button", name="Save draft")
    expect(save_not_needed).to_be_disabled()
    x, y = place(board, "tag")
    board.drag(board.box("tag").locator(".card-names"), (x + 160, y + 70))
    save(board)
    before, after = FLOW.splitlines(), draft().splitlines()
    assert len(before) == len(after)
    changed = [line for line in after if line not in before]
    assert len(changed) == 1
    assert re.search(r'"tag": "2\.\d,3\.\d"', changed[0])


def test_a_hand_that_slips_a_little_still_clicks(board: Canvas, draft: Draft) -> None:
    x, y = place(board, "tag")
    board.page.mouse.move(x, y)
    board.page.mouse.down()
    board.page.mouse.move(x + 2, y + 1)
    board.page.mouse.up()
    expect(board.page.locator(".side-kind")).to_contain_text("tag")
    expect(board.page.get_by_role("button", name="Undo")).to_be_disabled()


def test_the_board_never_slips_away_under_a_click(board: Canvas) -> None:
    now = board.page.locator(".zoom-now")
    board.page.get_by_role("button", name="Zoom out").click()
    expect(now).to_have_text("83%")
    x, y = place(board, "tag")
    board.page.mouse.move(x, y)
    board.page.mouse.down()
    board.page.locator(".zoom button").last.dispatch_event("click")
    assert place(board, "tag") == pytest.approx((x, y))
    board.page.mouse.up()
    expect(board.page.locator(".side-kind")).to_contain_text("tag")
    expect(now).not_to_have_text("83%")


def test_a_box_is_moved_by_arrow_keys(board: Canvas) -> None:
    before = place(board, "tag")
    board.box("tag").focus()
    board.page.keyboard.press("Enter")
    for _ in range(4):
        board.page.keyboard.press("ArrowDown")
    after = place(board, "tag")
    assert after[1] > before[1]
    board.page.get_by_role("button", name="Undo: Move").click()
    board.settle()
    expect(board.page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_what_was_drawn_is_saved_as_a_person_would_write_it(board: Canvas, draft: Draft) -> None:
    """No ids, no time stamps, no positions in pixels; the engine's own writer has nothing to change."""
    board.connect("big", "no", "tag")
    expect(board.wire("big.no -> tag")).to_be_attached()
    save(board)
    text = draft()
    by_hand = read_flow(FLOW)
    assert text == write_flow(by_hand.model_copy(update={"wires": [*by_hand.wires, "big.no -> tag"]}))


def test_undo_and_redo_go_back_and_forth_by_name(board: Canvas) -> None:
    board.connect("big", "no", "tag")
    board.select("tag")
    board.page.locator("#stage").press("Delete")
    expect(board.box("tag")).to_have_count(0)
    board.page.get_by_role("button", name="Undo: Remove").click()
    expect(board.box("tag")).to_be_visible()
    expect(board.wire("big.no -> tag")).to_be_attached()
    board.page.keyboard.press("Control+z")
    expect(board.wire("big.no -> tag")).to_have_count(0)
    board.page.keyboard.press("Control+y")
    expect(board.wire("big.no -> tag")).to_be_attached()
    expect(board.page.get_by_role("button", name="Redo: Remove")).to_be_enabled()


def test_a_wire_is_selected_and_taken_away_by_keyboard(board: Canvas) -> None:
    board.wire("big.yes -> to_wms").focus()
    board.page.keyboard.press("Enter")
    expect(board.page.get_by_role("complementary", name="Settings")).to_contain_text("To")
    board.page.keyboard.press("Delete")
    expect(board.wire("big.yes -> to_wms")).to_have_count(0)


def test_boxes_are_copied_with_the_wires_between_them_and_pasted_under_free_names(board: Canvas) -> None:
    board.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    board.select("big")
    board.fit()
    board.box("to_wms").locator(".card-names").click(modifiers=["Control"])
    board.page.keyboard.press("Control+c")
    board.page.keyboard.press("Control+v")
    expect(boxes(board)).to_have_count(7)
    expect(board.wire("big_2.yes -> to_wms_2")).to_be_attached()
    board.page.keyboard.press("Control+x")
    expect(boxes(board)).to_have_count(5)


def test_all_boxes_are_selected_and_deleted_and_nothing_is_lost(board: Canvas) -> None:
    board.page.locator("#stage").press("Control+a")
    expect(board.page.get_by_role("heading", name="5 selected")).to_be_visible()
    board.page.locator("#stage").press("Delete")
    expect(boxes(board)).to_have_count(0)
    expect(board.page.locator(".notice.warn")).to_contain_text("nothing small goes out")
    board.page.keyboard.press("Control+z")
    expect(boxes(board)).to_have_count(5)


def test_zoom_fit_and_the_small_map(board: Canvas) -> None:
    page = board.page
    now = page.locator(".zoom-now")
    expect(now).to_have_text("100%")
    page.get_by_role("button", name="Zoom in").click()
    expect(now).to_have_text(re.compile(r"^1[1-9]\d%$"))
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Zoom out").click()
    expect(now).to_have_text(re.compile(r"^[89]\d%$"))
    now.click()
    expect(now).to_have_text("100%")
    page.locator(".react-flow__pane").hover(position={"x": 300, "y": 600})
    page.mouse.wheel(0, 4000)
    board.settle()
    expect(board.page.locator(".react-flow")).to_have_class(re.compile(r"\bfar\b"))
    page.get_by_role("button", name="Show everything").click()
    board.settle()
    for slug in ("shop", "to_wms", "tag"):
        expect(board.box(slug)).to_be_in_viewport(ratio=1)
    dots = page.locator(".react-flow__minimap-node")
    expect(dots).to_have_count(5)
    before = page.locator(".react-flow__viewport").get_attribute("style")
    board.drag(dots.first, (1300, 700))
    board.settle()
    assert page.locator(".react-flow__viewport").get_attribute("style") != before


def test_tidy_up_lays_everything_out_from_left_to_right_and_can_be_undone(board: Canvas, draft: Draft) -> None:
    x, y = place(board, "to_wms")
    board.drag(board.box("to_wms").locator(".card-names"), (x - 700, y + 300))
    board.page.get_by_role("button", name="Tidy up").click()
    expect(board.page.get_by_role("button", name="Undo: Tidy up")).to_be_enabled()
    across = [place(board, slug)[0] for slug in ("shop", "order", "big", "to_wms")]
    assert across == sorted(across)
    save(board)
    assert read_flow(draft()).wires == read_flow(FLOW).wires
    board.page.get_by_role("button", name="Undo: Tidy up").click()
    assert place(board, "to_wms")[0] < place(board, "big")[0]


def test_a_finger_drags_from_the_palette(board: Canvas) -> None:
    """The palette listens to pointers, so that touch works as a mouse does."""
    item = board.page.locator('.palette-item[data-use="connector.webhook@1"]')
    item.scroll_into_view_if_needed()
    x, y = middle(item)
    to_x, to_y = middle(board.page.locator(".react-flow"))
    session = board.page.context.new_cdp_session(board.page)

    def touch(kind: str, *points: dict[str, Any]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 9):
        touch("touchMove", {"x": x + (to_x - x) * step / 8, "y": y + (to_y - y) * step / 8})
    touch("touchEnd")
    expect(board.box("webhook")).to_be_visible()


def test_from_afar_a_box_still_says_how_many_went_through(page: Page) -> None:
    canvas = Canvas(page).open("order_hub")
    expect(page.locator(".react-flow")).to_have_class(re.compile(r"\bfar\b"))
    expect(canvas.box("clean").locator(".far-mark").first).to_have_text(re.compile(r"^\d+$"), timeout=20_000)
