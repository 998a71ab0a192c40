"""Making flows, their list, their history, and the way back to an old version."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient

from designer.pages.listing import PER_PAGE
from engine.app import Orderloom
from engine.flow.beginning import suggested_name

from .conftest import HUB_FLOW
from .test_pages import HTML, get

Client = AsyncClient
FORM = {**HTML, "Accept-Language": "en"}


async def post(client: Client, path: str, **form: Any) -> tuple[int, str, str]:
    """Status, where it leads, and the text."""
    answer = await client.post(path, headers=FORM, follow_redirects=False, **form)
    return answer.status_code, answer.headers.get("location", ""), answer.text


async def draft(orderloom: Orderloom, name: str) -> dict[str, Any]:
    return json.loads((await orderloom.store.flow(name)).draft or b"{}")


async def publish(client: Client, document: dict[str, Any], note: str = "") -> None:
    name = document["name"]
    await client.put(f"/api/flows/{name}/draft", json=document)
    answer = await client.post(f"/api/flows/{name}/publication", json={"note": note})
    assert answer.status_code == 201, answer.text


def changed(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps({**HUB_FLOW, **changes}))


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Urgent orders", (), "urgent_orders"),
        ("Café — Größe 2", (), "cafe_groe_2"),
        ("2nd try", (), "nd_try"),
        ("加急订单", (), "flow"),
        ("加急订单", ("flow", "flow_2"), "flow_3"),
        ("x" * 100, ("x" * 54,), "x" * 54 + "_2"),
        ("", (), "flow"),
    ],
)
def test_a_name_is_suggested_by_the_title(title: str, taken: tuple[str, ...], name: str) -> None:
    assert suggested_name(title, taken) == name


async def test_a_flow_is_made_by_its_title_and_its_canvas_opens(owner: Client, orderloom: Orderloom) -> None:
    assert (await post(owner, "/flows", data={"title": "Urgent orders"}))[:2] == (303, "/flows/urgent_orders/canvas")
    assert await draft(orderloom, "urgent_orders") == {
        "$schema": "./flow.schema.json", "format": 1, "name": "urgent_orders", "title": {"en": "Urgent orders"},
        "nodes": {}, "wires": [], "layout": {}, "tests": [],
    }  # fmt: skip


async def test_a_name_that_is_taken_is_refused_and_the_form_keeps_what_was_typed(owner: Client) -> None:
    await post(owner, "/flows", data={"title": "A", "name": "mine"})
    status, _, text = await post(owner, "/flows", data={"title": "Other title", "name": "mine"})
    assert status == 409
    assert 'value="Other title"' in text
    assert "flow.exists" in text


@pytest.mark.parametrize("name", ["Mine", "a-b", "1a", "a" * 61, "../a"])
async def test_a_name_that_no_flow_can_have_is_refused(owner: Client, orderloom: Orderloom, name: str) -> None:
    status, _, text = await post(owner, "/flows", data={"title": "A", "name": name})
    assert status == 422
    assert "flow.bad_name" in text
    assert not await orderloom.store.flow_names()


async def test_a_copy_has_its_own_name_and_title(hub: Client, orderloom: Orderloom) -> None:
    assert 'value="Hub only (copy)"' in await get(hub, "/flows/new-flow?copied=hub_only")
    await post(hub, "/flows", data={"title": "Second hub", "name": "", "copied": "hub_only"})
    copy = await draft(orderloom, "second_hub")
    assert (copy["name"], copy["title"], copy["nodes"].keys()) == ("second_hub", {"en": "Second hub"}, HUB_FLOW["nodes"].keys())


async def test_a_copy_keeps_what_is_faulty(owner: Client, orderloom: Orderloom) -> None:
    faulty = changed(remark="keep me", wires=["shop -> order", "order -> hub", "order => hub", "hub -> nowhere"])
    faulty["nodes"]["order"] |= {"remark": [1.50], "policy": {"timeout": "5 minutes"}}
    faulty["tests"] = [{"name": "empty", "trigger": "shop", "input": []}]
    await owner.put("/api/flows/hub_only/draft", json=faulty)
    status, _, _ = await post(owner, "/flows", data={"title": "Second", "name": "second", "copied": "hub_only"})
    assert status == 303
    assert await draft(orderloom, "second") == {**faulty, "name": "second", "title": {"en": "Second"}}


async def test_the_list_counts_the_problems_that_the_canvas_shows(owner: Client) -> None:
    nodes = {**HUB_FLOW["nodes"], "big": {"use": "rule.condition@1", "params": {"when": 'item.amount.payed == "1"'}}}
    faulty = changed(nodes=nodes, wires=["shop -> order", "order -> big", "big.yes -> hub"])
    problems = (await owner.put("/api/flows/hub_only/draft", json=faulty)).json()["problems"]
    assert "expression.unknown_field" in [problem["code"] for problem in problems]
    assert f"Problems: {len(problems)}" in await get(owner, "/flows")


async def test_a_file_becomes_a_draft_under_its_own_name(owner: Client, orderloom: Orderloom) -> None:
    document = json.dumps(HUB_FLOW, indent=3).encode()
    status, where, _ = await post(owner, "/flows/import-file", files={"file": ("f.json", document, "application/json")})
    assert (status, where) == (303, "/flows/hub_only/canvas")
    assert (await orderloom.store.flow("hub_only")).draft == document


@pytest.mark.parametrize(
    ("document", "code"),
    [(b"{", "flow.unreadable"), (b"[]", "flow.not_an_object"), (b'{"name": "Bad Name", "nodes": {}}', "document.invalid")],
)
async def test_a_file_that_is_no_flow_is_refused_with_the_reason(owner: Client, orderloom: Orderloom, document: bytes, code: str) -> None:
    status, _, text = await post(owner, "/flows/import-file", files={"file": ("f.json", document, "application/json")})
    assert status == 422
    assert code in text
    assert not await orderloom.store.flow_names()


async def test_an_import_overwrites_nothing(hub: Client, orderloom: Orderloom) -> None:
    before = await orderloom.store.flow("hub_only")
    document = json.dumps(changed(title={"en": "Other"})).encode()
    status, _, text = await post(hub, "/flows/import-file", files={"file": ("f.json", document, "application/json")})
    assert (status, "flow.exists" in text) == (409, True)
    assert (await orderloom.store.flow("hub_only")).draft == before.draft


async def test_a_flow_is_taken_away_as_a_file(hub: Client) -> None:
    answer = await hub.get("/flows/hub_only/file?version=1")
    assert answer.headers["content-disposition"] == 'attachment; filename="hub_only.json"'
    assert answer.json()["nodes"] == HUB_FLOW["nodes"]


async def test_the_list_goes_on_where_a_page_ends(owner: Client, orderloom: Orderloom) -> None:
    for number in range(PER_PAGE + 1):
        await orderloom.store.save_draft(f"flow_{number}", b"{}", expected=None, actor="owner")
    first = await get(owner, "/flows")
    assert f'href="/flows/flow_{PER_PAGE}/canvas"' in first
    assert 'href="/flows/flow_0/canvas"' not in first
    older = unescape(first.partition('class="button" href="/flows?')[2].partition('"')[0])
    rest = await get(owner, f"/flows?{older}")
    assert 'href="/flows/flow_0/canvas"' in rest
    assert 'href="/flows/flow_1/canvas"' not in rest


async def test_the_list_says_what_state_a_flow_is_in(hub: Client) -> None:
    text = await get(hub, "/flows")
    assert "Version 1 in use" in text
    assert "Draft changed" not in text
    await hub.put("/api/flows/hub_only/draft", json=changed(title={"en": "Renamed"}))
    assert "Draft changed" in await get(hub, "/flows")
    await post(hub, "/flows", data={"title": "Only a draft"})
    assert "Not published" in await get(hub, "/flows")


async def test_the_list_opens_the_canvas(hub: Client) -> None:
    assert '<h2><a href="/flows/hub_only/canvas">Hub only</a></h2>' in await get(hub, "/flows")


async def test_a_version_says_what_it_changed_against_the_one_before(hub: Client) -> None:
    nodes = {**HUB_FLOW["nodes"], "check": {"use": "rule.condition@1", "params": {"when": "true"}}}
    await publish(hub, changed(nodes=nodes, wires=["shop -> check", "check.yes -> order", "order -> hub"]), "a check")
    text = await get(hub, "/flows/hub_only")
    assert '<li class="ok"><span class="sign" aria-hidden="true">+</span><span class="unseen">Added: </span>check</li>' in text
    assert "Wires added: 2" in text
    assert "Wires removed: 1" in text
    assert "a check" in text


async def test_a_change_of_the_draft_is_told_before_it_is_published(hub: Client) -> None:
    order = {**HUB_FLOW["nodes"]["order"], "params": {"channel": "shopify"}}
    await hub.put("/api/flows/hub_only/draft", json=changed(nodes={**HUB_FLOW["nodes"], "order": order}))
    text = await get(hub, "/flows/hub_only")
    assert 'Changed: </span>order <span class="mono small quiet">channel</span>' in text


async def test_older_versions_are_listed_on_demand(hub: Client) -> None:
    for number in range(2, 8):
        await publish(hub, changed(title={"en": f"Title {number}"}))
    text = await get(hub, "/flows/hub_only")
    assert ("Show 2 older ones" in text, "version=1" in text) == (True, False)
    assert "version=1" in await get(hub, "/flows/hub_only?history=true")


async def test_an_old_version_is_published_again_with_a_note(hub: Client, orderloom: Orderloom) -> None:
    await publish(hub, changed(title={"en": "Second"}))
    assert (await post(hub, "/flows/hub_only/publication", data={"version": "1", "note": "back"}))[:2] == (303, "/flows/hub_only#versions")
    newest = (await orderloom.store.versions("hub_only"))[0]
    assert (newest.version, newest.note, newest.document) == (3, "back", (await orderloom.store.version("hub_only", 1)).document)
    assert [row.action for row in (await orderloom.store.audit_rows(limit=2)).items] == ["flow.roll_back", "flow.publish"]
    plan = await orderloom.flows.newest("hub_only")
    assert plan is not None
    assert plan.version == 3


async def test_a_version_that_no_longer_fits_is_not_published_and_the_page_says_why(hub: Client, orderloom: Orderloom) -> None:
    gone = changed(nodes={**HUB_FLOW["nodes"], "hub": {"use": "connector.gone@1"}})
    await orderloom.store.publish("hub_only", json.dumps(gone).encode(), note="", actor="owner")
    await publish(hub, HUB_FLOW)
    status, _, text = await post(hub, "/flows/hub_only/publication", data={"version": "2", "note": "back"})
    assert status == 422
    assert "Version 2 cannot be published again as it is." in text
    assert "node.unknown" in text
    assert (await orderloom.store.flow("hub_only")).published == 3


async def test_an_unknown_version_is_not_found(hub: Client) -> None:
    assert (await post(hub, "/flows/hub_only/publication", data={"version": "9", "note": ""}))[0] == 404


@pytest.mark.parametrize("path", ["/flows", "/flows/import-file", "/flows/hub_only/publication"])
async def test_no_other_site_makes_or_publishes_a_flow(hub: Client, client: Client, bearer: dict[str, str], path: str) -> None:
    key = bearer["Authorization"].removeprefix("Bearer ")
    cookie = (await client.get("/", params={"key": key}, follow_redirects=False)).headers["set-cookie"].partition(";")[0]
    headers = {"Cookie": cookie, "Authorization": "", "Sec-Fetch-Site": "cross-site"}
    assert (await hub.post(path, data={"title": "A", "version": "1"}, headers=headers)).status_code == 403


async def test_a_flow_that_starts_at_times_says_when_and_when_next(owner: Client) -> None:
    nodes = {
        "often": {"use": "flow.schedule@1", "params": {"every": "15m"}},
        "mornings": {"use": "flow.schedule@1", "params": {"cron": "30 8 * * mon-fri", "zone": "Asia/Shanghai"}},
        "kept": {"use": "transform.keep_fields@1", "params": {"fields": ["planned_at"]}},
    }
    test = {"name": "t", "trigger": "often", "input": [{}], "expect": {"kept": {"items": [{}], "match": "subset"}}}
    document = {"format": 1, "name": "timed", "nodes": nodes, "wires": ["often -> kept", "mornings -> kept"], "tests": [test]}
    await owner.put("/api/flows/timed/draft", json=document)
    drafted = (await owner.get("/flows/timed", headers=FORM)).text
    assert "every 15m" in drafted
    assert "the next" not in drafted
    await publish(owner, {**document, "name": "timed_too"})
    shown = (await owner.get("/flows/timed_too", headers=FORM)).text
    assert "30 8 * * mon-fri</span> Asia/Shanghai · the next <time" in shown
    assert shown.count("the next <time") == 2
