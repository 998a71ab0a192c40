"""Making a flow, keeping its draft in one form, going back to what was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom

Client = AsyncClient


@pytest.fixture
async def twice(published: Client, flow: dict[str, Any]) -> Client:
    """``small`` in use in its second version, whose condition differs."""
    flow["nodes"]["good"]["params"]["when"] = "!item.good"
    await published.put("/api/flows/small/draft", json=flow)
    assert (await published.post("/api/flows/small/publication", json={"note": "turned round"})).json() == {"version": 2}
    return published


async def actions(client: Client) -> list[tuple[str, str, Any]]:
    rows = (await client.get("/api/audit")).json()["items"]
    return [(row["actor"], row["action"], row["detail"].get("version")) for row in rows]


async def test_a_new_flow_has_an_empty_draft(owner: Client) -> None:
    answer = await owner.post("/api/flows", json={"name": "returns", "title": {"en": "Returns", "zh": "退货"}})
    assert (answer.status_code, answer.json()["name"]) == (201, "returns")
    assert [(one["code"], one["node"]) for one in answer.json()["problems"]] == [("flow.empty", None)]
    draft = await owner.get("/api/flows/returns/draft?exact=true")
    assert draft.headers["etag"] == answer.headers["etag"]
    assert draft.json() == {
        "$schema": "./flow.schema.json", "format": 1, "name": "returns", "title": {"en": "Returns", "zh": "退货"},
        "nodes": {}, "wires": [], "layout": {}, "tests": [],
    }  # fmt: skip
    assert ("owner", "flow.save_draft", None) in await actions(owner)


async def test_a_new_flow_takes_nobodys_place(published: Client) -> None:
    answer = await published.post("/api/flows", json={"name": "small"})
    assert (answer.status_code, answer.json()["type"]) == (409, "flow.exists")
    assert (await published.get("/api/flows/small/draft")).json()["nodes"]


@pytest.mark.parametrize("name", ["Not-A-Slug", "", "a" * 61, "退货"])
async def test_a_new_flow_needs_a_name_that_a_flow_can_have(owner: Client, name: str) -> None:
    answer = await owner.post("/api/flows", json={"name": name})
    assert (answer.status_code, answer.json()["type"]) == (422, "flow.bad_name")


async def test_a_canonical_draft_is_the_text_that_a_person_would_write(owner: Client, flow: dict[str, Any]) -> None:
    flow["layout"] = {"plain": "2,1", "good": "3,1"}
    kept = await owner.put("/api/flows/small/draft?form=canonical", content=json.dumps(flow, indent=None))
    text = (await owner.get("/api/flows/small/draft?exact=true")).text
    assert '\n    "good": {"use": "rule.condition@1", "params": {"when": "item.good"}}\n' in text
    assert text.index('"good": "3,1"') < text.index('"plain": "2,1"')
    again = await owner.put("/api/flows/small/draft?form=canonical", content=text)
    assert again.json()["etag"] == kept.json()["etag"]


async def test_a_draft_that_cannot_be_read_is_kept_as_it_came(owner: Client) -> None:
    text = '{"name":"small",   "nodes": 5, "amount": 1.10}'
    answer = await owner.put("/api/flows/small/draft?form=canonical", content=text)
    assert answer.status_code == 200
    assert answer.json()["problems"][0]["path"]
    assert (await owner.get("/api/flows/small/draft?exact=true")).text == text


async def test_without_a_wish_a_draft_is_kept_byte_for_byte(owner: Client, flow: dict[str, Any]) -> None:
    text = json.dumps(flow, indent=7)
    await owner.put("/api/flows/small/draft", content=text)
    assert (await owner.get("/api/flows/small/draft?exact=true")).text == text


async def test_an_odd_form_is_refused(owner: Client, flow: dict[str, Any]) -> None:
    assert (await owner.put("/api/flows/small/draft?form=pretty", json=flow)).status_code == 400


async def test_the_problems_of_a_draft_are_placed(owner: Client, flow: dict[str, Any]) -> None:
    flow["nodes"]["good"]["params"]["when"] = "item."
    kept = (await owner.put("/api/flows/small/draft", json=flow)).json()["problems"]
    refused = await owner.post("/api/flows/small/publication", json={})
    assert [(one["node"], one["path"]) for one in kept] == [("good", ["params", "when"])]
    assert refused.status_code == 422
    assert refused.json()["problems"] == (await owner.get("/api/flows/small")).json()["problems"] == kept


async def test_a_former_version_is_published_again_as_the_newest(twice: Client, orderloom: Orderloom) -> None:
    answer = await twice.post("/api/flows/small/publication", json={"note": "back", "version": 1})
    assert (answer.status_code, answer.json()) == (201, {"version": 3})
    versions = (await twice.get("/api/flows/small/versions")).json()["items"]
    assert versions[0]["note"] == "back"
    assert versions[0]["digest"] == versions[2]["digest"]
    assert orderloom.flows.version("small") == 3
    assert ("owner", "flow.roll_back", 3) in await actions(twice)
    assert "!item.good" in (await twice.get("/api/flows/small/draft?exact=true")).text


async def test_going_back_to_the_version_in_use_changes_nothing(twice: Client) -> None:
    before = await actions(twice)
    assert (await twice.post("/api/flows/small/publication", json={"version": 2})).json() == {"version": 2}
    assert await actions(twice) == before


async def test_a_version_that_cannot_run_any_more_is_not_published(
    twice: Client, orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orderloom.book, "types", dict[str, str])
    answer = await twice.post("/api/flows/small/publication", json={"version": 1})
    assert (answer.status_code, answer.json()["problems"][0]["node"]) == (422, "signed")
    assert (await twice.get("/api/flows/small")).json()["published"] == 2


async def test_an_unknown_version_is_not_found(twice: Client) -> None:
    assert (await twice.post("/api/flows/small/publication", json={"version": 9})).status_code == 404
    assert (await twice.post("/api/flows/small/draft/restoration", json={"version": 9})).status_code == 404


async def test_a_draft_becomes_what_a_version_was(twice: Client) -> None:
    seen = (await twice.get("/api/flows/small/draft")).headers["etag"]
    answer = await twice.post("/api/flows/small/draft/restoration", json={"version": 1}, headers={"If-Match": seen})
    draft = await twice.get("/api/flows/small/draft?exact=true")
    assert (answer.status_code, answer.headers["etag"], answer.json()["problems"]) == (200, draft.headers["etag"], [])
    assert draft.json() == (await twice.get("/api/flows/small/versions/1")).json()["document"]
    assert ("owner", "flow.restore_draft", 1) in await actions(twice)
    assert (await twice.get("/api/flows/small")).json()["published"] == 2


async def test_a_draft_that_somebody_changed_is_not_replaced_by_a_version(twice: Client) -> None:
    answer = await twice.post("/api/flows/small/draft/restoration", json={"version": 1}, headers={"If-Match": '"older"'})
    assert (answer.status_code, answer.json()["type"]) == (412, "flow.changed")
    assert "!item.good" in (await twice.get("/api/flows/small/draft?exact=true")).text


@pytest.mark.parametrize(("path", "body"), [("", {"name": "x"}), ("/small/draft/restoration", {"version": 1})])
async def test_a_stranger_and_another_site_write_nothing(client: Client, bearer: dict[str, str], path: str, body: Any) -> None:
    assert (await client.post(f"/api/flows{path}", json=body)).status_code == 401
    await client.get("/", params={"key": bearer["Authorization"].removeprefix("Bearer ")}, follow_redirects=False)
    assert (await client.post(f"/api/flows{path}", json=body, headers={"Origin": "https://evil.example"})).status_code == 403
