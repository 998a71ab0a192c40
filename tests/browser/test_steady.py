"""What a person sees of a service that goes on: incidents decided in bulk once a target is back, a time that fires once over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import wait_until
from tests.browser.test_tasks import signed_in
from tests.designer.api.test_serve import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOOK = {"use": "connector.webhook@1", "params": {"key_path": "no"}}
CALL: dict[str, Any] = {
    "use": "connector.http_request@1",
    "params": {"service": {"connection": "target"}, "path": "/orders"},
    "policy": {"retry": {"attempts": 1}},
}

MORE_THAN = "async (count) => (await (await fetch('/api/runs?limit=200')).json()).items.length > count"


def flow(name: str, nodes: dict[str, Any], *wires: str) -> dict[str, Any]:
    trigger = next(iter(nodes))
    test = {"name": "t", "trigger": trigger, "input": [{"no": "1"}], "expect": {trigger: {"items": [{}], "match": "subset"}}}
    return {"format": 1, "name": name, "nodes": nodes, "wires": list(wires), "tests": [test]}


class Target:
    """Answers 503 while it is ``down``; ``keys`` holds the idempotency keys of what it took."""

    def __init__(self) -> None:
        self.down, self.keys = True, list[str]()
        target = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if not target.down:
                    target.keys.append(self.headers["Idempotency-Key"])
                self.send_response(503 if target.down else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def target() -> Iterator[Target]:
    made = Target()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_incidents_are_decided_in_bulk_when_the_target_is_back(browser: Browser, tmp_path: Path, target: Target) -> None:
    server = Server(tmp_path / "data", ORDERLOOM_ALLOW_PRIVATE="127.0.0.0/8")
    server.ask("PUT", "/api/connections/target", {"type": "http", "url": target.url})
    server.ask("PUT", "/api/flows/sending/draft", flow("sending", {"hook": HOOK, "call": CALL}, "hook -> call"))
    server.ask("POST", "/api/flows/sending/publication", {"note": ""})
    runs = [server.ask("POST", "/hooks/sending/hook", {"no": f"A{number}"})["event"] for number in range(4)]
    context, page = signed_in(browser, server)
    page.goto("/incidents")
    wait_until(page, "async () => (await (await fetch('/api/incidents')).json()).items.length === 4")
    target.down = False
    page.reload()
    page.get_by_text("Decide on all of these…").click()
    page.get_by_label("A second").select_option("100")
    page.get_by_role("button", name="Try all again").click()
    expect(page.get_by_text("4 decided, 0 passed over")).to_be_visible()
    wait_until(page, "async () => (await (await fetch('/api/runs?state=done')).json()).items.length === 4")
    page.goto("/runs?status=done")
    for run in runs:
        expect(page.locator(f'a[href="/runs/{run}"]').first).to_be_visible()
    page.goto("/incidents")
    expect(page.get_by_text("Nothing to do")).to_be_visible()
    assert len(target.keys) == len(set(target.keys)) == 4
    context.close()
    server.end()


def test_a_planned_time_is_seen_once_over_a_restart(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    schedule = {"use": "flow.schedule@1", "params": {"every": "2s", "missed": "once"}}
    keep = {"use": "transform.limit@1", "params": {"count": 1}}
    server.ask("PUT", "/api/flows/often/draft", flow("often", {"clock": schedule, "keep": keep}, "clock -> keep"))
    server.ask("POST", "/api/flows/often/publication", {"note": ""})
    context, page = signed_in(browser, server)
    page.goto("/runs")
    wait_until(page, MORE_THAN, 0)
    context.close()
    server.end(9)
    server = Server(tmp_path / "data")
    before = len(server.ask("GET", "/api/runs?limit=200")["items"])
    context, page = signed_in(browser, server)
    page.goto("/runs")
    wait_until(page, MORE_THAN, before + 1)
    page.goto("/runs?flow=often")
    expect(page.locator('a[href^="/runs/"]').first).to_be_visible()
    keys = [one["key"] for one in server.ask("GET", "/api/events?limit=200")["items"]]
    assert len(keys) == len(set(keys)) > before
    context.close()
    server.end()
