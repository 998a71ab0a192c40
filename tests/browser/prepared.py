"""Makes what pages are to show: orders that wait, are held or drift, a task, a recording with a trial. Each once for a demonstration."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from string import Formatter
from urllib.parse import urlencode

from playwright.sync_api import APIRequestContext, Browser

from tests.browser import test_contracts
from tests.browser.conftest import Demo, wait_until

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
SOMETHING = (
    "async (paths) => (await Promise.all(paths.map(async (path) => (await (await fetch(path)).json()).items.length > 0))).every(Boolean)"
)


def places_of(browser: Browser, demo: Demo, pages: Mapping[str, str]) -> dict[str, str]:
    """The path of each page, once the demo has orders to show; what a path names is made first."""
    context = browser.new_context(base_url=demo.url)
    context.request.get(f"/?key={demo.key}")
    page = context.new_page()
    page.goto("/nodes")
    wait_until(page, SOMETHING, ["/api/runs?state=done", "/api/orders", "/api/incidents"], seconds=60)
    wanted = {field for path in pages.values() for _, field, _, _ in Formatter().parse(path) if field}
    named = {name: maker(context.request, demo) for name, maker in MAKERS.items() if name in wanted}
    holding(context.request, demo)
    context.close()
    return {name: path.format(**named) for name, path in pages.items()}


def first(path: str, field: str = "id") -> Callable[[APIRequestContext, Demo], str]:
    return lambda api, _: str(api.get(path).json()["items"][0][field])


def order_query(api: APIRequestContext, _: Demo) -> str:
    order = api.get("/api/orders").json()["items"][0]
    return urlencode({"channel": order["channel"], "shop": order["shop_id"], "number": order["channel_order_id"]})


def version(api: APIRequestContext, demo: Demo) -> str:
    return str(api.get(f"/api/orders/versions?{order_query(api, demo)}").json()["items"][0]["id"])


def to_mend(api: APIRequestContext, _: Demo) -> str:
    """An incident whose order can be mended; the demo has one from time to time."""
    for _ in range(120):
        for one in api.get("/api/incidents").json()["items"]:
            if api.get(f"/api/incidents/{one['id']}/mending").ok:
                return str(one["id"])
        time.sleep(0.5)
    raise AssertionError("no order of the demo could be mended")


def reconciled(api: APIRequestContext, demo: Demo) -> str:
    """A comparison of the day on which an order was created: its day and channel."""
    order = api.get("/api/orders").json()["items"][0]
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


MAKERS: Mapping[str, Callable[[APIRequestContext, Demo], str]] = {
    "run": first("/api/runs?state=done&flow=order_hub"),
    "connection": first("/api/connections", "name"),
    "call": first("/api/calls?connection=wms"),
    "order": order_query,
    "version": version,
    "day": reconciled,
    "task": asked,
    "replay": replayed,
    "recording": lambda api, demo: tried(api, demo)[0],
    "trial": lambda api, demo: tried(api, demo)[1],
    "incident": to_mend,
    "form_change": drifted,
    "parcel": goods,
}
"""By the word that stands for it in a path."""
