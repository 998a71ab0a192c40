"""A person answers what a flow asks: on the page and by the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom

Client = AsyncClient
HTML = {"Accept": "text/html"}
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "asking",
    "title": {"en": "A question", "zh": "一个问题"},
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "check": {
            "use": "task.approve@1",
            "title": {"en": "Check the order", "zh": "核对订单"},
            "params": {"title": "Release {{ item.no }}?", "text": "Call {{ item.phone }} first.", "due": "4h", "roles": ["lead"]},
        },
        "weigh": {
            "use": "task.form@1",
            "params": {
                "title": "Weigh it",
                "form": {
                    "type": "object",
                    "properties": {"grams": {"type": "integer", "title": "Grams", "minimum": 1}, "box": {"type": "string", "title": "Box"}},
                    "required": ["grams"],
                    "additionalProperties": False,
                },
            },
        },
        "good": {"use": "rule.condition@1", "params": {"when": "item.answer.grams > 100"}},
    },
    "wires": ["hook -> check", "check.approved -> weigh", "weigh -> good"],
    "tests": [
        {"name": "t", "trigger": "hook", "input": [{"no": "1", "phone": "x"}], "expect": {"check": {"items": [{}], "match": "subset"}}}
    ],
}


@pytest.fixture
async def asking(owner: Client, orderloom: Orderloom) -> Client:
    """One order waits for approval."""
    assert (await owner.put("/api/flows/asking/draft", json=FLOW)).is_success
    answer = await owner.post("/api/flows/asking/publication", json={"note": "first"})
    assert answer.status_code == 201, answer.text
    await owner.post("/hooks/asking/hook", json={"no": "A1", "phone": "13812345678"})
    await orderloom.dispatcher.idle()
    return owner


@pytest.mark.parametrize(("language", "title"), [("en", "A question"), ("zh", "一个问题")])
async def test_the_flow_that_asks_is_called_by_its_title(asking: Client, language: str, title: str) -> None:
    (task,) = (await asking.get("/api/tasks")).json()["items"]
    for path in ("/tasks", "/tasks?flow=asking", f"/tasks/{task['id']}"):
        assert f'<a href="/flows/asking" title="asking">{title}</a>' in await page(asking, path, language), path


async def page(client: Client, path: str, language: str = "en") -> str:
    answer = await client.get(path, headers={**HTML, "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


async def task(client: Client) -> str:
    (one,) = (await client.get("/api/tasks")).json()["items"]
    return one["id"]


async def test_a_task_is_listed_shown_masked_and_answered_on_its_page(asking: Client, orderloom: Orderloom) -> None:
    listed = await page(asking, "/tasks")
    assert "Check the order" in listed
    assert "核对订单" in await page(asking, "/tasks", "zh")
    address = re.search(r'href="(/tasks/\d+)"', listed)
    assert address is not None
    shown = await page(asking, address[1])
    assert "Release **?" in shown
    assert "13812345678" not in shown
    answer = await asking.post(
        f"{address[1]}/answer", data={"decision": "approved", "note": "called"}, headers=HTML, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
    await orderloom.dispatcher.idle()
    assert "Weigh it" not in await page(asking, "/tasks")
    assert "weigh" in await page(asking, "/tasks")
    assert "Answered" in await page(asking, "/tasks?show=done")


async def test_a_task_is_answered_by_the_api_once(asking: Client, orderloom: Orderloom) -> None:
    one = await task(asking)
    shown = (await asking.get(f"/api/tasks/{one}")).json()
    assert (shown["step"], shown["roles"], shown["form"]["required"]) == ("check", ["lead"], ["decision"])
    assert "13812345678" not in str(shown)
    assert (await asking.post(f"/api/tasks/{one}/answer", json={"decision": "approved"})).json()["state"] == "done"
    again = await asking.post(f"/api/tasks/{one}/answer", json={"decision": "rejected"})
    assert (again.status_code, again.json()["type"]) == (409, "wait.closed")
    await orderloom.dispatcher.idle()
    assert (await asking.get("/api/audit")).json()["items"][0]["action"] == "task.answer"


async def test_every_fault_of_an_answer_is_named_and_nothing_is_journaled(asking: Client, orderloom: Orderloom) -> None:
    await asking.post(f"/api/tasks/{await task(asking)}/answer", json={"decision": "approved"})
    await orderloom.dispatcher.idle()
    one = await task(asking)
    refused = await asking.post(f"/api/tasks/{one}/answer", json={"box": 7, "colour": "red"})
    assert refused.status_code == 422
    assert {problem["code"] for problem in refused.json()["problems"]} == {"answer.missing", "answer.invalid", "answer.unknown"}
    html = await asking.post(f"/tasks/{one}/answer", data={"grams": "heavy", "box": "L"}, headers=HTML)
    assert html.status_code == 422
    assert 'value="heavy"' in html.text
    empty = await asking.post(f"/tasks/{one}/answer", data={"box": "L"}, headers=HTML)
    assert "The answer lacks Grams." in empty.text
    assert "lacks grams" not in empty.text
    assert (await asking.get(f"/api/tasks/{one}")).json()["state"] == "open"
    assert (
        await asking.post(f"/tasks/{one}/answer", data={"grams": "420", "box": "L"}, headers=HTML, follow_redirects=False)
    ).status_code == 303
    await orderloom.dispatcher.idle()
    assert (await asking.get("/api/runs?state=done")).json()["items"]


@pytest.mark.parametrize("path", ["/api/signals/x.y", "/api/tasks/{}/answer"])
@pytest.mark.parametrize("body", [b"{no json", b'{"decision": "\xff"}'])
async def test_a_body_that_is_no_json_is_told_with_its_reason(asking: Client, path: str, body: bytes) -> None:
    refused = await asking.post(path.format(await task(asking)), content=body, headers={"Content-Type": "application/json"})
    assert (refused.status_code, refused.json()["type"]) == (400, "body.unreadable")
    assert re.fullmatch(r"This is not readable JSON: .*(byte 1|UTF-8).*", refused.json()["title"])


async def test_what_is_no_task_is_not_found(asking: Client) -> None:
    for path in ("/api/tasks/1", "/api/tasks/x"):
        assert (await asking.get(path)).status_code == 404
    assert (await asking.get("/tasks/1", headers=HTML)).status_code == 404


async def test_a_signal_needs_no_key_but_its_token(asking: Client, client: Client, orderloom: Orderloom) -> None:
    flow = {
        **FLOW,
        "name": "signalled",
        "nodes": {
            "hook": FLOW["nodes"]["hook"],
            "rest": {"use": "flow.wait_for@1", "params": {"duration": "1d", "signal": True, "into": "news"}},
        },
        "wires": ["hook -> rest"],
        "tests": [{"name": "t", "trigger": "hook", "input": [{"no": "1"}], "expect": {"rest": {"items": [{}], "match": "subset"}}}],
    }
    await asking.put("/api/flows/signalled/draft", json=flow)
    assert (await asking.post("/api/flows/signalled/publication", json={})).status_code == 201
    await asking.post("/hooks/signalled/hook", json={"no": "S1"})
    await orderloom.dispatcher.idle()
    (wait,) = (await asking.get("/api/waits?kind=signal")).json()["items"]
    address = wait["signal"]
    keyless = {"Authorization": ""}
    assert (await client.post(address[:-1] + ("0" if address[-1] != "0" else "1"), json={}, headers=keyless)).status_code == 404
    for empty in (b"", b"null"):
        refused = await client.post(address, content=empty, headers=keyless)
        assert (refused.status_code, refused.json()["type"]) == (422, "wait.no_body")
    assert (await client.post(address, json={"paid": True}, headers=keyless)).json() == {"accepted": True}
    await orderloom.dispatcher.idle()
    assert (await client.post(address, json={}, headers=keyless)).status_code == 409
    assert (await asking.get("/api/waits?kind=signal")).json()["items"] == []


async def test_the_run_that_waits_is_shown_with_what_it_asks(asking: Client) -> None:
    (run,) = (await asking.get("/api/runs")).json()["items"]
    assert run["state"] == "waiting"
    steps = {step["slug"]: step for step in (await asking.get(f"/api/runs/{run['id']}/steps")).json()["items"]}
    assert steps["check"]["state"] == "pending"
    assert steps["check"]["requests"][0]["request"]["url"] == "task:"
    assert "13812345678" not in str(steps)
    assert "Waiting" in await page(asking, f"/runs/{run['id']}")
