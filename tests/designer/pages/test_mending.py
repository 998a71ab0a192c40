"""What parked is mended on its page and by the API; what a person may not see stays as it is and is never written back as a mask."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom
from engine.json_text import read_json

Client = AsyncClient
HTML = {"Accept": "text/html"}
PHONE, NAME = "13812345678", "林小满"
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "mended",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "good": {"use": "rule.condition@1", "title": {"en": "Is it enough?", "zh": "是否达标"}, "params": {"when": "item.total > 10"}},
    },
    "wires": ["hook -> good"],
    "tests": [
        {"name": "t", "trigger": "hook", "input": [{"no": "1", "total": 11}], "expect": {"good": {"items": [{}], "match": "subset"}}}
    ],
}


@pytest.fixture
async def mended(owner: Client, orderloom: Orderloom) -> Client:
    """Three orders are parked, because their total is a text."""
    assert (await owner.put("/api/flows/mended/draft", json=FLOW)).is_success
    answer = await owner.post("/api/flows/mended/publication", json={"note": "first"})
    assert answer.status_code == 201, answer.text
    for number in range(3):
        await owner.post("/hooks/mended/hook", json={"no": f"A{number}", "total": "many", "phone": PHONE, "buyer": {"name": NAME}})
    await orderloom.dispatcher.idle()
    return owner


async def page(client: Client, path: str, language: str = "en") -> str:
    answer = await client.get(path, headers={**HTML, "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


async def first(client: Client) -> str:
    return (await client.get("/api/incidents")).json()["items"][-1]["id"]


def form_of(text: str) -> dict[str, str]:
    """What a browser would send back, untouched."""
    found = dict(re.findall(r'<input(?: type="hidden")?[^>]* name="([^"]+)"(?: value="([^"]*)")?', text))
    return {name: unescape(value) for name, value in found.items() if name != "attempt"}


def named(text: str, label: str) -> str:
    """The name of the input of a field."""
    found = re.search(rf'for="f-([\w.]+)">{re.escape(label)}[ <]', text)
    assert found is not None, label
    return found[1]


async def test_the_page_shows_masks_and_sends_none_of_them_back(mended: Client, orderloom: Orderloom) -> None:
    number = await first(mended)
    text = await page(mended, f"/incidents/{number}/mending")
    assert not [secret for secret in (PHONE, NAME, "many") if secret in text]
    assert form_of(text)[named(text, "phone")] == ""
    total = named(text, "total")
    form = {**form_of(text), total: "25", "act": "mend"}
    answer = await mended.post(f"/incidents/{number}/mending", data=form, headers=HTML, follow_redirects=False)
    assert answer.status_code == 422, "a text stays a text, which the node refuses again"
    form[f"{total}.type"] = "number"
    shown = await mended.post(f"/incidents/{number}/mending", data={**form, "act": "check"}, headers=HTML)
    assert shown.status_code == 200
    assert "What changes" in shown.text
    answer = await mended.post(f"/incidents/{number}/mending", data=form, headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/runs/{(await orderloom.store.incident(int(number))).run_id}")
    await orderloom.dispatcher.idle()
    run = await orderloom.store.run((await orderloom.store.incident(int(number))).run_id)
    assert run.state == "done"
    assert "Mended, and sent on." in await page(mended, f"/runs/{run.id}")
    arrived = (await orderloom.store.event_body(run.id)).decode()
    assert PHONE in arrived
    fact = (await orderloom.store.facts(run.id))[0]
    assert read_json(fact.body)["item"] == [{"op": "replace", "path": "/total", "value": 25}]


@pytest.mark.parametrize("mask", ["138****0000", "138****5678"])
async def test_a_mask_typed_into_a_hidden_field_is_refused_beside_it(mended: Client, orderloom: Orderloom, mask: str) -> None:
    number = await first(mended)
    text = await page(mended, f"/incidents/{number}/mending")
    answer = await mended.post(
        f"/incidents/{number}/mending", data={**form_of(text), named(text, "phone"): mask, "act": "mend"}, headers=HTML
    )
    assert answer.status_code == 422
    place = answer.text.index(f'id="e-{named(text, "phone")}"')
    assert "masked text" in answer.text[place : place + 400]
    patch = [{"op": "replace", "path": "/phone", "value": mask}]
    refused = await mended.post(f"/api/incidents/{number}/mending", json={"item": patch})
    assert (refused.status_code, refused.json()["type"]) == (422, "mending.masked")
    assert (await orderloom.store.incident(int(number))).state == "open"


async def test_a_setting_that_cannot_be_used_is_named_beside_its_input_and_what_was_typed_stays(mended: Client) -> None:
    number = await first(mended)
    text = await page(mended, f"/incidents/{number}/mending", "zh")
    assert "是否达标" in text
    form = {**form_of(text), "parameters.0": "item.total >", "act": "mend"}
    answer = await mended.post(f"/incidents/{number}/mending", data=form, headers={**HTML, "Accept-Language": "zh"})
    assert answer.status_code == 422
    assert 'value="item.total &gt;"' in answer.text
    place = answer.text.index('id="e-parameters.0"')
    assert "<p>" in answer.text[place : place + 60]


async def test_a_form_that_is_out_of_date_changes_nothing(mended: Client) -> None:
    number = await first(mended)
    text = await page(mended, f"/incidents/{number}/mending")
    answer = await mended.post(
        f"/incidents/{number}/mending", data={**form_of(text), "mark": "7", "item.1": "5", "act": "mend"}, headers=HTML
    )
    assert answer.status_code == 409
    assert "Make your change again" in answer.text


async def test_the_same_setting_is_mended_for_all_that_parked_at_the_node(mended: Client, orderloom: Orderloom) -> None:
    number = await first(mended)
    text = await page(mended, f"/incidents/{number}/mending")
    form = {**form_of(text), "parameters.0": "size(item.total) > 3", "act": "all", "per_second": "1000"}
    answer = await mended.post(f"/incidents/{number}/mending", data=form, headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?flow=mended&step=good")
    while orderloom.bulk.last is None or not orderloom.bulk.last.ended:
        await asyncio.sleep(0)
    await orderloom.dispatcher.idle()
    assert (orderloom.bulk.last.decided, orderloom.bulk.last.passed_over) == (3, 0)
    assert await orderloom.store.run_counts() == {("mended", "done"): 3}


async def test_the_interface_shows_checks_and_mends(mended: Client, orderloom: Orderloom) -> None:
    number = await first(mended)
    shown = (await mended.get(f"/api/incidents/{number}/mending")).json()
    assert (shown["parameters"], shown["attempted"]) == ({"when": "item.total > 10"}, False)
    assert PHONE not in str(shown)
    patch = [{"op": "replace", "path": "/total", "value": 25}]
    checked = await mended.post(f"/api/incidents/{number}/mending/check", json={"item": patch})
    assert checked.json()["changes"] == [{"part": "item", "path": "total", "before": "****", "after": "****"}]
    assert (await orderloom.store.incident(int(number))).state == "open"
    done = await mended.post(f"/api/incidents/{number}/mending", content=b'{"item": [{"op": "replace", "path": "/total", "value": 12.50}]}')
    assert done.status_code == 200, done.text
    await orderloom.dispatcher.idle()
    assert (await mended.get(f"/api/incidents/{number}/mending")).status_code == 409
    assert (await mended.get("/api/audit")).json()["items"][0]["action"] == "incident.mend"
    facts = await orderloom.store.facts((await orderloom.store.incident(int(number))).run_id)
    assert b'"value":12.50' in facts[0].body


async def test_many_are_mended_by_the_interface_and_what_does_not_fit_stays_open(mended: Client, orderloom: Orderloom) -> None:
    await mended.post("/hooks/mended/hook", json={"no": "B", "sum": 3})
    await orderloom.dispatcher.idle()
    body = {"flow": "mended", "step": "good", "per_second": 1000, "item": [{"op": "replace", "path": "/total", "value": 25}]}
    assert (await mended.post("/api/incidents/mendings", json=body)).status_code == 202
    while orderloom.bulk.last is None or not orderloom.bulk.last.ended:
        await asyncio.sleep(0)
    await orderloom.dispatcher.idle()
    assert (orderloom.bulk.last.decided, orderloom.bulk.last.passed_over) == (3, 1)
    assert await orderloom.store.run_counts() == {("mended", "done"): 3, ("mended", "parked"): 1}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"step": "good", "item": []}, "mending.which"),
        ({"flow": "mended", "step": 5}, "mending.not_text"),
        ({"flow": "mended", "step": "good", "per_second": 0}, "mending.rate"),
        ({"flow": "mended", "step": "good", "items": []}, "mending.unknown"),
        ({"flow": "mended", "step": "good", "attempt": "perhaps"}, "mending.bad_attempt"),
        ({"flow": "mended", "step": "good", "item": [{"op": "move", "from": "/phone", "path": "/no"}]}, "patch.invalid"),
    ],
)
async def test_a_request_of_another_form_is_refused(mended: Client, body: dict[str, Any], code: str) -> None:
    answer = await mended.post("/api/incidents/mendings", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, code)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Of 1003 fields the first 400 are listed."), ("zh", "共 1003 个字段，此处列出前 400 个。")]
)
async def test_a_field_behind_the_last_row_is_changed_by_its_path(mended: Client, orderloom: Orderloom, language: str, said: str) -> None:
    lines = [{"sku": f"S{n}", "phone": PHONE} for n in range(500)]
    run = (await mended.post("/hooks/mended/hook", json={"no": "L", "total": "many", "lines": lines, "z": [1]})).json()["event"]
    await orderloom.dispatcher.idle()
    number = next(one.id for one in (await orderloom.store.incidents()).items if str(one.run_id) == run)
    text = await page(mended, f"/incidents/{number}/mending", language)
    assert said in text
    assert PHONE not in text
    form = {**form_of(text), named(text, "total"): "25", f"{named(text, 'total')}.type": "number"}
    fields = {"lines.499.sku": "S499-B", "z.0": "7"}
    rows = [name.removesuffix(".path") for name, value in form.items() if re.fullmatch(r"item\.new\.\d+\.path", name) and not value]
    for row, (path, value) in zip(rows, fields.items(), strict=True):
        form |= {f"{row}.path": path, f"{row}.value": value, f"{row}.type": "number" if path == "z.0" else "text"}
    headers = {**HTML, "Accept-Language": language}
    answer = await mended.post(f"/incidents/{number}/mending", data={**form, "act": "mend"}, headers=headers, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    await orderloom.dispatcher.idle()
    fact = (await orderloom.store.facts(int(run)))[0]
    assert read_json(fact.body)["item"] == [
        {"op": "replace", "path": "/total", "value": 25},
        {"op": "replace", "path": "/lines/499/sku", "value": "S499-B"},
        {"op": "replace", "path": "/z/0", "value": 7},
    ]
