"""A renamed field in the browser: it is shown with the flow that it touches, mended in one click, and parked orders go on."""

from __future__ import annotations

import copy
import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Page, expect

from nodes.connector.own_shop.sign import sign
from nodes.connector.own_shop.simulator import SECRET
from nodes.connector.samples import sample

from .conftest import Demo

pytestmark = pytest.mark.browser
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "drifting",
    "nodes": {
        "shop": {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "changing_shop"}}},
        "order": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "kept": {"use": "connector.to_hub@1"},
    },
    "wires": ["shop -> order", "order -> kept"],
    "tests": [],
}


def prepare(api: APIRequestContext, demo: Demo) -> None:
    headers = {"Authorization": f"Bearer {demo.key}"}
    documents = {
        "/api/connections/changing_shop": {"type": "own_shop", "url": "https://shop.example", "secret": SECRET},
        "/api/flows/drifting/draft": FLOW,
    }
    for path, document in documents.items():
        answer = api.put(path, data=document, headers=headers)
        assert answer.ok, answer.text()
    answer = api.post("/api/flows/drifting/publication", data={"note": "first"}, headers=headers)
    assert answer.ok, answer.text()


def send(api: APIRequestContext, number: int) -> None:
    """An order whose total stands in a field of another name."""
    event = copy.deepcopy(sample("own_shop"))
    event["data"]["order_no"] = f"DRIFT-{number}"
    event["data"]["amounts"]["paid_total"] = event["data"]["amounts"].pop("paid")
    body, at, message = json.dumps(event).encode(), int(time.time()), f"msg_drift_{number}"
    headers = {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": sign(SECRET, message, at, body)}
    assert api.post("/hooks/drifting/shop", data=body, headers={"Content-Type": "application/json", **headers}).ok


def parked(api: APIRequestContext, demo: Demo) -> int:
    headers = {"Authorization": f"Bearer {demo.key}"}
    return len(api.get("/api/incidents?flow=drifting&state=open", headers=headers).json()["items"])


def test_a_renamed_field_is_mended_in_one_click_and_parked_orders_go_on(page: Page, demo: Demo, complaints: list[str]) -> None:
    api = page.context.request
    prepare(api, demo)
    page.goto("/contracts")
    stood = parked(api, demo)
    for number in range(3):
        send(api, number)
    change = page.get_by_role("listitem").filter(has_text="The field is gone, and amounts.paid_total came in its place.")
    expect(change).to_be_visible(timeout=20_000)
    expect(change.get_by_text("Orders stop")).to_be_visible()
    expect(change.get_by_role("link", name="drifting")).to_be_visible()
    for _ in range(200):
        if parked(api, demo) == stood + 3:
            break
        time.sleep(0.1)
    change.get_by_role("link", name="amounts.paid").click()
    expect(page.get_by_text(re.compile(r"^\s*[3-9] incidents are open at these nodes\."))).to_be_visible()
    page.get_by_label("A second").first.select_option("100")
    page.get_by_role("button", name="Take the mapping and send parked orders on").click()
    expect(page.get_by_text("Version 1 of the form, by Owner")).to_be_visible()
    expect(page.get_by_text(re.compile(r"[3-9] decided,"))).to_be_visible(timeout=20_000)
    page.goto("/orders?number=DRIFT-2")
    expect(page.get_by_role("link", name="DRIFT-2").first).to_be_visible(timeout=20_000)
    page.goto("/contracts/own_shop.order")
    expect(page.get_by_role("listitem").filter(has_text="amounts.paid_total")).to_be_visible()
    assert complaints == []


def test_a_change_is_decided_on_by_hand_with_every_fault_of_a_mapping_shown(page: Page, demo: Demo, complaints: list[str]) -> None:
    api = page.context.request
    prepare(api, demo)
    event = copy.deepcopy(sample("own_shop"))
    event["data"] |= {"order_no": "LOYAL-1", "loyalty_level": "gold"}
    body, at = json.dumps(event).encode(), int(time.time())
    headers = {"webhook-id": "msg_loyal", "webhook-timestamp": str(at), "webhook-signature": sign(SECRET, "msg_loyal", at, body)}
    assert api.post("/hooks/drifting/shop", data=body, headers=headers).ok
    page.goto("/contracts")
    change = page.get_by_role("listitem").filter(has_text="loyalty_level")
    expect(change).to_be_visible(timeout=20_000)
    change.get_by_role("link", name="loyalty_level").click()
    page.get_by_label("It is the new name of a declared field").check()
    page.get_by_label("Declared field", exact=True).fill("lines[].spec")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("do not stand in the same object")).to_be_visible()
    page.get_by_label("The flows can take it as it is").check()
    page.get_by_label("Note").fill("a marketing field")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Dealt with").first).to_be_visible()
    page.goto("/contracts/own_shop.order")
    expect(page.get_by_text("a marketing field")).to_be_visible()
    assert [text for text in complaints if "422" not in text] == []
