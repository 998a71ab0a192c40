"""What people see of runs that call runs, and of deadlines: on the page of a run, in its timeline and by the API."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom

HTML = {"Accept": "text/html"}
REST = {"use": "flow.wait_for@1", "params": {"duration": "1h"}}
CHILD: dict[str, Any] = {
    "name": "packing",
    "nodes": {"called": {"use": "flow.called@1"}, "rest": REST, "answer": {"use": "flow.answer@1"}},
    "wires": ["called -> rest", "rest -> answer"],
    "tests": [{"name": "t", "trigger": "called", "input": [{"no": "1"}], "expect": {"answer": {"items": [{"no": "1"}]}}}],
}
PARENT: dict[str, Any] = {
    "name": "shipping",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}, "policy": {"deadline": "30m"}},
        "call": {"use": "flow.sub_flow@1", "params": {"flow": "packing"}},
    },
    "wires": ["hook -> call"],
    "tests": [{"name": "inside", "trigger": "hook", "input": [{"no": "1"}], "expect": {"call": {"items": [{"no": "1"}]}}}],
}


async def publish(owner: AsyncClient, flow: dict[str, Any]) -> int:
    name = flow["name"]
    assert (await owner.put(f"/api/flows/{name}/draft", json=flow)).is_success
    return (await owner.post(f"/api/flows/{name}/publication", json={"note": ""})).status_code


@pytest.fixture
async def calling(owner: AsyncClient, orderloom: Orderloom) -> AsyncClient:
    assert [await publish(owner, CHILD), await publish(owner, PARENT)] == [201, 201]
    await owner.post("/hooks/shipping/hook", json={"no": "A1"})
    await orderloom.dispatcher.idle()
    return owner


async def pair(client: AsyncClient) -> tuple[str, str]:
    found = [(await client.get(f"/api/runs?flow={name}")).json()["items"][0]["id"] for name in ("shipping", "packing")]
    return found[0], found[1]


async def text(client: AsyncClient, run: str, language: str = "en") -> str:
    return (await client.get(f"/runs/{run}", headers={**HTML, "Accept-Language": language})).text


async def test_runs_that_belong_together_lead_to_each_other(calling: AsyncClient) -> None:
    parent, child = await pair(calling)
    above, below = [(await calling.get(f"/api/runs/{run}")).json() for run in (parent, child)]
    assert above["parent"] is None
    assert [(one["id"], one["state"]) for one in above["children"]] == [(child, "waiting")]
    assert (below["parent"]["id"], below["children"], below["deadline"]) == (parent, [], above["deadline"])
    assert f'href="/runs/{child}"' in await text(calling, parent)
    assert f'href="/runs/{parent}"' in await text(calling, child)
    assert "它调用的运行" in await text(calling, parent, "zh")


async def test_a_missed_deadline_is_noted_on_the_page(calling: AsyncClient, orderloom: Orderloom) -> None:
    parent, _ = await pair(calling)
    orderloom.waits._now = lambda: datetime.now(UTC) + timedelta(minutes=31)
    await orderloom.waits.wake_due()
    shown = await text(calling, parent)
    assert 'value="noted"' in shown
    assert 'value="skip"' not in shown
    incident = (await calling.get("/api/incidents?flow=shipping")).json()["items"][0]["id"]
    assert (await calling.post(f"/api/incidents/{incident}/resumption", json={"action": "noted"})).is_success
    await orderloom.dispatcher.idle()
    assert (await calling.get(f"/api/runs/{parent}")).json()["state"] == "waiting"
    kinds = [one["kind"] for one in (await calling.get(f"/api/runs/{parent}/timeline")).json()["items"]]
    assert (kinds[0], sorted(kinds[1:])) == ("accepted", ["decision", "overdue", "parked"])


async def test_a_call_that_was_cancelled_has_a_way_on_that_a_person_can_see(calling: AsyncClient, orderloom: Orderloom) -> None:
    parent, child = await pair(calling)
    await calling.post(f"/api/runs/{child}/cancellation")
    await orderloom.dispatcher.idle()
    assert "Call the flow anew" in await text(calling, parent)
    assert "重新调用该流程" in await text(calling, parent, "zh")
    (incident,) = [one for one in (await orderloom.store.incidents()).items if str(one.run_id) == parent]
    answer = await calling.post(f"/incidents/{incident.id}/resumption", data={"action": "anew", "back": f"/runs/{parent}"}, headers=HTML)
    assert answer.status_code == 303
    await orderloom.dispatcher.idle()
    assert [one["state"] for one in (await calling.get(f"/api/runs/{parent}")).json()["children"]] == ["waiting", "cancelled"]


async def test_the_canvas_offers_the_flows_that_can_be_called(calling: AsyncClient) -> None:
    shown = (await calling.get("/flows/shipping/canvas", headers=HTML)).text
    found = re.search(r'"callees": (\[[^\]]*\])', shown)
    assert found is not None
    assert json.loads(found[1]) == ["packing"]


async def test_a_draft_that_calls_what_is_not_there_says_so_at_its_node(owner: AsyncClient) -> None:
    (problem,) = (await owner.post("/api/flows/shipping/check", json=PARENT)).json()["problems"]
    assert (problem["code"], problem["node"], problem["path"]) == ("call.unknown_flow", "call", ["params", "flow"])


async def test_a_test_run_of_a_draft_runs_the_called_flow_inside(calling: AsyncClient) -> None:
    sample = {"kind": "input", "input": {"no": "B2"}}
    answer = await calling.post("/api/flows/shipping/test-runs", json={"document": PARENT, "trigger": "hook", "sample": sample})
    assert answer.status_code == 200, answer.text
    steps = {step["slug"]: step for step in answer.json()["runs"][0]["steps"]}
    assert [one["request"]["method"] for one in steps["call"]["requests"]] == ["WAIT", "CALL"]
    assert steps["call"]["state"] == "done"
