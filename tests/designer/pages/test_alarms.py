"""The pages of alarms, rules and delays."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from engine.app import Orderloom
from engine.watch.observations import Delivery
from engine.watch.rules import KINDS

Client = AsyncTestClient[Any]
HTML = {"Accept": "text/html"}
CHINESE = {**HTML, "Accept-Language": "zh"}
PATHS = (
    "/alarms",
    "/alarms?show=all",
    "/alarms/rules",
    "/alarms/rules/new",
    "/alarms/rules/three_failures",
    "/delays",
    "/delays?minutes=60",
)


async def failing(orderloom: Orderloom, connection: str = "wms") -> None:
    for _ in range(3):
        orderloom.watch.ears.called(connection, went=False)
    await orderloom.watch.look()


@pytest.mark.parametrize("path", [*PATHS, *(f"/alarms/rules/new?kind={kind}" for kind in KINDS)])
async def test_every_page_speaks_chinese_and_needs_no_inline_code(owner: Client, orderloom: Orderloom, path: str) -> None:
    await failing(orderloom)
    orderloom.watch.delays.add(Delivery("taobao", "wms", "A1", orderloom.started_at, 1.0, 2.0))
    answer = await owner.get(path, headers=CHINESE)
    assert answer.status_code == 200
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", answer.text)
    main = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])
    english = re.findall(r"\b[A-Za-z][a-z]+(?: [a-z]+){2,}", main)
    assert english == [], "three English words in a row are a sentence that was forgotten"


async def test_a_chinese_page_calls_channel_system_and_rule_by_their_names(owner: Client, orderloom: Orderloom) -> None:
    orderloom.watch.ears.note(Delivery("own_shop", "wms", "OWN-1", orderloom.started_at, 9.0, late=True))
    await orderloom.watch.look()
    text = (await owner.get("/alarms", headers=CHINESE)).text.partition("<main")[2]
    assert "自有商城 → WMS" in text
    assert "自有商城订单 OWN-1" in text
    assert re.search(r'href="/alarms/rules/delay_over_5_s">订单延迟<', text)
    assert not re.search(r">[^<]*(own_shop|delay_over_5_s)", text), "slugs stand in addresses only"
    (row,) = (await owner.get("/api/alarms", headers={"Accept-Language": "zh"})).json()["items"]
    assert (row["rule"], row["subject"]) == ("delay_over_5_s", "own_shop/wms"), "programs read slugs"
    assert "自有商城" in row["problem"]["what"]


async def test_an_alarm_is_acknowledged_from_the_list(owner: Client, orderloom: Orderloom) -> None:
    await failing(orderloom)
    text = (await owner.get("/alarms", headers=HTML)).text
    assert "3 calls to wms failed one after the other." in text
    assert "The rule tells nobody." in text
    (number,) = set(re.findall(r"/alarms/(\d+)/acknowledgement", text))
    answer = await owner.post(f"/alarms/{number}/acknowledgement", data={"back": "/alarms?show=all"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/alarms?show=all")
    text = (await owner.get("/alarms", headers=HTML)).text
    assert "Acknowledged by Owner" in text
    assert "/acknowledgement" not in text


async def test_a_name_from_outside_is_escaped(owner: Client, orderloom: Orderloom) -> None:
    orderloom.watch.ears._heard.append(Delivery("<b>x</b>", "wms", "<i>1</i>", orderloom.started_at, 9.0))
    await orderloom.watch.look()
    orderloom.watch.delays.add(Delivery("<b>x</b>", "wms", "<i>1</i>", orderloom.started_at, 9.0))
    for path in ("/alarms", "/delays"):
        text = (await owner.get(path, headers=HTML)).text
        assert "&lt;i&gt;1&lt;/i&gt;" in text
        assert "<i>1</i>" not in text


async def test_a_rule_is_written_changed_and_deleted_by_the_form(owner: Client, orderloom: Orderloom) -> None:
    await owner.put("/api/connections/team", json={"type": "wecom", "url": "https://robot.example/send?key=k"})
    assert 'name="tell.team"' in (await owner.get("/alarms/rules/new?kind=failures", headers=HTML)).text
    form = {
        "_kind": "failures",
        "_name": "twice",
        "enabled": "on",
        "count": "2",
        "tell.team": "on",
        "quiet_from": "22:00",
        "quiet_to": "08:00",
    }
    answer = await owner.post("/alarms/rules/new", data=form, headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/alarms/rules?saved=twice")
    rule = orderloom.watch.rules.rule("twice")
    assert (rule.tell, rule.quiet_from, rule.model_dump()["count"]) == (("team",), "22:00", 2)
    again = await owner.post("/alarms/rules/new", data=form, headers=HTML)
    assert again.status_code == 422
    assert "There is a rule twice already." in again.text
    answer = await owner.post("/alarms/rules/twice", data={"count": "4"}, headers=HTML, follow_redirects=False)
    assert answer.status_code == 303
    changed = orderloom.watch.rules.rule("twice")
    assert (changed.enabled, changed.tell, changed.quiet_from, changed.model_dump()["count"]) == (False, (), None, 4)
    await owner.post("/alarms/rules/twice/deletion", headers=HTML)
    assert "twice" not in orderloom.watch.rules.rules()


async def test_faults_stand_beside_their_fields_in_the_readers_language(owner: Client) -> None:
    form = {"_kind": "delay", "_name": "Bad Name", "seconds": "0", "zone": "Nowhere", "quiet_from": "7"}
    answer = await owner.post("/alarms/rules/new", data=form, headers=CHINESE)
    assert answer.status_code == 422
    for field in ("_name", "seconds", "zone", "quiet_from"):
        fault = re.search(rf'id="e-{field}">(.*?)</div>', answer.text, re.DOTALL)
        assert fault is not None, field
        assert re.search("[\u4e00-\u9fff]", fault[1]), field


async def test_delays_show_half_and_nearly_all_and_the_order_that_took_longest(owner: Client, orderloom: Orderloom) -> None:
    for n in range(20):
        orderloom.watch.delays.add(Delivery("taobao", "wms", f"A{n}", orderloom.started_at, 0.5 if n else 7.25))
    text = (await owner.get("/delays", headers=HTML)).text
    assert "7.25 s" in text
    assert 'href="/runs?order=A0"' in text
    assert "An order that takes longer than 5 s, or 5 s from the channel&#39;s own time, raises an alarm" in text
    orderloom.watch.delays._now = lambda: orderloom.started_at + timedelta(minutes=20)
    assert "Nothing has been measured yet" in (await owner.get("/delays", headers=HTML)).text
