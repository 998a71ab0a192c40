"""An alarm is raised by a system that fails, told to a group, acknowledged by a person in a browser, and over by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from .conftest import Demo

pytestmark = pytest.mark.browser
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "flaky_calls",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "call": {
            "use": "connector.http_request@1",
            "params": {"service": {"connection": "flaky"}, "path": "/orders"},
            "policy": {"retry": {"attempts": 1}},
        },
    },
    "wires": ["hook -> call"],
    "tests": [],
}


class Systems:
    """A system that works or does not, and beside it a group that gets messages."""

    def __init__(self) -> None:
        self.works = False
        self.messages: list[dict[str, Any]] = []
        systems = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == "/group":
                    systems.messages.append({"key": self.headers["Idempotency-Key"], **json.loads(body)})
                self.send_response(200 if self.path == "/group" or systems.works else 500)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture(scope="module")
def systems() -> Iterator[Systems]:
    found = Systems()
    thread = Thread(target=found.server.serve_forever)
    thread.start()
    yield found
    found.server.shutdown()
    thread.join(timeout=10)
    found.server.server_close()


def prepare(api: APIRequestContext, demo: Demo, systems: Systems) -> None:
    headers = {"Authorization": f"Bearer {demo.key}"}
    for path, document in (
        ("/api/connections/flaky", {"type": "http", "url": systems.url}),
        ("/api/connections/group", {"type": "webhook", "url": f"{systems.url}/group"}),
        ("/api/flows/flaky_calls/draft", FLOW),
    ):
        answer = api.put(path, data=document, headers=headers)
        assert answer.ok, answer.text()
    answer = api.post("/api/flows/flaky_calls/publication", data={"note": "first"}, headers=headers)
    assert answer.ok, answer.text()


def send(api: APIRequestContext, number: int) -> None:
    assert api.post("/hooks/flaky_calls/hook", data={"no": f"F-{number}"}).ok


def test_an_alarm_is_raised_acknowledged_and_over(page: Page, demo: Demo, systems: Systems, complaints: list[str]) -> None:
    api = page.context.request
    prepare(api, demo, systems)
    page.goto("/alarms/rules")
    page.get_by_role("link", name="Failures in a row").click()
    page.get_by_label("group").first.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rule Failures in a row is saved.")).to_be_visible()
    page.goto("/alarms")
    for number in range(3):
        send(api, number)
    alarm = page.get_by_role("listitem").filter(has_text="3 calls to flaky failed one after the other.")
    expect(alarm).to_be_visible(timeout=15_000)
    expect(alarm.get_by_text("Alarm → group")).to_be_visible(timeout=15_000)
    alarm.get_by_role("button", name="Acknowledge").click()
    expect(alarm.get_by_text("Acknowledged by Owner")).to_be_visible()
    systems.works = True
    send(api, 9)
    expect(alarm).to_have_count(0, timeout=15_000)
    page.get_by_role("link", name="Over", exact=True).click()
    expect(alarm).to_be_visible()
    expect(alarm.get_by_text("Over → group")).to_be_visible(timeout=15_000)
    assert [one["kind"] for one in systems.messages] == ["raised", "over"]
    assert len({one["key"] for one in systems.messages}) == 2
    assert complaints == []


def test_delays_renew_themselves_while_orders_flow(page: Page, complaints: list[str]) -> None:
    page.goto("/delays")
    rows = page.locator("#delays tbody tr")
    expect(rows.first).to_be_visible(timeout=30_000)
    before = page.locator("#delays tbody").first.inner_text()
    page.evaluate("window.sameDocument = true")
    page.wait_for_function("(before) => document.querySelector('#delays tbody').innerText !== before", arg=before, timeout=30_000)
    assert page.evaluate("window.sameDocument") is True
    assert complaints == []


@pytest.mark.parametrize(
    "path", ["/alarms?show=all", "/alarms/rules", "/alarms/rules/delay_over_5_s", "/alarms/rules/new?kind=no_orders", "/delays"]
)
def test_nothing_sticks_out_on_a_phone_in_chinese(browser: Browser, demo: Demo, path: str) -> None:
    context = browser.new_context(locale="zh-CN", base_url=demo.url, viewport={"width": 390, "height": 844}, color_scheme="dark")
    context.request.get(f"/?key={demo.key}")
    page = context.new_page()
    page.goto(path)
    expect(page.locator("main h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
