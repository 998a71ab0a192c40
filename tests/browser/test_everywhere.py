"""Every page in both languages and both colour schemes at three widths: nothing breaks, nothing sticks out, everybody can read it.

With ``ORDERLOOM_SCREENSHOTS`` set to a folder, a picture of each is left there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Page, Route, expect

from designer.pages.reader import LANGUAGE_COOKIE, THEME_COOKIE
from tests.browser import proofs
from tests.browser.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "overview": "/",
    "flows": "/flows",
    "flow": "/flows/order_hub",
    "flow_new": "/flows/new-flow",
    "runs": "/runs",
    "runs_narrowed": "/runs?status=failed&within=own&since=2026-01-01T00:00",
    "run": "/runs/{run}",
    "events": "/events",
    "incidents": "/incidents",
    "tasks": "/tasks",
    "task": "/tasks/{task}",
    "orders": "/orders",
    "order": "/orders/one?{order}",
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
WIDTHS = (1440, 1024, 390)
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
    page.wait_for_function(SOMETHING, arg=["/api/runs?state=done", "/api/orders", "/api/incidents"], polling=500, timeout=60_000)
    run, order, connection = (
        context.request.get(path).json()["items"][0] for path in ("/api/runs?state=done", "/api/orders", "/api/connections")
    )
    task = asked(context.request, demo)
    context.close()
    query = urlencode({"channel": order["channel"], "shop": order["shop_id"], "number": order["channel_order_id"]})
    return {name: path.format(run=run["id"], order=query, connection=connection["name"], task=task) for name, path in PAGES.items()}


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


@pytest.mark.parametrize(("name", "language", "scheme"), list(product(PAGES, ("zh", "en"), ("light", "dark"))))
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
    for width in (widths[0], widths[-1]) if scheme == "dark" else widths[:1]:
        page.set_viewport_size({"width": width, "height": 900})
        complaints[f"barriers at {width}"] = proofs.barriers(page)
    return {about: found for about, found in complaints.items() if found}


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
