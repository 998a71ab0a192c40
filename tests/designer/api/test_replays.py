"""Replays and reruns by the API: begun, watched, cancelled; what differs, masked."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom
from engine.replay import Replay

Client = AsyncClient
PHONE = "19900001234"


@pytest.fixture
async def day(owner: Client, orderloom: Orderloom, flow: dict[str, Any]) -> Client:
    """Three orders through version 1 of ``small``, the last one parked; the draft calls what is not good by another name."""
    assert (await owner.put("/api/flows/small/draft", json=flow)).is_success
    assert (await owner.post("/api/flows/small/publication", json={})).status_code == 201
    for number, item in enumerate(({"good": True, "phone": PHONE}, {"good": False, "phone": PHONE}, {}), 1):
        assert (await owner.post("/hooks/small/plain", json={"no": str(number), **item})).status_code == 200
    await orderloom.dispatcher.idle()
    flow["nodes"]["good"]["params"]["when"] = "!has(item.good) || item.good"
    assert (await owner.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})).is_success
    return owner


async def replayed(client: Client, **asked: Any) -> dict[str, Any]:
    answer = await client.post("/api/flows/small/replays", json=asked)
    assert answer.status_code == 202, answer.text
    return await ended(client, answer.json()["id"])


async def ended(client: Client, number: str, **query: Any) -> dict[str, Any]:
    for _ in range(500):
        found = (await client.get(f"/api/flows/small/replays/{number}", params=query)).json()
        if found["replay"]["state"] != "running":
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("the replay did not end")


async def runs_of(client: Client) -> dict[str, str]:
    return {run["order_key"]: run["id"] for run in (await client.get("/api/runs")).json()["items"]}


async def test_a_day_is_compared_with_the_draft(day: Client) -> None:
    found = await replayed(day)
    assert found["replay"]["state"] == "done"
    assert {name: found["replay"]["counts"][name] for name in ("total", "done", "same", "differing")} == {
        "total": 3, "done": 3, "same": 2, "differing": 1,
    }  # fmt: skip
    (order,) = found["orders"]["items"]
    assert order["run"] == (await runs_of(day))[order["order"]]
    assert [(one["kind"], one["what"], one["path"]) for one in order["changes"]] == [
        ("missing", "parked", "good.parked[1]"), ("added", "end", "good.end.yes[1]"),
    ]  # fmt: skip
    assert PHONE not in json.dumps(found)


async def test_nothing_is_kept_of_a_replay_but_the_answer(day: Client, orderloom: Orderloom) -> None:
    before = [(await orderloom.store.events()).items, await orderloom.store.run_counts(), (await orderloom.store.audit_rows()).items]
    await replayed(day)
    assert before == [
        (await orderloom.store.events()).items,
        await orderloom.store.run_counts(),
        (await orderloom.store.audit_rows()).items,
    ]


async def test_the_same_version_differs_in_nothing(day: Client) -> None:
    assert (await replayed(day, against=1))["orders"] == {"items": [], "next": None}


async def test_a_span_is_from_its_beginning_on_and_before_its_end(day: Client) -> None:
    assert (await replayed(day, until="2020-01-01T00:00:00Z"))["replay"]["counts"]["total"] == 0
    assert (await replayed(day, since="2020-01-01T00:00:00Z"))["replay"]["counts"]["total"] == 3


async def test_more_events_than_allowed_are_a_named_failure(day: Client) -> None:
    found = await replayed(day, limit=2)
    assert (found["replay"]["state"], found["replay"]["problems"][0]["code"]) == ("failed", "replay.too_many")


async def test_differing_orders_come_in_pages(day: Client, flow: dict[str, Any]) -> None:
    flow["nodes"]["good"]["params"]["when"] = "item.no == '7'"
    await day.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})
    number = (await replayed(day))["replay"]["id"]
    first = await ended(day, number, limit=1)
    second = await ended(day, number, limit=5, cursor=first["orders"]["next"])
    assert [one["order"] for one in (*first["orders"]["items"], *second["orders"]["items"])] == ["webhook||1", "webhook||3"]
    assert second["orders"]["next"] is None


async def test_what_hinders_is_named(day: Client) -> None:
    for asked, status, code in (
        ({"against": 9}, 404, "flow.version_unknown"),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, 422, "replay.empty_span"),
        ({"limit": 10**6}, 400, "request.invalid"),
        ({"against": "nothing"}, 400, "request.invalid"),
    ):
        answer = await day.post("/api/flows/small/replays", json=asked)
        assert (answer.status_code, answer.json()["type"]) == (status, code)


async def test_a_draft_that_cannot_run_is_refused_with_all_problems(day: Client, flow: dict[str, Any]) -> None:
    flow["nodes"]["good"]["params"]["when"] = "item."
    flow["wires"].append("plain -> gone")
    await day.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})
    answer = await day.post("/api/flows/small/replays", json={})
    assert answer.status_code == 422
    assert {one["code"] for one in answer.json()["problems"]} == {"expression.syntax", "wire.unknown_node"}


async def test_one_replay_at_a_time_which_can_be_cancelled(day: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    held = asyncio.Event()
    read = Replay._read

    async def slow(self: Any, *given: Any) -> Any:
        await held.wait()
        return await read(self, *given)

    monkeypatch.setattr(Replay, "_read", slow)
    number = (await day.post("/api/flows/small/replays", json={})).json()["id"]
    again = await day.post("/api/flows/small/replays", json={})
    assert (again.status_code, again.json()["type"]) == (409, "replay.running")
    assert (await day.post(f"/api/flows/small/replays/{number}/cancellation")).status_code == 202
    held.set()
    assert (await ended(day, number))["replay"]["state"] == "cancelled"
    late = await day.post(f"/api/flows/small/replays/{number}/cancellation")
    assert (late.status_code, late.json()["type"]) == (409, "replay.ended")
    assert [one["id"] for one in (await day.get("/api/flows/small/replays")).json()["items"]] == [number]


async def test_only_the_last_few_replays_are_remembered(day: Client) -> None:
    numbers = [(await replayed(day, against=1))["replay"]["id"] for _ in range(6)]
    answer = await day.get(f"/api/flows/small/replays/{numbers[0]}")
    assert (answer.status_code, answer.json()["type"]) == (404, "replay.unknown")
    assert (await day.get(f"/api/flows/other/replays/{numbers[-1]}")).status_code == 404


async def test_a_run_goes_from_a_step_on_with_an_edited_item(day: Client) -> None:
    run = (await runs_of(day))["webhook||3"]
    answer = await day.post(f"/api/runs/{run}/reruns", json={"step": "good", "edits": {"1": {"good": True, "phone": PHONE}}})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [(one["kind"], one["path"]) for one in found["changes"]] == [("missing", "good.parked[1]"), ("added", "good.end.yes[1]")]
    assert [(step["slug"], step["state"]) for step in found["steps"]] == [("good", "done")]
    assert PHONE not in answer.text
    assert (await day.get(f"/api/runs/{run}")).json()["state"] == "parked"


async def test_a_rerun_that_cannot_be_is_named(day: Client) -> None:
    run = (await runs_of(day))["webhook||3"]
    for asked, status, code in (
        ({"step": "gone"}, 404, "rerun.no_step"),
        ({"step": "signed"}, 422, "rerun.not_reached"),
        ({"step": "good", "edits": {"9": {}}}, 404, "rerun.no_item"),
        ({"step": "good", "against": 4}, 404, "flow.version_unknown"),
    ):
        answer = await day.post(f"/api/runs/{run}/reruns", json=asked)
        assert (answer.status_code, answer.json()["type"]) == (status, code)


async def test_a_parked_run_moves_to_a_version_in_which_it_can_go_on(day: Client, orderloom: Orderloom) -> None:
    run = (await runs_of(day))["webhook||3"]
    refused = await day.post(f"/api/runs/{run}/move", json={"version": 1})
    assert (refused.status_code, refused.json()["type"]) == (409, "run.same_version")
    assert refused.json()["title"] == "The run is on version 1 already."
    assert (await day.post("/api/flows/small/publication", json={})).json() == {"version": 2}
    assert (await day.post(f"/api/runs/{run}/move", json={"version": 2})).status_code == 202
    await orderloom.dispatcher.idle()
    found = (await day.get(f"/api/runs/{run}")).json()
    assert (found["state"], found["version"]) == ("done", 2)
    told = (await day.get(f"/api/runs/{run}/timeline")).json()["items"]
    assert "Moved to version 2." in [one["what"] for one in told]
    assert (await day.get("/api/incidents")).json()["items"] == []
    assert (await day.post(f"/api/runs/{run}/move", json={"version": 1})).json()["type"] == "run.not_movable"
