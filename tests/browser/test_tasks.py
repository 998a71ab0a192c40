"""A person answers a task in the browser, after the service was started three times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import wait_until
from tests.browser.prepared import ASKING
from tests.designer.api.test_serve import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FLOW: dict[str, Any] = {**ASKING, "nodes": {**ASKING["nodes"], "rest": {"use": "flow.wait_for@1", "params": {"duration": "1s"}}}}  # type: ignore[dict-item]
FLOW["wires"] = ["hook -> check", "check.approved -> rest"]


def test_an_approval_three_restarts_long(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.ask("PUT", "/api/flows/asking/draft", FLOW)
    server.ask("POST", "/api/flows/asking/publication", {"note": "first"})
    run = server.ask("POST", "/hooks/asking/hook", {"no": "A1"})["event"]
    for how in (15, 9):
        server.end(how)
        server = Server(tmp_path / "data")
        assert server.ask("GET", f"/api/runs/{run}")["state"] == "waiting"
    context, page = signed_in(browser, server)
    page.goto("/tasks")
    page.get_by_role("link", name="Check the order").click()
    page.get_by_label("Note").fill("called, fine")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Nothing to do")).to_be_visible()
    context.close()
    server.end(9)
    server = Server(tmp_path / "data")
    context, page = signed_in(browser, server)
    page.goto("/runs")
    wait_until(page, "async (run) => (await (await fetch(`/api/runs/${run}`)).json()).state === 'done'", run)
    context.close()
    kinds = [one["what"] for one in server.ask("GET", f"/api/runs/{run}/timeline")["items"]]
    assert "A person answered." in kinds
    server.end()


def signed_in(browser: Browser, server: Server) -> tuple[BrowserContext, Page]:
    context = browser.new_context(locale="en-US", base_url=server.url)
    context.request.get(f"/?key={server.key}")
    return context, context.new_page()
