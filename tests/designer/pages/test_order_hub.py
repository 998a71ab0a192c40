"""The pages of the hub: an order's passport, looking up by the receiver, held orders and their release."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response

from engine.app import Orderloom
from engine.store.ports import HoldFilter
from tests.designer.api.test_order_hub import HOLDING, PERSONAL, PHONE, amounts
from tests.designer.api.test_orders import ORDER

HTML = {"Accept": "text/html"}
SAMPLES = Path(__file__).parents[3] / "nodes" / "connector"
ONE = "/orders/one?channel=own_shop&number=OWN-17"


@pytest.fixture
async def shop(owner: AsyncClient, orderloom: Orderloom) -> Any:
    await orderloom.publish(json.dumps(HOLDING).encode(), note="", actor="test")

    async def send(second: int = 5, **changes: Any) -> str:
        order = {**ORDER, "updated_at": f"2026-01-16T03:04:{second:02}Z", **changes}
        event = (await owner.post("/hooks/keeping/orders", json=order)).json()["event"]
        await orderloom.dispatcher.idle()
        return event

    return send


async def text(owner: AsyncClient, path: str, language: str = "en") -> str:
    answer = await owner.get(path, headers={**HTML, "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert not any(personal in answer.text for personal in PERSONAL)
    return answer.text


async def look_up(owner: AsyncClient, receiver: str, language: str = "en") -> Response:
    return await owner.post("/orders/found", data={"receiver": receiver}, headers={**HTML, "Accept-Language": language})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Versions that came", "First version", "Newer version", "Older version, only noted", "All runs of this order")),
        ("zh", ("收到的版本", "首个版本", "更新的版本", "较旧的版本，仅作记录", "该订单的全部运行")),
    ],
)
async def test_the_passport_shows_versions_and_runs(owner: AsyncClient, shop: Any, language: str, words: tuple[str, ...]) -> None:
    runs = [await shop(5), await shop(9, status="shipped"), await shop(1)]
    page = await text(owner, ONE, language)
    assert all(word in page for word in words)
    assert all(f"/runs/{run}" in page for run in runs)
    version = re.findall(r"/orders/versions/\d+", page)[-1]
    first = await text(owner, version, language)
    assert "138****5678" in first
    assert f"/runs/{runs[0]}" in first


@pytest.mark.parametrize("receiver", [PHONE, f"+86 {PHONE}", "１３８１２３４５６７８", "南京东路一号"])
async def test_a_receiver_finds_the_order_by_a_form_that_leaves_no_trace(owner: AsyncClient, shop: Any, receiver: str) -> None:
    await shop()
    answer = await look_up(owner, receiver)
    assert answer.status_code == 200
    assert "OWN-17" in answer.text
    assert "138****5678" in answer.text
    assert not any(personal in answer.text for personal in (*PERSONAL, receiver))
    audit = await text(owner, "/audit")
    assert "Looked an order up by its receiver" in audit
    assert receiver not in audit
    assert 'method="post" action="/orders/found"' in await text(owner, "/orders")


async def test_what_cannot_be_looked_for_says_why(owner: AsyncClient, shop: Any) -> None:
    await shop()
    answer = await look_up(owner, "138****5678")
    assert (answer.status_code, "stars find nothing" in answer.text) == (422, True)
    assert "带星号的内容无法查找" in (await look_up(owner, "138****5678", "zh")).text
    assert "No order of this receiver" in (await look_up(owner, "13900000000")).text


async def test_orders_are_narrowed_to_a_sku_and_to_what_is_held(owner: AsyncClient, shop: Any) -> None:
    await shop(**amounts("79.00"))
    for narrowed, found in (("sku=A-1", True), ("sku=B", False), ("held=yes", True), ("held=no", False)):
        assert ("OWN-17" in await text(owner, f"/orders?{narrowed}")) is found, narrowed
    assert "Amounts do not add up" in await text(owner, "/orders")


async def test_a_held_order_is_released_on_its_page(owner: AsyncClient, shop: Any, orderloom: Orderloom) -> None:
    run = await shop(**amounts("79.00"))
    page = await text(owner, ONE)
    (hold,) = re.findall(r'name="hold" value="(\d+)"', page)
    answer = await owner.post("/holds/releases", data={"hold": hold, "back": ONE}, headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, ONE)
    await orderloom.dispatcher.idle()
    assert (await orderloom.store.run(int(run))).state == "done"
    page = await text(owner, ONE)
    assert "A person released the order." in page
    assert 'name="hold"' not in page
    assert "Released" in await text(owner, "/holds?show=done")


async def test_many_are_released_on_the_list(owner: AsyncClient, shop: Any) -> None:
    for number in "12":
        await shop(order_no=f"OWN-{number}", **amounts("79.00"))
    await shop(order_no="OWN-3", status="a word of nobody")
    page = await text(owner, "/holds")
    holds = re.findall(r'name="hold" value="(\d+)"', page)
    assert len(holds) == 2, "an order in a state that nobody knows is not offered"
    answer = await owner.post("/holds/releases", data={"all": "yes"}, headers=HTML)
    assert answer.headers["location"] == "/holds?released=2&left=1"
    listed = await text(owner, answer.headers["location"])
    assert "2 released." in listed
    assert "1 passed over" in listed
    assert "State not known" in listed
    assert "已放行 2 单。" in await text(owner, answer.headers["location"], "zh")
    assert "No held order fits" in await text(owner, "/holds?reason=blacklist")


async def test_all_that_fit_the_filters_are_released_at_once(owner: AsyncClient, shop: Any) -> None:
    for number in "12":
        await shop(order_no=f"OWN-{number}", **amounts("79.00"))
    await shop(order_no="OWN-3", status="a word of nobody")
    form = {"all": "yes", "reason": "amount_mismatch"}
    assert "Release all" in await text(owner, "/holds?reason=amount_mismatch")
    answer = await owner.post("/holds/releases", data=form, headers=HTML)
    assert answer.headers["location"] == "/holds?released=2"
    assert (await owner.post("/holds/releases", data=form, headers=HTML)).status_code == 422


async def test_a_release_that_cannot_be_says_why(owner: AsyncClient, shop: Any, orderloom: Orderloom) -> None:
    await shop(status="a word of nobody")
    assert 'name="hold"' not in await text(owner, "/holds")
    assert "Say what the state means" in await text(owner, ONE)
    assert "请说明该状态的含义" in await text(owner, ONE, "zh")
    (hold,) = [one.id for one in (await orderloom.store.holds(HoldFilter("open"), limit=5)).items]
    answer = await owner.post("/holds/releases", data={"hold": hold}, headers=HTML)
    assert (answer.status_code, "never ships" in answer.text) == (409, True)
    answer = await owner.post("/holds/releases", data={"back": "/holds"}, headers=HTML)
    assert (answer.status_code, "No held order is chosen" in answer.text) == (422, True)


async def test_an_erased_order_keeps_its_lines_and_versions(owner: AsyncClient, shop: Any) -> None:
    event = await shop()
    assert (await owner.post(f"/api/events/{event}/erasure")).status_code == 200
    page = await text(owner, ONE)
    assert "Personal data was erased" in page
    assert "A-1" in page
    assert "First version" in page
    assert "No order of this receiver" in (await look_up(owner, PHONE)).text


async def test_a_receiver_that_the_platform_enciphered_is_shown_by_the_platforms_own_mask(owner: AsyncClient, orderloom: Orderloom) -> None:
    flow = {
        **HOLDING,
        "name": "asis",
        "nodes": {"hook": {"use": "connector.webhook@1", "params": {"key_path": "channel_order_id"}}, "hub": {"use": "connector.to_hub@1"}},
        "wires": ["hook -> hub"],
        "tests": [{"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
    }
    await orderloom.publish(json.dumps(flow).encode(), note="", actor="test")
    order = json.loads((SAMPLES / "pinduoduo" / "sample_order.json").read_text("utf-8"))
    assert (await owner.post("/hooks/asis/hook", json=order)).status_code == 200
    await orderloom.dispatcher.idle()
    for path in ("/orders", f"/orders/one?channel=pinduoduo&number={order['channel_order_id']}"):
        page = (await text(owner, path)).partition('aria-labelledby="whole"')[0]
        assert "测**" in page, path
        assert "199****0303" in page
        assert "*" * 12 not in page
