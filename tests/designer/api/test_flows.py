from __future__ import annotations

import json
from typing import Any

from httpx import AsyncClient

from engine.app import Orderloom

Client = AsyncClient


async def test_a_first_draft_is_kept_with_an_etag(owner: Client, flow: dict[str, Any]) -> None:
    answer = await owner.put("/api/flows/small/draft", json=flow, headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{answer.json()["etag"]}"'
    assert answer.json()["problems"] == []
    read = await owner.get("/api/flows/small/draft")
    assert (read.json(), read.headers["etag"]) == (flow, answer.headers["etag"])


async def test_a_second_first_draft_is_refused(owner: Client, flow: dict[str, Any]) -> None:
    await owner.put("/api/flows/small/draft", json=flow, headers={"If-None-Match": "*"})
    answer = await owner.put("/api/flows/small/draft", json=flow, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.json()["type"]) == (412, "flow.changed")


async def test_a_draft_that_somebody_changed_is_not_overwritten(owner: Client, flow: dict[str, Any]) -> None:
    seen = (await owner.put("/api/flows/small/draft", json=flow)).headers["etag"]
    changed = await owner.put("/api/flows/small/draft", json={**flow, "layout": {"good": "2,1"}}, headers={"If-Match": seen})
    assert changed.status_code == 200
    late = await owner.put("/api/flows/small/draft", json={**flow, "layout": {"good": "3,1"}}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["type"]) == (412, "flow.changed")
    assert (await owner.get("/api/flows/small/draft")).json()["layout"] == {"good": "2,1"}


async def test_if_match_with_several_tags_takes_the_one_that_is_held(owner: Client, flow: dict[str, Any]) -> None:
    seen = (await owner.put("/api/flows/small/draft", json=flow)).headers["etag"]
    answer = await owner.put("/api/flows/small/draft", json=flow, headers={"If-Match": f'"other", {seen}'})
    assert answer.status_code == 200


async def test_if_match_star_needs_a_draft(owner: Client, flow: dict[str, Any]) -> None:
    assert (await owner.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})).status_code == 412
    await owner.put("/api/flows/small/draft", json=flow)
    assert (await owner.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})).status_code == 200


async def test_a_weak_tag_never_matches(owner: Client, flow: dict[str, Any]) -> None:
    seen = (await owner.put("/api/flows/small/draft", json=flow)).headers["etag"]
    assert (await owner.put("/api/flows/small/draft", json=flow, headers={"If-Match": f"W/{seen}"})).status_code == 412


async def test_a_faulty_draft_is_kept_and_its_problems_are_listed(owner: Client, flow: dict[str, Any]) -> None:
    flow["nodes"]["good"]["use"] = "rule.nothing@1"
    flow["wires"].append("plain -> nowhere")
    answer = await owner.put("/api/flows/small/draft", json=flow)
    assert answer.status_code == 200
    assert len({problem["code"] for problem in answer.json()["problems"]}) >= 2
    assert (await owner.get("/api/flows/small/draft")).json() == flow


async def test_a_draft_under_another_name_is_a_problem(owner: Client, flow: dict[str, Any]) -> None:
    answer = await owner.put("/api/flows/other/draft", json=flow)
    assert [problem["code"] for problem in answer.json()["problems"]] == ["flow.other_name"]
    refused = await owner.post("/api/flows/other/publication", json={"note": ""})
    assert (refused.status_code, refused.json()["type"]) == (422, "flow.other_name")


async def test_what_is_no_json_is_not_kept(owner: Client) -> None:
    answer = await owner.put("/api/flows/small/draft", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "body.unreadable")
    assert (await owner.get("/api/flows/small")).status_code == 404


async def test_a_name_that_no_flow_can_have_is_refused(owner: Client, flow: dict[str, Any]) -> None:
    answer = await owner.put("/api/flows/Not-A-Slug/draft", json=flow)
    assert (answer.status_code, answer.json()["type"]) == (422, "flow.bad_name")


async def test_publishing_gives_the_version_and_takes_it_up(published: Client) -> None:
    shown = (await published.get("/api/flows/small")).json()
    assert (shown["published"], shown["running"], shown["title"]) == (1, True, {"en": "Small", "zh": "小流程"})
    versions = (await published.get("/api/flows/small/versions")).json()
    assert [(one["version"], one["note"], one["actor"]) for one in versions["items"]] == [(1, "first", "owner")]
    assert (await published.get("/api/flows/small/versions/1")).json()["document"]["name"] == "small"
    assert (await published.get("/api/flows/small/versions/2")).status_code == 404


async def test_publishing_a_faulty_draft_lists_all_problems(owner: Client, flow: dict[str, Any]) -> None:
    flow["nodes"]["good"]["params"] = {}
    flow["nodes"]["signed"]["params"] = {"shop": {"connection": "nobody"}}
    await owner.put("/api/flows/small/draft", json=flow)
    answer = await owner.post("/api/flows/small/publication", json={"note": ""})
    assert answer.status_code == 422
    assert len(answer.json()["problems"]) >= 2


async def test_publishing_needs_a_draft(owner: Client) -> None:
    assert (await owner.post("/api/flows/nobody/publication", json={"note": ""})).status_code == 404


async def test_publishing_without_a_body_has_no_note(owner: Client, flow: dict[str, Any]) -> None:
    await owner.put("/api/flows/small/draft", json=flow)
    assert (await owner.post("/api/flows/small/publication")).json() == {"version": 1}


async def test_publishing_a_draft_that_somebody_changed_is_refused(owner: Client, flow: dict[str, Any]) -> None:
    await owner.put("/api/flows/small/draft", json=flow)
    answer = await owner.post("/api/flows/small/publication", json={"note": ""}, headers={"If-Match": '"older"'})
    assert (answer.status_code, answer.json()["type"]) == (412, "flow.changed")


async def test_every_write_to_a_flow_is_audited_with_its_actor(published: Client) -> None:
    rows = (await published.get("/api/audit")).json()["items"]
    assert {"flow.save_draft", "flow.publish"} <= {row["action"] for row in rows}
    assert {row["actor"] for row in rows} == {"owner"}


async def test_flows_are_listed_by_name(published: Client, flow: dict[str, Any]) -> None:
    await published.put("/api/flows/another/draft", json={**flow, "name": "another"})
    items = (await published.get("/api/flows")).json()["items"]
    assert [(one["name"], one["published"]) for one in items] == [("another", None), ("small", 1)]


async def test_flows_are_listed_in_pages(published: Client, flow: dict[str, Any]) -> None:
    for name in ("a", "b", "z"):
        await published.put(f"/api/flows/{name}/draft", json={**flow, "name": name})
    first = (await published.get("/api/flows?limit=3")).json()
    assert [one["name"] for one in first["items"]] == ["a", "b", "small"]
    rest = (await published.get(f"/api/flows?limit=3&cursor={first['next']}")).json()
    assert ([one["name"] for one in rest["items"]], rest["next"]) == (["z"], None)
    answer = await published.get("/api/flows?cursor=-1")
    assert (answer.status_code, answer.json()["type"]) == (400, "cursor.invalid")


async def test_a_published_flow_that_cannot_run_shows_in_health_figures_and_list(
    owner: Client, orderloom: Orderloom, flow: dict[str, Any]
) -> None:
    gone = {**flow, "name": "gone", "nodes": {**flow["nodes"], "lost": {"use": "rule.gone@1"}}}
    await orderloom.store.publish("gone", json.dumps(gone).encode(), note="", actor="owner")
    await orderloom.flows.refresh()
    while await orderloom.flows.look_over():
        pass
    health = (await owner.get("/api/health")).json()
    assert (health["status"], health["broken"], health["flows"]) == ("degraded", {"gone": ["node.unknown"]}, [])
    assert "orderloom_flows_broken 1" in (await owner.get("/metrics")).text
    assert [one["running"] for one in (await owner.get("/api/flows")).json()["items"]] == [False]
