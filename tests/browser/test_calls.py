"""The log of calls, and a day that is reconciled and sent again, as a person sees them: a real service, real targets, Chromium."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Coroutine, Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.testing.simulator import SimulatedTarget
from nodes.connector.jd.simulator import JdSimulator
from tests.browser.conftest import Demo, wait_until
from tests.designer.api.selling import DAY, FLOW, NAME, PHONE, order

pytestmark = pytest.mark.browser
T = TypeVar("T")
ORDERS = 3
TOGETHER: dict[str, Any] = {
    **FLOW,
    "name": "together",
    "nodes": {
        **FLOW["nodes"],
        "wait": {"use": "connector.merge_wait@1", "params": {"window": "1s"}},
        "merge": {"use": "rule.merge_orders@1"},
        "split": {"use": "rule.split_order@1", "params": {"warehouses": {"S-1": "SZ", "S-2": "HZ"}, "otherwise": "SZ"}},
    },
    "wires": [
        "orders -> canonical", "canonical -> hub", "hub.new -> wait", "hub.new -> finance", "wait.alone -> split", "wait.together -> merge",
        "merge.merged -> wms", "merge.alone -> split", "split.part -> wms", "split.whole -> wms",
    ],
}  # fmt: skip
"""Orders of one buyer go in one parcel; those with goods in two warehouses are split."""
COMPARED = """async (day) => {
    const body = JSON.stringify({day, channel: "own_shop"})
    const asked = {method: "POST", headers: {"Content-Type": "application/json"}, body}
    const found = await (await fetch("/api/reconciliations", asked)).json()
    return [found.differences, found.parcels.wms, found.parts.wms]
}"""
"""Differences of a day, and how many parcels and parts the WMS lists."""


def fetching(held: str) -> dict[str, Any]:
    """Fetches JD's orders, but none of before; the one of that number is held."""
    shop = {"shop": {"connection": "jd"}, "every": "1h", "begin": "1s"}
    own = {name: node for name, node in FLOW["nodes"].items() if name != "orders"}
    return {
        **FLOW,
        "name": "fetching",
        "nodes": {
            **own,
            "orders": {"use": "connector.jd_poll@1", "params": shop},
            "canonical": {"use": "transform.canonical_order@1", "params": {"channel": "jd"}},
            "odd": {"use": "rule.condition@1", "params": {"when": f"item.channel_order_id == '{held}'"}},
            "hold": {"use": "connector.hold_order@1", "params": {"reason": "risk_review"}},
        },
        "wires": [
            "orders -> canonical", "canonical -> hub", "hub.new -> odd", "hub.changed -> odd", "odd.yes -> hold", "odd.no -> wms",
            "odd.no -> finance", "hold.released -> wms", "hold.released -> finance",
        ],
    }  # fmt: skip


class Targets:
    """A WMS, a finance system and a shop at JD in a thread of their own, as Playwright keeps the loop of this one."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.wms, self.finance, self.jd = SimulatedTarget(), SimulatedTarget(), JdSimulator()
        for one in (self.wms, self.finance, self.jd):
            self.do(one.start())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        for one in (self.wms, self.finance, self.jd):
            self.do(one.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(scope="module")
def targets() -> Iterator[Targets]:
    both = Targets()
    yield both
    both.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> Generator[Demo]:
    """The service itself, with connections to the targets."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_")}
    environment |= {
        "ORDERLOOM_ALLOW_PRIVATE": "127.0.0.0/8",
        "ORDERLOOM_CONNECTION_WMS": json.dumps({"type": "wms", "url": targets.wms.url}),
        "ORDERLOOM_CONNECTION_FINANCE": json.dumps({"type": "finance", "url": targets.finance.url}),
        "ORDERLOOM_CONNECTION_JD": json.dumps(targets.jd.connection),
    }
    orderloom = str(Path(sys.executable).with_name("orderloom"))
    command = [orderloom, "serve", "--port", "0", "--data", str(tmp_path_factory.mktemp("calls"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
        assert process.stdout is not None
        found = re.fullmatch(r"ready (http://\S+) key=(\S+)\n", process.stdout.readline())
        assert found is not None
        yield Demo(found[1], found[2])
        process.terminate()
        process.stdout.close()
        assert process.wait(timeout=15) == 0


@pytest.fixture(scope="module", autouse=True)
def sold(browser: Browser, demo: Demo) -> None:
    """Some orders have gone all the way."""
    context = browser.new_context(base_url=demo.url, extra_http_headers={"Authorization": f"Bearer {demo.key}"})
    ask = context.request
    assert ask.put("/api/flows/hub/draft", data=FLOW).ok
    assert ask.post("/api/flows/hub/publication", data={"note": "first"}).ok
    assert ask.put("/api/flows/together/draft", data=TOGETHER).ok
    assert ask.post("/api/flows/together/publication", data={"note": "first"}).ok
    for number in range(1, ORDERS + 1):
        assert ask.post("/hooks/hub/orders", data=order(number)).ok
    page = context.new_page()
    page.goto("/health/live")
    done = 'async (least) => (await (await fetch("/api/runs?state=done")).json()).items.length >= least'
    wait_until(page, done, ORDERS)
    context.close()


def test_a_call_is_found_and_shown_masked_and_can_be_copied(page: Page, complaints: list[str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/calls")
    page.get_by_label("Connection or trigger").select_option("wms")
    expect(page).to_have_url(re.compile(r"/calls\?connection=wms$"))
    expect(page.locator("#list tbody tr")).to_have_count(ORDERS)
    page.get_by_label("Order number").fill("OWN-2")
    page.get_by_label("Order number").press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.locator("#list tbody tr a").first.click()
    expect(page.get_by_role("heading", name="POST wms")).to_be_visible()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl -X POST")
    assert "OWN-2" in copied
    shown = page.content()
    assert PHONE not in shown + copied
    assert NAME not in shown + copied
    assert complaints == []


def test_a_call_is_sent_again_by_a_person(page: Page, targets: Targets, complaints: list[str]) -> None:
    before = targets.wms.count
    page.goto("/calls?connection=wms")
    page.locator("#list tbody tr a").first.click()
    page.locator("details.sure summary").click()
    page.locator("details.sure button").click()
    expect(page).to_have_url(re.compile(r"/calls$"))
    assert targets.wms.count == before + 1
    assert targets.wms.received[-1].repeated
    assert complaints == []


def test_a_day_is_compared_and_what_the_wms_lost_is_sent_again(page: Page, targets: Targets, complaints: list[str]) -> None:
    targets.wms.forget(("own_shop", "", "OWN-1"))
    page.goto("/reconciliation")
    page.get_by_label("Day (UTC)").fill(DAY)
    page.get_by_label("Channel").select_option("own_shop")
    page.get_by_role("button", name="Compare").click()
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("OWN-1")
    expect(row).to_contain_text("Not there")
    row.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("status")).to_contain_text("Sent again · Orders: 1")
    page.get_by_role("button", name="Compare again").click()
    expect(page.get_by_text("All lists agree")).to_be_visible()
    page.get_by_role("link", name="Reconciliation").last.click()
    expect(page.locator("tbody tr")).to_contain_text(DAY)
    assert complaints == []


def test_a_parcel_and_a_part_that_the_wms_lost_are_named_and_the_part_is_sent_again_alone(
    page: Page, targets: Targets, complaints: list[str]
) -> None:
    day, other = "2026-01-15", {"created_at": "2026-01-15T03:04:05Z"}
    lines = [{"line_no": str(n), "sku": f"S-{n}", "title": "Cup", "qty": 1, "unit_price": "40.00"} for n in (1, 2)]
    ask = page.context.request
    for number, more in ((7, {"lines": lines}), (8, {"buyer": {"id": "u8"}}), (9, {"buyer": {"id": "u8"}})):
        assert ask.post("/hooks/together/orders", data=order(number, **{"paid_at": day + "T03:05:00Z", **other, **more})).ok
    page.goto("/health/live")
    while page.evaluate(COMPARED, day) != [0, 1, 2]:
        page.wait_for_timeout(100)
    targets.wms.forget(("own_shop", "", "OWN-7-2"))
    targets.wms.forget(("own_shop", "", "OWN-8"))
    page.goto(f"/reconciliation/{day}/own_shop")
    page.get_by_role("button", name="Compare again").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Part 2 of 2")
    expect(rows.nth(1)).to_contain_text("In parcel OWN-8 of 2 orders")
    rows.nth(0).get_by_role("button", name="Send again OWN-7 Part 2 of 2").click()
    expect(page.get_by_role("status")).to_contain_text("Sent again · Orders: 1")
    page.get_by_role("button", name="Compare again").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Send all again").click()
    expect(page.get_by_role("status")).to_contain_text("Sent again · Orders: 2")
    page.get_by_role("button", name="Compare again").click()
    expect(page.get_by_text("All lists agree")).to_be_visible()
    expect(page.get_by_text("Parcels of several orders: 1")).to_be_visible()
    assert complaints == []


def test_what_the_hub_lacks_is_fetched_again_and_what_is_held_then_is_told_with_its_reason(
    page: Page, demo: Demo, targets: Targets, complaints: list[str]
) -> None:
    made = datetime.now(UTC) - timedelta(hours=2)
    lost, odd = (order.id for order in targets.jd.create(2, at=made))
    ask, key = page.context.request, {"Authorization": f"Bearer {demo.key}"}
    assert ask.put("/api/flows/fetching/draft", data=fetching(odd), headers=key).ok
    assert ask.post("/api/flows/fetching/publication", data={"note": "first"}, headers=key).ok
    page.goto("/reconciliation")
    page.get_by_label("Day (UTC)").fill(made.date().isoformat())
    page.get_by_label("Channel").select_option("jd")
    page.get_by_role("button", name="Compare").click()
    differences, held = (
        page.get_by_label("Differences").locator("tbody tr"),
        page.get_by_label("Held, so not there yet").locator("tbody tr"),
    )
    expect(differences).to_have_count(6)
    expect(held).to_have_count(0)
    page.get_by_role("button", name=f"Fetch again {lost}").click()
    expect(page.get_by_role("status")).to_contain_text("Fetched again · Orders: 1 · Systems: 3")
    compared(page, differences, 3)
    expect(differences.filter(has_text=lost)).to_have_count(0)
    page.get_by_role("button", name=f"Fetch again {odd}").click()
    compared(page, differences, 0)
    expect(page.get_by_text("All lists agree")).to_be_visible()
    expect(held).to_have_count(1)
    for told in (odd, "Risk review", "WMS", "Finance"):
        expect(held).to_contain_text(told)
    assert [name[2] for name in targets.wms.ledger.orders if name[0] == "jd"] == [lost]
    assert complaints == []


def compared(page: Page, rows: Locator, count: int) -> None:
    """Again, until what was fetched has arrived everywhere."""
    for _ in range(100):
        page.get_by_role("button", name="Compare again").click()
        expect(page.get_by_role("status")).to_have_count(0)
        if rows.count() == count:
            return
        page.wait_for_timeout(100)
    expect(rows).to_have_count(count)


@pytest.mark.parametrize(("path", "title"), [("/calls", "请求日志"), ("/reconciliation", "对账")])
def test_the_pages_speak_chinese(browser: Browser, demo: Demo, path: str, title: str) -> None:
    context = browser.new_context(locale="zh-CN", base_url=demo.url)
    context.request.get(f"/?key={demo.key}")
    page = context.new_page()
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    context.close()
