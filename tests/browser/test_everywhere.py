"""Every page in Chinese, every other one in English too, light and dark in turns, at three widths: nothing breaks, nothing sticks out.

Everybody can read it. At length each is seen in all looks. With ``ORDERLOOM_SCREENSHOTS`` set to a folder, a picture of each is left there.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Page, Route, expect

from designer.pages.reader import LANGUAGE_COOKIE, THEME_COOKIE
from tests.browser import proofs, test_contracts
from tests.browser.conftest import Demo, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "overview": "/",
    "flows": "/flows",
    "flow": "/flows/order_hub",
    "flow_new": "/flows/new-flow",
    "replay": "/flows/order_hub/replays/{replay}",
    "recordings": "/recordings",
    "recording": "/recordings/{recording}",
    "trial": "/flows/tried/replays/{trial}",
    "share": "/flows/tried/share",
    "runs": "/runs",
    "runs_of_one": "/runs?flow=holding",
    "runs_narrowed": "/runs?status=failed&within=own&since=2026-01-01T00:00",
    "run": "/runs/{run}",
    "rerun": "/runs/{run}/rerun?step=tag&against=1",
    "events": "/events",
    "incidents": "/incidents",
    "demo": "/demo",
    "alarms": "/alarms?show=all",
    "alarm_rules": "/alarms/rules",
    "alarm_rule": "/alarms/rules/delay_over_5_s",
    "delays": "/delays",
    "contracts": "/contracts",
    "contract": "/contracts/own_shop.order",
    "form_change": "/contracts/changes/{form_change}",
    "order_path": "/order-path",
    "present_way": "/order-path/present",
    "stuck": "/stuck",
    "expected_times": "/stuck/times",
    "systems": "/systems",
    "system": "/systems/wms",
    "system_entry": "/systems/wms/entry",
    "mending": "/incidents/{incident}/mending",
    "tasks": "/tasks",
    "task": "/tasks/{task}",
    "orders": "/orders",
    "order": "/orders/one?{order}",
    "calls": "/calls",
    "call": "/calls/{call}",
    "reconciliation": "/reconciliation",
    "reconciled": "/reconciliation/{day}",
    "version": "/orders/versions/{version}",
    "stock": "/stock",
    "sku": "/stock/one?sku=CUP-01",
    "parcels": "/parcels",
    "parcel": "/parcels/{parcel}",
    "holds": "/holds",
    "cleansing": "/cleansing",
    "cleansing_table": "/cleansing/table",
    "cleansing_rules": "/cleansing/rules",
    "cleansing_rule": "/cleansing/rules/one?new=yes",
    "cleansing_trial": "/cleansing/trial?{order}",
    "cleansing_versions": "/cleansing/versions",
    "nodes": "/nodes",
    "node": "/nodes/rule.decision_table@1",
    "connections": "/connections",
    "connection": "/connections/{connection}",
    "connection_new": "/connections/new?kind=wms",
    "audit": "/audit",
    "lost": "/nowhere",
    "canvas": "/flows/order_hub/canvas",
    "canvas_guide": "/flows/order_hub/canvas?guide=true",
    "canvas_run": "/flows/order_hub/canvas?run={run}",
}
ASKING = {
    "format": 1,
    "name": "asking",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "check": {
            "use": "task.approve@1",
            "title": {"en": "Check the order", "zh": "核对订单"},
            "params": {"title": "42", "due": "4h", "roles": ["lead"]},
        },
    },
    "wires": ["hook -> check"],
    "tests": [{"name": "t", "trigger": "hook", "input": [{"no": "1"}], "expect": {"check": {"items": [{}], "match": "subset"}}}],
}
HOLDING = {
    "format": 1,
    "name": "holding",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "channel_order_id"}},
        "rules": {"use": "connector.cleansing_rules@1"},
        "hub": {"use": "connector.to_hub@1"},
        "hold": {"use": "connector.hold_order@1"},
    },
    "wires": ["hook -> rules", "rules.out -> hub", "hub.new -> hold"],
    "tests": [{"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
}
TRIED = {
    "format": 1,
    "name": "tried",
    "title": {"en": "Large orders", "zh": "大额订单"},
    "nodes": {"hook": {"use": "connector.webhook@1", "params": {"key_path": "order_no"}}},
    "wires": ["hook -> big"],
    "tests": [],
}
GOODS = {
    "format": 1,
    "name": "goods",
    "nodes": {
        "stock": {"use": "connector.webhook@1", "params": {"channel": "stock"}},
        "lies": {"use": "connector.keep_stock@1", "params": {"system": "warehouse"}},
        "parcels": {"use": "connector.webhook@1", "params": {"channel": "courier"}},
        "way": {"use": "connector.keep_tracking@1"},
    },
    "wires": ["stock -> lies", "parcels -> way"],
    "tests": [{"name": "t", "trigger": "stock", "input": [{"id": "1"}], "expect": {"stock": {"items": [{}], "match": "subset"}}}],
}
WIDTHS = (1440, 1024, 390)
LONG = os.environ.get("PROOFS_LONG") == "1"
LOOKS = tuple(product(("zh", "en"), ("light", "dark")))
TURNS = ((("zh", "light"), ("en", "dark")), (("zh", "dark"),), (("zh", "light"),), (("zh", "dark"), ("en", "light")))
"""Which looks pages take in turn, where not all are taken: Chinese each time, either scheme, English half the time. What one language or
scheme breaks, it mostly breaks in both of the other."""
LIGHT, HEAVY = 60_000, 250_000  # bytes of a first load: a page, the canvas
SOMETHING = (
    "async (paths) => (await Promise.all(paths.map(async (path) => (await (await fetch(path)).json()).items.length > 0))).every(Boolean)"
)
LOST = re.compile(r"Failed to load resource: .* 404")


@pytest.fixture(scope="module")
def places(browser: Browser, demo: Demo) -> dict[str, str]:
    """The path of each page, once the demo has orders to show."""
    context = browser.new_context(base_url=demo.url)
    context.request.get(f"/?key={demo.key}")
    page = context.new_page()
    page.goto("/nodes")
    wait_until(page, SOMETHING, ["/api/runs?state=done", "/api/orders", "/api/incidents"], seconds=60)
    run, order, connection = (
        context.request.get(path).json()["items"][0] for path in ("/api/runs?state=done", "/api/orders", "/api/connections")
    )
    task, replay = asked(context.request, demo), replayed(context.request, demo)
    recording, trial = tried(context.request, demo)
    incident, call = to_mend(context.request), context.request.get("/api/calls?connection=wms").json()["items"][0]["id"]
    day = reconciled(context.request, demo, order)
    query = urlencode({"channel": order["channel"], "shop": order["shop_id"], "number": order["channel_order_id"]})
    version = context.request.get(f"/api/orders/versions?{query}").json()["items"][0]["id"]
    holding(context.request, demo)
    form_change = drifted(context.request, demo)
    parcel = goods(context.request, demo)
    context.close()
    return {
        name: path.format(
            run=run["id"],
            order=query,
            version=version,
            connection=connection["name"],
            task=task,
            incident=incident,
            replay=replay,
            recording=recording,
            trial=trial,
            call=call,
            day=day,
            form_change=form_change,
            parcel=parcel,
        )
        for name, path in PAGES.items()
    }


def to_mend(api: APIRequestContext) -> str:
    """An incident whose order can be mended; the demo has one from time to time."""
    for _ in range(120):
        for one in api.get("/api/incidents").json()["items"]:
            if api.get(f"/api/incidents/{one['id']}/mending").ok:
                return str(one["id"])
        time.sleep(0.5)
    raise AssertionError("no order of the demo could be mended")


def reconciled(api: APIRequestContext, demo: Demo, order: dict[str, str]) -> str:
    """A comparison of the day on which an order was created: its day and channel."""
    data, headers = {"day": order["created_at"][:10], "channel": order["channel"]}, {"Authorization": f"Bearer {demo.key}"}
    assert api.post("/api/reconciliations", data=data, headers=headers).ok
    return f"{data['day']}/{data['channel']}"


def asked(api: APIRequestContext, demo: Demo) -> str:
    """A task that waits for an answer; its id."""
    headers = {"Authorization": f"Bearer {demo.key}"}
    if not api.get("/api/flows/asking/versions", headers=headers).ok:
        assert api.put("/api/flows/asking/draft", data=ASKING, headers={**headers, "If-None-Match": "*"}).ok
        answer = api.post("/api/flows/asking/publication", data={"note": "pictures"}, headers=headers)
        assert answer.ok, answer.text()
    assert api.post("/hooks/asking/hook", data={"no": "A1"}).ok
    for _ in range(100):
        items = api.get("/api/tasks?flow=asking", headers=headers).json()["items"]
        if items:
            return items[0]["id"]
    raise AssertionError("no task was opened")


def goods(api: APIRequestContext, demo: Demo) -> str:
    """A SKU that is short, and a parcel that has not moved for days; the id of the parcel."""
    headers = {"Authorization": f"Bearer {demo.key}"}
    if not api.get("/api/flows/goods/versions", headers=headers).ok:
        assert api.put("/api/flows/goods/draft", data=GOODS, headers={**headers, "If-None-Match": "*"}).ok
        assert api.post("/api/flows/goods/publication", data={"note": "pictures"}, headers=headers).ok
    assert api.post("/hooks/goods/stock", data={"sku_code": "CUP-01", "quantity": 3, "warehouse": "HZ1", "reserved": 1}).ok
    times = [f"{datetime.now(UTC) - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (80, 60)]
    way = [{"at": times[0], "state": "picked_up", "place": "浙江 杭州市"}, {"at": times[1], "state": "problem", "place": "上海市"}]
    order = {"channel": "taobao", "shop_id": "s1", "channel_order_id": "4012600000000000010"}
    assert api.post("/hooks/goods/parcels", data={"tracking_no": "YT0000000000013", "carrier": "yto", **order, "events": way}).ok
    for _ in range(100):
        items = api.get("/api/parcels?show=still", headers=headers).json()["items"]
        if items and api.get("/api/stock", headers=headers).json()["items"]:
            return str(items[0]["id"])
        time.sleep(0.1)
    raise AssertionError("no parcel was kept")


def holding(api: APIRequestContext, demo: Demo) -> None:
    """Orders that are held, some for several reasons; and one whose SKU nobody knows, beside a table that has something like it."""
    headers = {"Authorization": f"Bearer {demo.key}"}
    if api.get("/api/flows/holding/versions", headers=headers).ok:
        return
    assert api.put("/api/flows/holding/draft", data=HOLDING, headers={**headers, "If-None-Match": "*"}).ok
    assert api.post("/api/flows/holding/publication", data={"note": "pictures"}, headers=headers).ok
    rows = [
        {"title": "手工皂 薰衣草", "spec": "500g", "sku_code": "SOAP-500"},
        {"channel": "jd", "platform_sku": "100012", "sku_code": "A-1"},
    ]
    assert api.post("/api/sku-matches", data={"rows": rows, "note": "goods.csv"}, headers=headers).ok
    line = {"title": "薰衣草手工皂", "spec": "100g", "qty": 1}
    lost = {"channel": "taobao", "channel_order_id": "4012600000009999999", "status": "awaiting_fulfillment", "currency": "CNY"}
    assert api.post("/hooks/holding/hook", data={**lost, "lines": [line]}).ok
    for number, reasons in enumerate((["amount_mismatch"], ["address_incomplete", "risk_review", "remark_review"])):
        order = {"channel": "taobao", "channel_order_id": f"4012600000000{number:06}", "status": "awaiting_fulfillment"}
        assert api.post("/hooks/holding/hook", data={**order, "currency": "CNY", "hold_reasons": reasons}).ok
    for _ in range(100):
        if sum(one["flow"] == "holding" for one in api.get("/api/holds", headers=headers).json()["items"]) == 3:
            return
        time.sleep(0.1)
    raise AssertionError("nothing was held")


def drifted(api: APIRequestContext, demo: Demo) -> str:
    """A field that has another name by now; the id of the change."""
    test_contracts.prepare(api, demo)
    test_contracts.send(api, 0)
    for _ in range(200):
        found = [one["id"] for one in api.get("/api/form-changes").json()["items"] if one["source"]]
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError("no change was noticed")


def tried(api: APIRequestContext, demo: Demo) -> tuple[str, str]:
    """A recording, and a trial on it of a draft to which a share of the orders goes meanwhile."""
    headers = {"Authorization": f"Bearer {demo.key}"}
    recordings = api.get("/api/recordings", headers=headers).json()["items"]
    if recordings:
        return recordings[0]["id"], api.get("/api/flows/tried/replays", headers=headers).json()["items"][0]["id"]
    for limit in ("50", "70"):
        draft = {
            **TRIED,
            "nodes": {**TRIED["nodes"], "big": {"use": "rule.condition@1", "params": {"when": f"money(item.paid) >= money('{limit}')"}}},
        }
        assert api.put(
            "/api/flows/tried/draft",
            data=draft,
            headers={**headers, "If-Match": "*"} if limit == "70" else {**headers, "If-None-Match": "*"},
        ).ok
        if limit == "50":
            assert api.post("/api/flows/tried/publication", data={"note": "pictures"}, headers=headers).ok
    recording = api.post("/api/recordings", data={"flow": "tried"}, headers=headers).json()["id"]
    for number, paid in enumerate(("40", "60", "80", "many")):
        assert api.post("/hooks/tried/hook", data={"order_no": f"A{number}", "paid": paid, "receiver_name": "测试甲"}).ok
    for _ in range(200):
        if api.get(f"/api/recordings/{recording}", headers=headers).json()["taken"] == 4:
            break
        time.sleep(0.1)
    assert api.post(f"/api/recordings/{recording}/ending", headers=headers).ok
    trial = api.post("/api/flows/tried/replays", data={"recording": recording}, headers=headers).json()["id"]
    assert api.put("/api/flows/tried/share", data={"against": "draft", "percent": 25}, headers=headers).ok
    for number in range(20):
        assert api.post("/hooks/tried/hook", data={"order_no": f"B{number}", "paid": "many" if number % 5 == 0 else "60"}).ok
    for _ in range(200):
        if api.get(f"/api/flows/tried/replays/{trial}", headers=headers).json()["replay"]["state"] != "running":
            return recording, trial
        time.sleep(0.1)
    raise AssertionError("the trial did not end")


def replayed(api: APIRequestContext, demo: Demo) -> str:
    """A replay against a draft with another rule, after its end; its id."""
    headers = {"Authorization": f"Bearer {demo.key}"}
    draft = api.get("/api/flows/order_hub/versions/1", headers=headers).json()["document"]
    draft["nodes"]["tag"]["params"]["high_from"] = "1"
    kept = api.put("/api/flows/order_hub/draft", data=draft, headers={**headers, "If-None-Match": "*"})
    assert kept.ok, kept.text()
    replay = api.post("/api/flows/order_hub/replays", data={}, headers=headers).json()["id"]
    for _ in range(600):
        found = api.get(f"/api/flows/order_hub/replays/{replay}", headers=headers).json()
        if found["replay"]["state"] != "running":
            assert found["orders"]["items"], found
            back = {**headers, "If-Match": f'"{kept.json()["etag"]}"'}
            assert api.post("/api/flows/order_hub/draft/restoration", data={"version": 1}, headers=back).ok
            return replay
        time.sleep(0.1)
    raise AssertionError("the replay did not end")


@pytest.fixture
def opened(browser: Browser, demo: Demo) -> Iterator[Callable[[str, str], Page]]:
    """``opened(language, scheme)`` gives a page of a browser that has been nowhere yet."""
    contexts: list[BrowserContext] = []

    def fresh(language: str, scheme: str) -> Page:
        context = browser.new_context(base_url=demo.url, viewport={"width": WIDTHS[0], "height": 900}, reduced_motion="reduce")
        contexts.append(context)
        context.request.get(f"/?key={demo.key}")
        context.add_cookies(
            [{"name": name, "value": value, "url": demo.url} for name, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, scheme))]
        )
        context.add_init_script(proofs.TELL_BREACHES)
        return context.new_page()

    yield fresh
    for context in contexts:
        context.close()


def cases() -> list[tuple[str, str, str]]:
    return [(name, *look) for number, name in enumerate(PAGES) for look in (LOOKS if LONG else TURNS[number % len(TURNS)])]


@pytest.mark.parametrize(("name", "language", "scheme"), cases())
def test_a_page_holds_what_we_promise(
    opened: Callable[[str, str], Page], places: dict[str, str], name: str, language: str, scheme: str
) -> None:
    page = opened(language, scheme)
    complaints = examined(page, name, places[name], language, scheme)
    if complaints:
        pytest.fail("\n".join(f"{page.url}, {about}: {one}" for about, found in complaints.items() for one in found), pytrace=False)


def examined(page: Page, name: str, path: str, language: str, scheme: str = "light") -> dict[str, list[str]]:
    """All complaints about a page, by what they are about. axe-core comes last: it sets styles that the policy forbids."""
    canvas = name.startswith("canvas")
    widths = WIDTHS[:2] if canvas else WIDTHS
    said = _listened(page)
    page.goto(path)
    if canvas:
        expect(page.locator(".react-flow__node").first).to_be_visible(timeout=20_000)
    complaints = {"words": proofs.untranslated(page, language)}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        complaints[f"overflow at {width}"] = proofs.overflow(page)
        _pictured(page, f"{name}-{language}-{scheme}-{width}", whole=not canvas)
    complaints["weight"] = proofs.too_heavy(page, HEAVY if canvas else LIGHT)
    complaints["console"] = [text for text in said if not (name == "lost" and LOST.match(text))]
    for width in _examined_widths(widths, language, scheme):
        page.set_viewport_size({"width": width, "height": 900})
        complaints[f"barriers at {width}"] = proofs.barriers(page)
    return {about: found for about, found in complaints.items() if found}


def _examined_widths(widths: tuple[int, ...], language: str, scheme: str) -> tuple[int, ...]:
    """Where axe-core looks, as it takes longer than all else: in each look at the widest, in dark ones at the narrowest too."""
    return (widths[0], widths[-1]) if scheme == "dark" else widths[:1]


FAULTS = {
    "weight": '<img alt="" src="/static/vendor/xyflow.min.js">' + '<img alt="" src="/static/vendor/react-dom.production.min.js">',
    "words": "<p>Only machines are able to read this</p>",
    "overflow": '<svg width="3000" height="9"></svg>',
    "barriers": '<img src="/static/icon.svg">',
    "console": '<p style="color: red">!</p>',
}


@pytest.mark.parametrize(("about", "fault"), FAULTS.items(), ids=FAULTS)
def test_each_proof_notices_its_fault(opened: Callable[[str, str], Page], about: str, fault: str) -> None:
    page = opened("zh", "light")
    page.route("**/nodes", lambda route: _spoilt(route, fault))
    assert about in {word.split(" ")[0] for word in examined(page, "spoilt", "/nodes", "zh")}


@pytest.mark.parametrize(("language", "word"), [("zh", "Overview"), ("en", "总览")])
def test_a_single_word_of_the_other_language_is_noticed(opened: Callable[[str, str], Page], language: str, word: str) -> None:
    page = opened(language, "light")
    page.route("**/nodes", lambda route: _spoilt(route, f"<p>{word}</p><p lang='x'>{word}</p>"))
    page.goto("/nodes")
    assert proofs.untranslated(page, language) == [word]


def _listened(page: Page) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def _spoilt(route: Route, fault: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</main>", fault + "</main>"))


def _pictured(page: Page, name: str, *, whole: bool) -> None:
    if folder := os.environ.get("ORDERLOOM_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)
