"""Held orders in the browser: found by the receiver's number, understood on the passport, released one and many at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import wait_until
from tests.browser.test_tasks import signed_in
from tests.designer.api.test_order_hub import HOLDING, PHONE, amounts
from tests.designer.api.test_orders import ORDER
from tests.designer.api.test_serve import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DONE = "(await (await fetch(`/api/runs/${run}`)).json()).state === 'done'"
READY = f"async (runs) => (await Promise.all(runs.map(async (run) => {DONE}))).every(Boolean)"


def send(server: Server, number: str, **changes: Any) -> str:
    order = {**ORDER, "order_no": number, "updated_at": "2026-01-16T03:04:05Z", **changes}
    return server.ask("POST", "/hooks/keeping/orders", order)["event"]


def test_held_orders_are_found_understood_and_released(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.ask("PUT", "/api/flows/keeping/draft", HOLDING)
    server.ask("POST", "/api/flows/keeping/publication", {"note": "first"})
    runs = [send(server, f"OWN-{number}", **amounts("79.00")) for number in range(1, 4)]
    context, page = signed_in(browser, server)
    page.goto("/holds")
    wait_until(page, "async () => (await (await fetch('/api/holds')).json()).items.length === 3")

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/orders")
    page.get_by_label("Receiver's phone or address").fill(f"+86 {PHONE}")
    page.get_by_role("button", name="Find orders").click()
    expect(page.get_by_role("link", name=re.compile(r"OWN-\d"))).to_have_count(3)
    expect(page.get_by_text("138****5678").first).to_be_visible()
    assert PHONE not in page.content()
    assert not any(PHONE in url for url in [*asked, page.url])

    page.get_by_role("link", name="OWN-1").click()
    expect(page.get_by_text("Held since")).to_be_visible()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("A person released the order.")).to_be_visible()
    expect(page.get_by_text("Held since")).to_have_count(0)
    wait_until(page, READY, runs[:1])

    page.get_by_role("link", name="Held orders").click()
    for number in (2, 3):
        page.get_by_label(f"Choose order OWN-{number}").check()
    page.get_by_role("button", name="Release the chosen orders").click()
    expect(page.get_by_text("2 released.")).to_be_visible()
    expect(page.get_by_text("Nothing is held")).to_be_visible()
    wait_until(page, READY, runs)
    context.close()
    assert [row["action"] for row in server.ask("GET", "/api/audit")["items"]].count("order.release") == 3
    server.end()
