"""The flow at work: counts, durations and errors on its boxes and wires, as they come, by server-sent events."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, BrowserContext, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "live_trial",
    "nodes": {
        "start": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
        "kept": {"use": "transform.keep_fields@1", "params": {"fields": ["no"]}},
    },
    "wires": ["start -> good", "good.yes -> kept"],
    "layout": {"good": "2,1", "kept": "3,1", "start": "1,1"},
    "tests": [
        {"name": "kept", "trigger": "start", "input": [{"no": "1", "good": True}], "expect": {"kept": {"items": [{}], "match": "subset"}}}
    ],
}


@pytest.fixture
def live(reader: BrowserContext, page: Page, demo: Demo) -> Canvas:
    headers = {"Authorization": f"Bearer {demo.key}"}
    if not reader.request.get("/api/flows/live_trial/versions", headers=headers).ok:
        assert reader.request.put("/api/flows/live_trial/draft", data=FLOW, headers={**headers, "If-None-Match": "*"}).ok
        answer = reader.request.post("/api/flows/live_trial/publication", data={"note": "first"}, headers=headers)
        assert answer.ok, answer.text()
    page.set_viewport_size({"width": 1440, "height": 900})
    canvas = Canvas(page).open("live_trial")
    expect(canvas.box("start")).to_be_visible()
    return canvas


def deliver(api: APIRequestContext, **item: Any) -> None:
    assert api.post("/hooks/live_trial/start", data=item).ok


def test_counts_durations_errors_and_incidents_come_by_themselves(live: Canvas, reader: BrowserContext) -> None:
    page = live.page
    page.evaluate("window.sameDocument = true")
    for number in range(3):
        deliver(reader.request, no=f"L{number}", good=True)
    expect(live.box("kept").locator(".card-foot")).to_contain_text(re.compile(r"\b3 items"), timeout=15_000)
    expect(live.box("good").locator(".card-foot")).to_contain_text(re.compile(r"\d(\.\d)? (ms|µs)"))
    expect(page.locator(".wire-count").first).to_have_text("3")
    deliver(reader.request, no="L9")
    expect(live.box("good").locator(".card-foot")).to_contain_text("1 failed", timeout=15_000)
    expect(live.box("good").get_by_role("button", name="1 open incident")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True


def test_the_page_follows_by_one_stream_and_takes_it_up_again(page: Page, reader: BrowserContext) -> None:
    """The numbers come by ``text/event-stream``, not by asking again and again."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]) if "/api/" in request.url else None)
    with page.expect_response(lambda answer: answer.url.endswith("/live")) as streamed:
        Canvas(page).open("order_hub")
    assert streamed.value.headers["content-type"].startswith("text/event-stream")
    first = page.locator(".react-flow__node[data-id=clean] .far-mark").first
    expect(first).to_have_text(re.compile(r"\d"), timeout=15_000)
    seen = first.inner_text()
    expect(first).not_to_have_text(seen, timeout=15_000)
    assert asked.count("live") == 1


def test_the_demonstration_opens_here_with_a_guide_and_moving_numbers(reader: BrowserContext, demo: Demo) -> None:
    page = reader.new_page()
    page.goto(f"/?key={demo.key}")
    expect(page).to_have_url(re.compile(r"/flows/order_hub/canvas\?guide=true$"))
    expect(page.get_by_role("region", name="Guide")).to_contain_text("Your first change")
    for shop in ("taobao", "shopify", "own_shop"):
        mark = page.locator(f'.react-flow__node[data-id="{shop}"] .far-mark').first
        expect(mark).to_have_text(re.compile(r"^\d+$"), timeout=20_000)
        seen = mark.inner_text()
        expect(mark).not_to_have_text(seen, timeout=20_000)
    page.close()
