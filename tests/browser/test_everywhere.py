"""Every page of flows, runs and the service itself, in Chinese, every other one in English too, light and dark in turns.

Those of orders, goods and what watches them: ``test_everywhere_orders.py``. And each proof notices its fault.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.browser import proofs
from tests.browser.everywhere import Opened, cases, examined, must_hold

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
    "systems": "/systems",
    "system": "/systems/wms",
    "system_entry": "/systems/wms/entry",
    "mending": "/incidents/{incident}/mending",
    "tasks": "/tasks",
    "task": "/tasks/{task}",
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


@pytest.mark.parametrize(("name", "language", "scheme"), cases(PAGES))
def test_a_page_holds_what_we_promise(opened: Opened, places: dict[str, str], name: str, language: str, scheme: str) -> None:
    must_hold(opened(language, scheme), name, places[name], language, scheme)


FAULTS = {
    "weight": '<img alt="" src="/static/vendor/xyflow.min.js">' + '<img alt="" src="/static/vendor/react-dom.production.min.js">',
    "words": "<p>Only machines are able to read this</p>",
    "overflow": '<svg width="3000" height="9"></svg>',
    "barriers": '<img src="/static/icon.svg">',
    "console": '<p style="color: red">!</p>',
}


@pytest.mark.parametrize(("about", "fault"), FAULTS.items(), ids=FAULTS)
def test_each_proof_notices_its_fault(opened: Opened, about: str, fault: str) -> None:
    page = opened("zh", "light")
    page.route("**/nodes", lambda route: _spoilt(route, fault))
    assert about in {word.split(" ")[0] for word in examined(page, "spoilt", "/nodes", "zh")}


@pytest.mark.parametrize(("language", "word"), [("zh", "Overview"), ("en", "总览")])
def test_a_single_word_of_the_other_language_is_noticed(opened: Opened, language: str, word: str) -> None:
    page = opened(language, "light")
    page.route("**/nodes", lambda route: _spoilt(route, f"<p>{word}</p><p lang='x'>{word}</p>"))
    page.goto("/nodes")
    assert proofs.untranslated(page, language) == [word]


def _spoilt(route: Route, fault: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</main>", fault + "</main>"))
