from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom
from engine.connection.http import HttpRequest, HttpResponse
from engine.json_text import write_json
from engine.store.ports import Incident, Page

Client = AsyncClient
PHONE, NAME, STREET = "13812345678", "林小满", "科苑路77号"


async def deliver(client: Client, orderloom: Orderloom, **item: Any) -> str:
    """The event's id, once its run is at an end or parked."""
    answer = await client.post("/hooks/small/plain", json=item)
    assert answer.status_code == 200, answer.text
    await orderloom.dispatcher.idle()
    return answer.json()["event"]


async def test_a_run_has_the_fields_of_the_contract(published: Client, orderloom: Orderloom) -> None:
    event = await deliver(published, orderloom, no="A1", good=True)
    run = (await published.get(f"/api/runs/{event}")).json()
    contract = ["id", "flow", "version", "state", "event", "order_key", "accepted_at", "ended_at"]
    assert list(run) == [*contract, "reason", "parent", "children", "deadline"]
    assert (run["id"], run["event"], run["flow"], run["version"], run["state"]) == (event, event, "small", 1, "done")
    assert run["accepted_at"].endswith("Z")
    assert run["ended_at"].endswith("Z")


async def test_runs_are_paged_and_filtered(published: Client, orderloom: Orderloom) -> None:
    done = [await deliver(published, orderloom, no=f"A{n}", good=True) for n in range(3)]
    parked = await deliver(published, orderloom, no="B1")
    first = (await published.get("/api/runs", params={"state": "done", "limit": 2})).json()
    second = (await published.get("/api/runs", params={"state": "done", "limit": 2, "cursor": first["next"]})).json()
    assert [run["id"] for run in first["items"] + second["items"]] == done[::-1]
    assert second["next"] is None
    assert [run["id"] for run in (await published.get("/api/runs?state=parked&flow=small")).json()["items"]] == [parked]
    assert (await published.get("/api/runs?flow=other")).json() == {"items": [], "next": None}


@pytest.mark.parametrize(("query", "where"), [("limit=0", "limit"), ("limit=x", "limit"), ("state=odd", "state")])
async def test_a_parameter_that_makes_no_sense_is_named(published: Client, query: str, where: str) -> None:
    answer = await published.get(f"/api/runs?{query}")
    assert (answer.status_code, answer.json()["problems"][0]["where"]) == (400, where)


async def test_a_cursor_of_another_list_is_refused(published: Client) -> None:
    answer = await published.get("/api/runs?cursor=abc")
    assert (answer.status_code, answer.json()["type"]) == (400, "cursor.invalid")


@pytest.mark.parametrize("run", ["1", "abc", "99999999999999999999", "９"])
async def test_an_unknown_run_is_not_found(published: Client, run: str) -> None:
    assert (await published.get(f"/api/runs/{run}")).status_code == 404
    assert (await published.get(f"/api/runs/{run}/steps")).status_code == 404


async def test_steps_show_the_data_masked(published: Client, orderloom: Orderloom) -> None:
    event = await deliver(published, orderloom, no="A1", good=True, phone=PHONE, big=2**60)
    answer = await published.get(f"/api/runs/{event}/steps")
    steps = {step["slug"]: step for step in answer.json()["items"]}
    assert steps["good"]["state"] == "done"
    assert list(steps["good"]["outputs"]) == ["yes"]
    assert PHONE not in answer.text


async def test_an_incident_is_explained_in_the_language_asked_for(published: Client, orderloom: Orderloom) -> None:
    event = await deliver(published, orderloom, no="A1")
    listed = (await published.get("/api/incidents", headers={"Accept-Language": "zh-CN"})).json()["items"]
    assert [(one["run"], one["flow"], one["step"], one["state"]) for one in listed] == [(event, "small", "good", "open")]
    english = (await published.get(f"/api/incidents/{listed[0]['id']}", headers={"Accept-Language": "en"})).json()
    assert english["problem"]["code"] == listed[0]["problem"]["code"] == english["code"]
    assert english["problem"]["what"] != listed[0]["problem"]["what"]


async def test_a_skipped_incident_lets_the_run_end(published: Client, orderloom: Orderloom) -> None:
    event = await deliver(published, orderloom, no="A1")
    incident = (await published.get("/api/incidents")).json()["items"][0]["id"]
    answer = await published.post(f"/api/incidents/{incident}/resumption", json={"action": "skip"})
    assert (answer.status_code, answer.json()["state"]) == (201, "skipped")
    await orderloom.dispatcher.idle()
    assert (await published.get(f"/api/runs/{event}")).json()["state"] == "done"
    again = await published.post(f"/api/incidents/{incident}/resumption", json={"action": "skip"})
    assert (again.status_code, again.json()["type"]) == (409, "incident.closed")


async def test_an_unknown_decision_is_refused(published: Client, orderloom: Orderloom) -> None:
    await deliver(published, orderloom, no="A1")
    incident = (await published.get("/api/incidents")).json()["items"][0]["id"]
    answer = await published.post(f"/api/incidents/{incident}/resumption", json={"action": "forget"})
    assert (answer.status_code, answer.json()["problems"][0]["where"]) == (400, "action")


async def test_a_parked_run_can_be_cancelled_once(published: Client, orderloom: Orderloom) -> None:
    event = await deliver(published, orderloom, no="A1")
    answer = await published.post(f"/api/runs/{event}/cancellation")
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")
    again = await published.post(f"/api/runs/{event}/cancellation")
    assert (again.status_code, again.json()["type"]) == (409, "run.ended")
    assert "run.cancel" in {row["action"] for row in (await published.get("/api/audit")).json()["items"]}


async def test_events_are_listed_with_their_keys(published: Client, orderloom: Orderloom) -> None:
    event = await deliver(published, orderloom, no="A1", good=True)
    items = (await published.get("/api/events?flow=small")).json()["items"]
    assert [(one["id"], one["trigger"], one["actor"], one["erased"]) for one in items] == [(event, "plain", "hook:small/plain", False)]


async def test_what_an_outside_system_answered_is_shown_by_its_structure(
    published: Client, orderloom: Orderloom, flow: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"code": 0, "name": NAME, "street": STREET, "tel": int(PHONE), PHONE: {NAME: True}}

    async def answered(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, {"content-type": "application/json", "location": f"/{NAME}"}, write_json(body))

    monkeypatch.setattr(orderloom.client, "send", answered)
    await orderloom.book.put("there", {"type": "http", "url": "https://there.example.com"}, actor="test")
    flow["nodes"]["call"] = {"use": "connector.http_request@1", "params": {"service": {"connection": "there"}}}
    flow["wires"].append("plain -> call")
    await orderloom.publish(write_json(flow), note="", actor="test")
    event = await deliver(published, orderloom, no="A1", good=True)
    call = next(step for step in (await published.get(f"/api/runs/{event}/steps")).json()["items"] if step["slug"] == "call")
    answer = call["requests"][0]["answer"]
    assert (answer["status"], answer["headers"]["content-type"]) == (200, "application/json")
    assert answer["body"] == {"code": 0, "name": "***", "street": "*" * 6, "tel": "****", "****1": {"****1": "****"}}
    for path in (f"/api/runs/{event}/steps", f"/api/runs/{event}/timeline", f"/runs/{event}", f"/api/events/{event}"):
        text = (await published.get(path, headers={"Accept": "text/html, application/json"})).text
        assert [said for said in (PHONE, NAME, STREET) if said in text] == []


async def test_an_incident_is_told_without_a_number_that_a_problem_holds(
    published: Client, orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deliver(published, orderloom, no="B1")
    (incident,) = (await orderloom.store.incidents()).items

    async def told_too_much(*_: Any, **__: Any) -> Page[Incident]:
        return Page([replace(incident, code="order.error_response", fields={"error": f"no {PHONE}"})])

    monkeypatch.setattr(orderloom.store, "incidents", told_too_much)
    for path in ("/api/incidents", "/incidents", f"/runs/{incident.run_id}"):
        text = (await published.get(path, headers={"Accept": "text/html, application/json"})).text
        assert "no 138****5678" in text
        assert PHONE not in text
