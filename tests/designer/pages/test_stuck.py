"""The page of stuck orders and that of the expected times, and the same over the API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom

HTML = {"Accept": "text/html"}
CHINESE = {**HTML, "Accept-Language": "zh"}


@pytest.fixture
async def late(owner: AsyncClient, orderloom: Orderloom) -> AsyncClient:
    """One order is parked on its way to the hub, and the clock is ten minutes on."""
    nodes = {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
        "hub": {"use": "connector.to_hub@1"},
    }
    flow = {"format": 1, "name": "late", "nodes": nodes, "wires": ["hook -> good", "good.yes -> hub"], "tests": []}
    await owner.put("/api/flows/late/draft", json=flow)
    assert (await owner.post("/api/flows/late/publication", json={"note": "n"})).status_code == 201
    await owner.post("/hooks/late/hook", json={"no": "A<1>"})
    await orderloom.dispatcher.idle()
    began = orderloom._now()
    orderloom.stuck._now = lambda: began + timedelta(minutes=10)  # type: ignore[attr-defined]
    return owner


@pytest.mark.parametrize("path", ["/stuck", "/stuck?stage=canonical&channel=webhook&cause=parked", "/stuck?cause=held", "/stuck/times"])
async def test_every_page_speaks_chinese_and_needs_no_inline_code(late: AsyncClient, path: str) -> None:
    answer = await late.get(path, headers=CHINESE)
    assert answer.status_code == 200
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", answer.text)
    main = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])
    assert re.findall(r"\b[A-Za-z][a-z]+(?: [a-z]+){2,}", main) == []


async def test_a_stuck_order_is_listed_with_its_stage_its_cause_and_how_late_it_is(late: AsyncClient) -> None:
    text = (await late.get("/stuck", headers=HTML)).text
    assert "Parked: needs a hand" in text
    assert "9 min" in text
    assert "A&lt;1&gt;" in text
    (one,) = (await late.get("/api/stuck-orders")).json()["items"]
    assert (one["stage"], one["cause"], one["step"], one["late_by"], one["sent_on"]) == ("canonical", "parked", "good", 540, True)
    assert one["problem"]["code"].startswith("expression.")
    assert (await late.get("/api/stuck-orders?cause=held")).json()["items"] == []


async def test_those_that_are_chosen_are_sent_on(late: AsyncClient, orderloom: Orderloom) -> None:
    answer = await late.post("/stuck/resumptions", data={"stage": "canonical", "per_second": "100"}, headers=HTML, follow_redirects=False)
    assert answer.status_code == 303
    assert orderloom.bulk.last is not None
    assert (orderloom.bulk.last.action, orderloom.bulk.last.total) == ("again", 1)
    for task in list(orderloom.bulk._tasks):
        await task
    answer = await late.post("/api/stuck-orders/resumptions", json={"stage": "wms"})
    assert (answer.status_code, answer.json()["total"]) == (202, 0)
    assert (await late.post("/api/stuck-orders/resumptions", json={"stage": "lorry"})).status_code == 400


async def test_times_are_kept_by_channel_and_a_wrong_one_stays_in_its_field(owner: AsyncClient) -> None:
    bad = await owner.post("/stuck/times", data={".wms": "soon", "jd.wms": "30", "_version": "0"}, headers=HTML)
    assert bad.status_code == 422
    assert re.search(r'name="\.wms" value="soon"[^>]*aria-invalid="true"', bad.text)
    good = await owner.post("/stuck/times", data={".wms": "20", "jd.wms": "30", "_version": "0"}, headers=HTML, follow_redirects=False)
    assert (good.status_code, good.headers["location"]) == (303, "/stuck/times?saved=1")
    answer = await owner.get("/api/stuck-orders/times")
    assert (answer.json()["all"]["wms"], answer.json()["channels"]) == (20, {"jd": {"wms": 30}})
    assert answer.headers["etag"] == '"1"'
    assert (await owner.post("/stuck/times", data={".wms": "5", "_version": "0"}, headers=HTML)).status_code == 409
    assert (await owner.put("/api/stuck-orders/times", json={"all": {"wms": 5}}, headers={"If-Match": '"1"'})).json() == {"version": 2}


async def test_looking_now_is_a_button(late: AsyncClient, orderloom: Orderloom) -> None:
    answer = await late.post("/stuck/looks", headers=HTML, follow_redirects=False)
    assert answer.status_code == 303
    assert len(orderloom.stuck.last.orders) == 1


async def test_an_empty_list_says_that_all_is_well(owner: AsyncClient, orderloom: Orderloom) -> None:
    text: Any = (await owner.get("/stuck", headers=HTML)).text
    assert "Nothing is stuck" in text


async def test_times_are_read_and_shown_as_people_write_them(owner: AsyncClient) -> None:
    assert 'value="2d"' in (await owner.get("/stuck/times", headers=HTML)).text
    typed = {".wms": "1.5h", ".finance": "90s", "jd.wms": "10m", "jd.finance": "500ms", "_version": "0"}
    await owner.post("/stuck/times", data=typed, headers=HTML)
    kept = (await owner.get("/api/stuck-orders/times")).json()
    assert (kept["all"]["wms"], kept["all"]["finance"], kept["channels"]) == (5400, 90, {"jd": {"wms": 600, "finance": 1}})
    shown = (await owner.get("/stuck/times", headers=HTML)).text
    assert re.search(r'name="\.wms" value="90m"', shown)
    assert re.search(r'name="jd\.wms" value="10m"', shown)


async def test_what_is_no_duration_is_told_how_one_is_written(owner: AsyncClient) -> None:
    bad = await owner.post("/stuck/times", data={".wms": "soon", "_version": "0"}, headers=HTML | {"Accept-Language": "zh"})
    assert "请填写时长，例如" in bad.text
    assert "整数" not in bad.text
