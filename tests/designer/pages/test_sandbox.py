"""The pages of the sandbox: recordings, the report of a trial, and a gradual rollout with the way back."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom

Client = AsyncClient
HTML = {"Accept": "text/html", "Accept-Language": "en"}
PHONE, NAME = "19900001234", "测试甲"


async def show(client: Client, path: str, **more: str) -> str:
    answer = await client.get(path, headers={**HTML, **more})
    assert answer.status_code == 200, answer.text
    return answer.text


async def sent(client: Client, path: str, **form: str) -> str:
    """The place that a form leads to."""
    answer = await client.post(path, data=form, headers=HTML)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.fixture
async def place(published: Client, orderloom: Orderloom, flow: dict[str, Any]) -> str:
    """The page of a recording of two orders; the second is parked, which the draft would not do."""
    place = await sent(published, "/recordings", of="flow:small", orders="20", minutes="5", days="3")
    for item in ({"no": "1", "good": True}, {"no": "2"}):
        await published.post("/hooks/small/plain", json={**item, "phone": PHONE, "receiver_name": NAME})
    await orderloom.dispatcher.idle()
    await sent(published, f"{place}/ending")
    flow["nodes"]["good"]["params"]["when"] = "!has(item.good) || item.good"
    await published.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})
    return place


async def report(client: Client, place: str, **form: str) -> tuple[str, str]:
    where = await sent(client, f"{place}/trials", flow="small", **form)
    for _ in range(500):
        text = await show(client, where)
        if "every 1s" not in text:
            return where, text
        await asyncio.sleep(0.01)
    raise AssertionError("the trial did not end")


async def test_a_recording_is_listed_and_shows_its_orders(published: Client, place: str) -> None:
    assert place in await show(published, "/recordings")
    text = await show(published, place)
    assert "2 of at most 20" in text
    assert text.count('href="/runs/') == 2
    assert not [word for word in (PHONE, NAME) if word in text]


async def test_the_report_sums_up_and_offers_a_share_and_the_switch(published: Client, place: str) -> None:
    _, text = await report(published, place, against="draft")
    assert "Tried on recorded traffic" in text
    assert "in one order" in text
    assert re.search(r'name="digest" value="[0-9a-f]{64}"', text)
    assert not [word for word in (PHONE, NAME) if word in text]
    _, same = await report(published, place, against="1")
    assert "No order would become anything else" in same
    assert "already before" in same
    assert 'name="digest"' not in same


async def test_from_the_report_a_share_is_begun_raised_switched_and_taken_back(published: Client, place: str) -> None:
    _, text = await report(published, place, against="draft")
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', text)
    assert digest is not None
    page = await sent(published, "/flows/small/share", against="draft", percent="10", digest=digest[1])
    assert "10 % of the orders go through version 2" in await show(published, page)
    await sent(published, "/flows/small/share", percent="50")
    assert "50 % of the orders go through version 2" in await show(published, page)
    await sent(published, "/flows/small/share", percent="100")
    assert "All orders go through version 2" in await show(published, page)
    await sent(published, "/flows/small/share/return")
    assert "All orders go through version 1" in await show(published, page)


async def test_what_cannot_be_done_is_told_on_the_page_itself(published: Client, place: str) -> None:
    for path, form, code in (
        ("/recordings", {"of": "flow:small", "orders": "many"}, "recording.limits"),
        ("/recordings", {"of": ""}, "recording.of_nothing"),
        (f"{place}/trials", {"flow": "small", "against": "77"}, "flow.version_unknown"),
        ("/flows/small/share", {"percent": "ten", "against": "draft"}, "share.percent"),
        ("/flows/small/share", {"percent": "10", "against": "draft", "digest": "other"}, "share.draft_changed"),
        ("/flows/small/share/return", {}, "share.none"),
    ):
        answer = await published.post(path, data=form, headers=HTML)
        assert (answer.status_code, code in answer.text) == (422, True), (path, answer.text)


async def test_a_deleted_recording_has_no_page_any_more(published: Client, place: str) -> None:
    assert await sent(published, f"{place}/deletion") == "/recordings"
    assert (await published.get(place, headers=HTML)).status_code == 404


async def test_the_audit_log_says_it_in_words(published: Client, place: str) -> None:
    text = await show(published, "/audit", **{"Accept-Language": "zh"})
    assert "开始录制流量" in text
    assert "结束录制" in text
