from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.designer.conftest import KEY

Client = AsyncTestClient[Any]
Sell = Callable[..., Awaitable[int]]
PHONE, NAME, STREET = "19900001234", "林小满", "示例大道5号"
LISTS = ("/", "/flows", "/runs", "/events", "/incidents", "/orders", "/holds", "/nodes", "/connections", "/audit")
HTML = {"Accept": "text/html"}


async def get(client: Client, path: str, language: str = "en") -> str:
    answer = await client.get(path, headers={**HTML, "Accept-Language": language})
    assert answer.status_code == 200, (path, answer.text[:400])
    return answer.text


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("zh-CN,zh;q=0.9", "zh-CN")])
async def test_every_page_is_shown_before_anything_has_run(owner: Client, path: str, language: str, lang: str) -> None:
    assert f'<html lang="{lang}"' in await get(owner, path, language)


@pytest.mark.parametrize("path", LISTS)
async def test_no_page_needs_inline_code_or_style(hub: Client, sell: Sell, path: str) -> None:
    await sell()
    text = await get(hub, path)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text)


async def test_the_overview_knows_the_last_minute_when_it_is_opened_first(hub: Client, sell: Sell) -> None:
    for number in (1, 2, 3):
        await sell(number)
    assert re.search(r'id="rate">Last minute</h2><span[^>]*>3 accepted<', await get(hub, "/"))


async def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    answer = await client.get("/orders", headers=HTML)
    assert answer.status_code == 401
    assert "Please sign in" in answer.text
    form = re.search(r'<form[^>]* method="get" action="(/)">.*? type="password" name="key"', answer.text)
    assert form
    signed_in = await client.get(form[1], params={"key": KEY}, headers=HTML, follow_redirects=True)
    assert signed_in.status_code == 200
    assert "Please sign in" not in signed_in.text


async def test_a_stranger_sees_no_menu_and_no_way_back_to_the_same_refusal(client: Client) -> None:
    text = (await client.get("/orders", headers=HTML)).text
    assert re.findall(r'<nav|href="/(?:orders|runs)?"', text) == ['href="/"']


async def test_a_wrong_key_in_the_address_is_called_wrong(client: Client) -> None:
    answer = await client.get("/?key=wrong", headers={**HTML, "Accept-Language": "zh"})
    assert answer.status_code == 401
    assert "密钥不正确" in answer.text


async def test_an_unknown_address_is_a_page_in_the_readers_language(owner: Client) -> None:
    answer = await owner.get("/nothing", headers={**HTML, "Accept-Language": "zh"})
    assert answer.status_code == 404
    assert "页面不存在" in answer.text


@pytest.mark.parametrize(
    "path", ["/flows/none", "/runs/1", "/nodes/rule.none@1", "/orders/one?channel=taobao&number=1", "/orders/versions/1"]
)
async def test_an_unknown_thing_is_not_found(owner: Client, path: str) -> None:
    assert (await owner.get(path, headers=HTML)).status_code == 404


@pytest.mark.parametrize(("use", "said"), [("rule.conditio", "rule.condition"), ("nope@1", "All of them"), ("rule.condition@9", "It has")])
async def test_the_page_of_an_unknown_node_type_names_those_close_to_it(owner: Client, use: str, said: str) -> None:
    text = (await owner.get(f"/nodes/{use}", headers=HTML)).text
    assert said in text
    assert not re.search(r"\{\w+\}", text)


@pytest.mark.parametrize("path", ["/runs?cursor=abc", "/flows/hub_only?version=x", "/orders/one?channel=taobao"])
async def test_an_address_that_makes_no_sense_is_no_fault_of_ours(hub: Client, path: str) -> None:
    assert (await hub.get(path, headers=HTML)).status_code in (400, 404)


async def test_a_chosen_language_and_scheme_stay(owner: Client) -> None:
    for field, value in (("language", "zh"), ("theme", "dark")):
        answer = await owner.post("/preferences", data={field: value, "back": "/runs?status=done"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/runs?status=done")
        assert "HttpOnly" in answer.headers["set-cookie"]
    text = await get(owner, "/runs", "en")
    assert '<html lang="zh-CN" data-theme="dark"' in text


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com", "/\\example.com", "runs", "/a\nb"])
async def test_no_form_sends_a_reader_elsewhere(owner: Client, back: str) -> None:
    answer = await owner.post("/preferences", data={"theme": "light", "back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


async def test_an_unknown_preference_is_not_kept(owner: Client) -> None:
    answer = await owner.post("/preferences", data={"theme": "pink", "language": "xx"}, follow_redirects=False)
    assert "set-cookie" not in answer.headers


async def test_an_order_is_shown_masked_everywhere(hub: Client, sell: Sell) -> None:
    run = await sell()
    number = re.findall(r"OWN-\d+", await get(hub, "/orders"))[0]
    for path in (*LISTS, f"/runs/{run}", f"/orders/one?channel=own_shop&shop=own_shop&number={number}"):
        text = await get(hub, path)
        assert not [secret for secret in (PHONE, NAME, STREET) if secret in text], path


async def test_a_run_shows_its_steps_and_what_was_on_the_wires(hub: Client, sell: Sell) -> None:
    text = await get(hub, f"/runs/{await sell()}")
    assert [step in text for step in ("step-shop", "step-order", "step-hub")] == [True] * 3
    assert "199****1234" in text
    assert "hub:orders" in text


async def test_markup_in_an_order_stays_text(hub: Client, sell: Sell) -> None:
    line = {"line_no": "1", "sku": "X", "title": "<script>alert(1)</script>", "qty": 1, "unit_price": "258.00"}
    run = await sell(lines=[line])
    number = re.findall(r"OWN-\d+", await get(hub, "/orders"))[0]
    for path in (f"/orders/one?channel=own_shop&shop=own_shop&number={number}", f"/runs/{run}"):
        text = await get(hub, path)
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


async def test_a_parked_run_says_what_to_do_in_the_readers_language(published: Client, orderloom: Any) -> None:
    await published.post("/hooks/small/plain", json={"no": "A1"})
    await orderloom.dispatcher.idle()
    english, chinese = await get(published, "/incidents"), await get(published, "/incidents", "zh")
    assert 'class="problem err"' in english
    assert 'class="do"' in chinese
    assert "待处理" in chinese


async def test_a_decision_is_one_button_away_and_leads_back(published: Client, orderloom: Any) -> None:
    await published.post("/hooks/small/plain", json={"no": "A1"})
    await orderloom.dispatcher.idle()
    address = re.search(r'action="(/incidents/\d+/resumption)"', await get(published, "/incidents"))
    assert address is not None
    answer = await published.post(address[1], data={"action": "skip", "back": "/incidents"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents")
    await orderloom.dispatcher.idle()
    assert "Nothing to do" in await get(published, "/incidents")
    assert (await published.post(address[1], data={"action": "again"}, headers=HTML)).status_code == 409


async def test_an_order_is_given_up_from_its_incident_and_the_page_asks_first(published: Client, orderloom: Any) -> None:
    await published.post("/hooks/small/plain", json={"no": "A1"})
    await orderloom.dispatcher.idle()
    text = await get(published, "/incidents")
    address = re.search(r'action="(/runs/\d+/cancellation)"', text)
    assert address is not None
    assert text.index('<details class="sure">') < address.start()
    answer = await published.post(address[1], data={"back": "/incidents"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents")
    await orderloom.dispatcher.idle()
    assert "Nothing to do" in await get(published, "/incidents")
    assert (await published.post(address[1], data={}, headers=HTML)).status_code == 409


async def test_all_incidents_that_fit_are_decided_on_from_the_list(published: Client, orderloom: Any) -> None:
    for number in range(5):
        await published.post("/hooks/small/plain", json={"no": f"A{number}"})
    await orderloom.dispatcher.idle()
    assert 'action="/incidents/resumptions"' in await get(published, "/incidents?flow=small")
    form = {"action": "skip", "per_second": "1000", "flow": "small", "back": "/incidents?flow=small"}
    answer = await published.post("/incidents/resumptions", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?flow=small")
    while not orderloom.bulk.last.ended:
        await asyncio.sleep(0)
    await orderloom.dispatcher.idle()
    assert "5 decided, 0 passed over" in await get(published, "/incidents")
    assert (await published.get("/api/incidents/resumptions/1")).json()["decided"] == 5
    assert (await published.get("/api/incidents/resumptions/7")).status_code == 404
    refused = await published.post("/api/incidents/resumptions", json={"action": "burn"})
    assert refused.status_code in (400, 422)


async def test_a_decision_that_does_not_exist_is_refused(published: Client, orderloom: Any) -> None:
    await published.post("/hooks/small/plain", json={"no": "A1"})
    await orderloom.dispatcher.idle()
    found = (await orderloom.store.incidents()).items[0]
    assert (await published.post(f"/incidents/{found.id}/resumption", data={"action": "burn"}, headers=HTML)).status_code == 422


async def test_a_decision_from_another_site_is_refused(published: Client, client: Client, bearer: dict[str, str]) -> None:
    key = bearer["Authorization"].removeprefix("Bearer ")
    cookie = (await client.get("/", params={"key": key}, follow_redirects=False)).headers["set-cookie"].partition(";")[0]
    headers = {"Cookie": cookie, "Authorization": "", "Sec-Fetch-Site": "cross-site"}
    assert (await published.post("/incidents/1/resumption", data={"action": "skip"}, headers=headers)).status_code == 403


async def test_an_incident_names_its_order_and_run(published: Client, orderloom: Any) -> None:
    await published.post("/hooks/small/plain", json={"no": "A1"})
    await orderloom.dispatcher.idle()
    (incident,) = (await orderloom.store.incidents()).items
    text = await get(published, "/incidents")
    assert "A1" in text
    assert f'href="/runs/{incident.run_id}#step-good"' in text


async def test_an_order_is_linked_only_where_the_hub_holds_it(hub: Client, sell: Sell) -> None:
    kept, lost = await sell(1), await sell(2, lines=[])
    shown = {run: "/orders/one?" in await get(hub, f"/runs/{run}") for run in (kept, lost)}
    assert shown == {kept: True, lost: False}
    for path in ("/runs", "/events"):
        assert (await get(hub, path)).count("/orders/one?") == 1


async def test_code_in_an_advice_is_shown_as_code(owner: Client) -> None:
    assert "<code>orderloom demo</code>" in await get(owner, "/runs")


async def test_lists_are_filtered(hub: Client, sell: Sell) -> None:
    await sell()
    assert "No run fits" in await get(hub, "/runs?status=failed")
    assert "No order fits" in await get(hub, "/orders?number=none")
    assert "OWN-" in await get(hub, "/orders?number=OWN&channel=own_shop&status=")


async def test_older_rows_are_one_link_away(published: Client, orderloom: Any) -> None:
    for number in range(51):
        await published.post("/hooks/small/plain", json={"no": f"A{number}", "good": True})
    await orderloom.dispatcher.idle()
    first = await get(published, "/runs")
    link = re.search(r'href="(/runs\?cursor=\d+)"', first)
    assert link is not None
    assert len(re.findall(r'<a class="num" href="/runs/\d+"', await get(published, link[1]))) == 1


async def test_a_flow_shows_its_drawing_steps_versions_and_hook(hub: Client) -> None:
    text = await get(hub, "/flows/hub_only", "zh")
    assert all(part in text for part in ("仅入库", "<foreignObject", "POST /hooks/hub_only/shop", "版本 1", "标准订单"))


async def test_problems_of_a_draft_are_explained(owner: Client) -> None:
    document = {"format": 1, "name": "broken", "nodes": {"a": {"use": "rule.none@1"}}, "wires": ["a -> b"]}
    await owner.put("/api/flows/broken/draft", json=document)
    assert 'class="problem err"' in await get(owner, "/flows/broken")


async def test_every_node_has_a_page(owner: Client, orderloom: Any) -> None:
    for node_type in orderloom.registry:
        for language in ("en", "zh"):
            assert node_type.use in await get(owner, f"/nodes/{node_type.use}", language)


async def test_secrets_are_only_said_to_be_set(owner: Client) -> None:
    text = await get(owner, "/connections")
    assert "badge ok dot" in text
    assert "whsec_" not in text


@pytest.mark.parametrize(("language", "heading", "entry"), [("en", "To do", "Incidents"), ("zh", "待处理", "异常")])
async def test_the_navigation_has_few_headings_and_marks_the_current_page(owner: Client, language: str, heading: str, entry: str) -> None:
    text = (await owner.get("/incidents?show=all", headers={**HTML, "Accept-Language": language})).text
    nav = text.partition("<nav ")[2].partition("</nav>")[0]
    headings = dict(re.findall(r'<h2 id="(nav-\d)">([^<]+)</h2>', nav))
    assert 3 <= len(headings) <= 6
    assert heading in headings.values()
    lists = re.findall(r'<ul aria-labelledby="(nav-\d)">(.*?)</ul>', nav, re.DOTALL)
    assert [name for name, _ in lists] == list(headings)
    assert all(2 <= rows.count("<li>") <= 6 for _, rows in lists)
    assert re.findall(r'aria-current="page"><svg.*?</svg>([^<]+)</a>', nav, re.DOTALL) == [entry]
    assert len(re.findall('href="', nav)) == len(set(re.findall('href="([^"]+)"', nav)))
