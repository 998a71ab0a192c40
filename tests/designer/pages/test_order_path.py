"""The page of the order's path, and the form of the present way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from engine.app import Orderloom
from tests.designer.pages.conftest import Sell

Client = AsyncTestClient[Any]
HTML = {"Accept": "text/html"}
CHINESE = {**HTML, "Accept-Language": "zh"}
STEP = {
    "step.0.title": "导出订单",
    "step.0.by": "excel",
    "step.0.minutes": "40",
    "step.0.pain": "容易漏单",
    "step.1.title": "发邮件",
    "step.1.by": "mail",
}


async def save(owner: Client, version: int = 0, **more: str) -> int:
    form = {**STEP, "_version": str(version), "_action": "save", **more}
    answer = await owner.post("/order-path/present", data=form, headers=HTML, follow_redirects=False)
    return answer.status_code


@pytest.mark.parametrize("path", ["/order-path", "/order-path/present"])
async def test_every_page_speaks_chinese_and_needs_no_inline_code(hub: Client, sell: Sell, path: str) -> None:
    await sell()
    assert await save(hub) == 303
    answer = await hub.get(path, headers=CHINESE)
    assert answer.status_code == 200
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", answer.text)
    main = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])
    assert re.findall(r"\b[A-Za-z][a-z]+(?: [a-z]+){2,}", main) == []


async def test_the_path_shows_the_orders_that_went_along_it_and_where_it_breaks_off(hub: Client, sell: Sell) -> None:
    await sell(1)
    await sell(2)
    text = (await hub.get("/order-path", headers=HTML)).text
    assert "Kept in the hub" in text
    assert "2 orders" in text
    assert "No flow tells Own shop what was shipped." in text
    assert "Orders from Own shop reach neither a warehouse nor a finance system." in text


@pytest.mark.parametrize(("headers", "flow", "shop"), [(HTML, "Hub only", "Own shop"), (CHINESE, "仅入库", "自有商城")])
async def test_stations_are_called_as_people_call_them(hub: Client, sell: Sell, headers: dict[str, str], flow: str, shop: str) -> None:
    await sell()
    main = (await hub.get("/order-path", headers=headers)).text.partition("<main")[2]
    assert f"<b>{flow}</b>" in main
    assert f"<b>{shop}</b>" in main
    assert not re.search("hub_only|own_shop", re.sub(r"<[^>]+>", " ", main))


async def test_a_parked_order_is_shown_at_its_station(hub: Client, orderloom: Orderloom, flow: dict[str, Any]) -> None:
    parking = {**flow, "nodes": {**flow["nodes"], "hub": {"use": "connector.to_hub@1"}}, "wires": [*flow["wires"], "good.yes -> hub"]}
    await hub.put("/api/flows/small/draft", json=parking)
    assert (await hub.post("/api/flows/small/publication", json={"note": "n"})).status_code == 201
    await hub.post("/hooks/small/plain", json={"no": "1"})
    await orderloom.dispatcher.idle()
    stations = {one["id"]: one for one in (await hub.get("/api/order-path")).json()["stations"]}
    assert stations["flow:small"]["figures"]["parked"] == 1
    assert stations["hub"]["figures"]["parked"] == 0
    assert "1 parked" in (await hub.get("/order-path", headers=HTML)).text


async def test_buttons_of_the_form_change_the_rows_and_keep_nothing(owner: Client) -> None:
    async def rows(action: str) -> list[str]:
        text = (await owner.post("/order-path/present", data={**STEP, "_action": action}, headers=HTML)).text
        return re.findall(r'name="step\.\d+\.title" value="([^"]*)"', text)

    assert await rows("add") == ["导出订单", "发邮件", ""]
    assert await rows("down.0") == ["发邮件", "导出订单"]
    assert await rows("up.1") == ["发邮件", "导出订单"]
    assert await rows("remove.0") == ["发邮件"]
    assert await rows("up.0") == await rows("remove.99") == await rows("nonsense") == ["导出订单", "发邮件"]
    assert (await owner.get("/api/order-path/present")).json()["version"] == 0


async def test_a_problem_stands_at_its_field_and_what_was_typed_stays(owner: Client) -> None:
    answer = await owner.post("/order-path/present", data={**STEP, "step.1.minutes": "soon", "_action": "save"}, headers=HTML)
    assert answer.status_code == 422
    assert re.search(r'id="f-1-minutes"[^>]*value="soon"[^>]*aria-invalid="true"', answer.text)


async def test_whoever_saw_an_older_version_is_told_and_loses_nothing(owner: Client) -> None:
    assert await save(owner) == 303
    answer = await owner.post(
        "/order-path/present", data={**STEP, "step.0.title": "<b>neu</b>", "_version": "0", "_action": "save"}, headers=HTML
    )
    assert answer.status_code == 409
    assert "Somebody else has saved this meanwhile: version 1 is the newest." in answer.text
    assert "&lt;b&gt;neu&lt;/b&gt;" in answer.text
    assert "<b>neu</b>" not in answer.text


async def test_an_older_version_is_shown_and_can_be_begun_from(owner: Client) -> None:
    assert await save(owner) == 303
    assert await save(owner, 1, **{"step.0.title": "直接推送"}) == 303
    assert "直接推送" in (await owner.get("/order-path", headers=HTML)).text
    old = (await owner.get("/order-path?version=1", headers=HTML)).text
    assert "导出订单" in old
    assert "/order-path/present?version=1" in old
    assert (await owner.get("/order-path?version=7", headers=HTML)).status_code == 404


async def test_the_api_keeps_the_present_way_under_its_version(owner: Client) -> None:
    body = {"steps": [{"title": "a", "by": "paper"}]}
    assert (await owner.put("/api/order-path/present", json=body, headers={"If-Match": '"0"'})).json() == {"version": 1}
    assert (await owner.put("/api/order-path/present", json=body, headers={"If-Match": '"0"'})).status_code == 412
    assert (await owner.put("/api/order-path/present", json={"steps": [{}]})).status_code == 422
    answer = await owner.get("/api/order-path/present")
    assert (answer.headers["etag"], answer.json()["steps"][0]["by"]) == ('"1"', "paper")
    assert [one["version"] for one in (await owner.get("/api/order-path/present/versions")).json()["items"]] == [1]
