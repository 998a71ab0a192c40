"""What happened in a run, in sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from httpx import AsyncClient

from designer.api import timeline
from engine.app import Orderloom
from engine.catalogue import entries
from engine.node.context import HttpAnswer

PHONE = "13812345678"
CALLED = {"requests": [{"url": "service:/orders"}], "match": "subset"}
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "told",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "call": {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/orders"}},
    },
    "wires": ["hook -> call"],
    "tests": [{"name": "it calls", "trigger": "hook", "input": [{"no": "1"}], "expect": {"call": CALLED}}],
}


class Outside:
    """Answers 422 until it is told otherwise."""

    status = 422

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        return HttpAnswer(self.status, {}, {"phone": PHONE})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


@pytest.fixture
async def outside(owner: AsyncClient, orderloom: Orderloom) -> Outside:
    outside = Outside()
    object.__setattr__(orderloom.world, "outside", outside)
    await owner.put("/api/connections/service", json={"type": "http", "url": "http://service.example"})
    await owner.put("/api/flows/told/draft", json=FLOW)
    answer = await owner.post("/api/flows/told/publication", json={"note": "first"})
    assert answer.status_code == 201, answer.text
    return outside


async def deliver(client: AsyncClient, orderloom: Orderloom) -> str:
    event = (await client.post("/hooks/told/hook", json={"no": "1", "phone": PHONE})).json()["event"]
    await orderloom.dispatcher.idle()
    return event


async def told(client: AsyncClient, run: str, language: str = "en") -> list[dict[str, Any]]:
    answer = await client.get(f"/api/runs/{run}/timeline", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_arrival_failure_decision_answer_and_end_are_told_in_their_order(
    owner: AsyncClient, orderloom: Orderloom, outside: Outside
) -> None:
    run = await deliver(owner, orderloom)
    parked = await told(owner, run)
    assert [(one["kind"], one["step"], one["tone"]) for one in parked] == [
        ("accepted", "hook", ""), ("failed", "call", "err"), ("parked", "call", "err"),
    ]  # fmt: skip
    outside.status = 201
    (incident,) = (await owner.get(f"/api/incidents?run={run}")).json()["items"]
    await owner.post(f"/api/incidents/{incident['id']}/resumption", json={"action": "again"})
    await orderloom.dispatcher.idle()
    after = await told(owner, run)
    assert after[:3] == parked
    assert [(one["kind"], one["actor"], one["what"], one["tone"]) for one in after[3:]] == [
        ("decision", "owner", "Decided: try again.", "run"),
        ("call", "system", "Answered with status 201.", "ok"),
        ("ended", None, "The run is done.", "ok"),
    ]
    assert [one["at"] for one in after] == sorted(one["at"] for one in after)
    assert after[4]["ms"] is not None


async def test_a_failure_gives_its_reason_in_the_readers_language(owner: AsyncClient, orderloom: Orderloom, outside: Outside) -> None:
    run = await deliver(owner, orderloom)
    english, chinese = await told(owner, run, "en"), await told(owner, run, "zh")
    assert english[2]["what"].startswith("Parked: ")
    assert "422" in english[2]["what"]
    assert chinese[2]["what"].startswith("已挂起：")
    assert all(re.search("[\u4e00-\u9fff]", one["what"]) for one in chinese)


async def test_no_body_and_no_personal_data_are_told(owner: AsyncClient, orderloom: Orderloom, outside: Outside) -> None:
    run = await deliver(owner, orderloom)
    assert PHONE not in (await owner.get(f"/api/runs/{run}/timeline")).text


async def test_a_reason_that_names_a_person_is_masked(owner: AsyncClient, orderloom: Orderloom, outside: Outside) -> None:
    """A plugin may break the rule that a problem repeats no value."""

    async def refusing(*_: Any) -> HttpAnswer:
        from engine.errors import NodeError

        raise NodeError(f"plugin.no_{PHONE}")

    outside.http = refusing  # type: ignore[method-assign]
    run = await deliver(owner, orderloom)
    assert PHONE not in (await owner.get(f"/api/runs/{run}/timeline")).text
    assert "138****5678" in (await owner.get(f"/api/runs/{run}/timeline")).text


async def test_a_cancelled_run_says_who_asked_and_that_it_ended(owner: AsyncClient, orderloom: Orderloom, outside: Outside) -> None:
    run = await deliver(owner, orderloom)
    await owner.post(f"/api/runs/{run}/cancellation")
    assert [(one["kind"], one["actor"]) for one in (await told(owner, run))[3:]] == [("cancelled", "owner"), ("ended", None)]


async def test_an_unknown_run_is_not_found(owner: AsyncClient) -> None:
    assert (await owner.get("/api/runs/1/timeline")).json()["type"] == "run.unknown"


def test_every_sentence_of_the_timeline_has_its_translation() -> None:
    sentences = [*timeline.ACCEPTED, *timeline.CALLS, timeline.PARKED, timeline.FAILED, timeline.OTHER]
    for words in (timeline.PLAIN, timeline.HUB, timeline.DECISIONS, timeline.ENDS):
        sentences += words.values()
    known = entries("zh")
    assert [one for one in sentences if (None, one) not in known] == []


async def test_incidents_are_filtered_by_flow_run_and_state(owner: AsyncClient, orderloom: Orderloom, outside: Outside) -> None:
    run = await deliver(owner, orderloom)

    async def found(query: str) -> int:
        return len((await owner.get(f"/api/incidents?{query}")).json()["items"])

    assert [await found(query) for query in ("flow=told", f"flow=told&run={run}", "flow=small", "flow=told&state=resumed")] == [1, 1, 0, 0]
