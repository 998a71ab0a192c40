"""Steering a run on the canvas and on its pages: what passes a tap, a run that a node ended, answers that could not be made."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Demo, wait_until

pytestmark = pytest.mark.browser
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "steered",
    "nodes": {
        "start": {
            "use": "connector.webhook@1",
            "params": {"key_path": "no", "answer": {"body": '{"code": item.code}'}},
            "policy": {"priority": 'item.vip ? "high" : "normal"'},
        },
        "look": {"use": "flow.inspect@1"},
        "halt": {"use": "flow.stop@1", "params": {"state": "failed", "reason": "No warehouse has this"}},
        "news": {"use": "flow.on_incident@1", "params": {"codes": ["effect"]}},
        "kept": {"use": "transform.keep_fields@1", "params": {"fields": ["code"]}},
    },
    "wires": ["start -> look", "look -> halt", "news -> kept"],
    "layout": {"start": "1,1", "look": "2,1", "halt": "3,1", "news": "1,2", "kept": "2,2"},
    "tests": [{"name": "seen", "trigger": "start", "input": [{"no": "1"}], "expect": {"look": {"items": [{}], "match": "subset"}}}],
}

FAILED = """async (run) => (await (await fetch(`/api/runs/${run}`)).json()).state === 'failed'"""


@pytest.fixture
def steered(reader: BrowserContext, demo: Demo) -> BrowserContext:
    headers = {"Authorization": f"Bearer {demo.key}"}
    if not reader.request.get("/api/flows/steered/versions", headers=headers).ok:
        assert reader.request.put("/api/flows/steered/draft", data=FLOW, headers={**headers, "If-None-Match": "*"}).ok
        answer = reader.request.post("/api/flows/steered/publication", data={"note": "first"}, headers=headers)
        assert answer.ok, answer.text()
    return reader


def test_a_tap_shows_what_passes_while_the_canvas_is_open(steered: BrowserContext, page: Page, complaints: list[str]) -> None:
    canvas = Canvas(page).open("steered")
    canvas.select("look")
    page.get_by_role("tab", name="Data").click()
    shown = page.get_by_role("region", name="Passing now")
    expect(shown).to_contain_text("Nothing has passed yet.")
    assert steered.request.post("/hooks/steered/start", data={"no": "T-17", "phone": "13800138000"}).status == 200
    expect(shown).to_contain_text("T-17", timeout=15_000)
    expect(shown).not_to_contain_text("13800138000")
    assert complaints == []


def test_the_page_of_a_run_says_where_and_why_a_node_ended_it(steered: BrowserContext, page: Page) -> None:
    answer = steered.request.post("/hooks/steered/start", data={"no": "T-18"})
    page.goto("/nodes")
    wait_until(page, FAILED, answer.json()["event"])
    page.goto(f"/runs/{answer.json()['event']}")
    expect(page.get_by_text("No warehouse has this").first).to_be_visible(timeout=15_000)
    expect(page.get_by_role("heading", level=1).locator("..")).to_contain_text("Failed")


def test_the_page_of_a_flow_tells_of_answers_that_could_not_be_made(steered: BrowserContext, page: Page) -> None:
    steered.request.post("/hooks/steered/start", data={"no": "T-19"})
    page.goto("/flows/steered")
    expect(page.get_by_role("region", name="Faults that hindered no order")).to_contain_text("An answer to the sender could not be made")
