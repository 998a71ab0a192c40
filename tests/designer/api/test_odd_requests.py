"""Every address of the API is asked for nonsense: the answer is never a fault of ours, has a code word, and says what to do."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from designer.app import create_app
from designer.problems import MEDIA_TYPE
from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.settings import Settings
from tests.designer.conftest import KEY

IDS = ["0", "-1", "abc", "１２", "9" * 19, "9" * 40, "a%2Fb", "%00", "a b", "é", "draft"]
BODIES: list[bytes] = [
    b"", b"{", b"null", b"[]", b"7", b'"x"', b"{}", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"version": "x"}',
    b'{"version": -1}',
    b'{"version": 1e400}', b'{"version": true}', b'{"step": 7}', b'{"step": "no_such", "against": "x"}', b'{"step": "good", "edits": []}',
    b'{"step": "good", "edits": {"1": 7}}', b'{"step": "good", "edits": {"9": {}}}', b'{"step": "good", "against": 99}', b'{"action": "x"}',
    b'{"action": null}', b'{"action": {"$": 1}}', b'{"flow": 7, "step": []}', b'{"flow": "small", "step": "good", "per_second": -1}',
    b'{"item": 7}', b'{"item": [7]}', b'{"item": [{"op": "x"}]}', b'{"item": [{"op": "replace", "path": "no"}], "attempt": 7}',
    b'{"parameters": [{"op": "replace", "path": "/when", "value": "item..x"}]}', b'{"item": [{"op": "remove", "path": ""}]}',
    b'{"since": "yesterday", "until": "2026-02-30", "against": "draft"}',
    b'{"since": "2026-01-02", "until": "2026-01-01", "against": "draft"}',
    b'{"since": "2026-01-01T00:00:00", "until": "9999-12-31T23:59:59+14:00", "against": "draft"}', b'{"against": {"document": 7}}',
    b'{"note": 7}', b'{"name": "\\u0000"}', b'{"trigger": "no_such", "items": "x"}', b'{"decision": 7}', b'{"data": []}',
]  # fmt: skip
QUERIES = ["limit=0", "limit=x", "limit=999999999999999999999", "cursor=%00", "cursor=x", "since=yesterday", "until=2026-02-30",
           "state=odd", "kind=odd", "version=x", "flow=%00", "order=" + "x" * 5000, "against=x", "step=%F0%9F%90%9F"]  # fmt: skip
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
ENDLESS = ("/live", "/stream")


@pytest.fixture
async def owner(tmp_path: Path, flow: dict[str, Any]) -> AsyncIterator[tuple[AsyncClient, dict[str, list[str]]]]:
    """A client, and the ids that there are by the name of their parameter: of a parked run and of one that could not be read."""
    orderloom = Orderloom.at(Settings(data=tmp_path, connections={"own_shop": {"type": "own_shop", "secret": "whsec_dGhlIHNlY3JldA=="}}))
    transport = ASGITransport(create_app(orderloom, key=KEY), raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with (
        orderloom,
        AsyncClient(transport=transport, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {KEY}"}) as client,
    ):
        await orderloom.start()
        await client.put("/api/flows/small/draft", json=flow)
        assert (await client.post("/api/flows/small/publication", json={"note": ""})).status_code == 201
        run = (await client.post("/hooks/small/plain", json={"no": "A1"})).json()["event"]
        await orderloom.dispatcher.idle()
        (incident,) = (await orderloom.store.incidents()).items
        yield client, {"run_id": [run], "event_id": [run], "incident_id": [str(incident.id)], "name": ["small"], "flow": ["small"]}


def checked(answer: Response, asked: str) -> dict[str, Any]:
    """The problem document, if there is one."""
    assert answer.status_code < 500, f"{asked}: {answer.text}"
    assert "Traceback" not in answer.text, asked
    if answer.status_code < 400:
        return {}
    assert answer.headers["content-type"] == MEDIA_TYPE, asked
    told = answer.json()
    for one in told["problems"]:
        assert "." in one["code"], f"{asked}: {told}"
        assert one["what"], f"{asked}: {told}"
        assert not PLACEHOLDER.search(one["what"] + one["do"]), f"{asked}: {told}"
        assert one["code"] not in one["what"], f"{asked} is not explained: {told}"
    return told


def paths_of(path: str, names: list[str], ids: dict[str, list[str]]) -> Iterator[str]:
    for values in itertools.islice(itertools.product(*[[*ids.get(name, []), *IDS] for name in names]), 30):
        filled = path
        for name, value in zip(names, values, strict=True):
            filled = filled.replace(f"{{{name}}}", value)
        yield filled


async def operations(client: AsyncClient) -> list[tuple[str, str, list[str]]]:
    paths = (await client.get("/schema/openapi.json")).json()["paths"]
    found = [
        (method, path, [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"])
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path.startswith("/api/") and not path.endswith(ENDLESS)
    ]
    assert len(found) > 50
    return found


@pytest.mark.slow
async def test_odd_ids_and_queries_are_answered(owner: tuple[AsyncClient, dict[str, list[str]]]) -> None:
    client, ids = owner
    for method, path, names in await operations(client):
        if method != "get":
            continue
        for filled in paths_of(path, names, ids):
            for query in ["", *QUERIES] if filled == next(paths_of(path, names, ids)) else [""]:
                checked(await client.get(f"{filled}?{query}"), f"GET {filled}?{query}")


@pytest.mark.slow
async def test_odd_bodies_are_answered_in_both_languages(owner: tuple[AsyncClient, dict[str, list[str]]]) -> None:
    client, ids = owner
    for method, path, names in await operations(client):
        if method == "get" or path in ("/api/connections/{name}",):
            continue
        first = next(paths_of(path, names, ids))
        for body in BODIES:
            told = []
            for language in ("en", "zh"):
                headers = {"Accept-Language": language, "Content-Type": "application/json"}
                answer = await client.request(method, first, content=body, headers=headers)
                told.append(checked(answer, f"{method} {first} {body!r}"))
            if all(told):
                shown = [[one["code"] for one in one_told["problems"]] for one_told in told]
                assert shown[0] == shown[1], (method, first, body)
                assert told[0]["title"] != told[1]["title"], (method, first, body)
        for filled in paths_of(path, names, {}):
            checked(await client.request(method, filled, json={}), f"{method} {filled}")


async def test_nothing_is_answered_without_the_key(owner: tuple[AsyncClient, dict[str, list[str]]]) -> None:
    client, ids = owner
    for method, path, names in await operations(client):
        if path.startswith("/api/signals/"):  # the token in its address is the key
            continue
        filled = next(paths_of(path, names, ids))
        answer = await client.request(method, filled, headers={"Authorization": "Bearer wrong"}, content=b"{}")
        assert answer.status_code in (401, 405), (method, filled, answer.text)


async def test_a_run_whose_event_cannot_be_read_shows_its_steps_and_why(
    owner: tuple[AsyncClient, dict[str, list[str]]], flow: dict[str, Any]
) -> None:
    client, _ = owner
    app: Orderloom = client._transport.app.state.orderloom  # type: ignore[attr-defined]
    plan = await app.flows.plan_at("small", 1)
    accepted = await app.intake.take(plan, plan.by_slug["plain"], Delivery(b"{no json"), app.started_at, actor="test")
    await app.dispatcher.idle()
    steps = (await client.get(f"/api/runs/{accepted.id}/steps")).json()["items"]
    assert [(one["slug"], one["state"], [failure["problem"]["code"] for failure in one["failures"]]) for one in steps] == [
        ("plain", "parked", ["body.unreadable"]),
        ("good", "pending", []),
    ]
    page = await client.get(f"/runs/{accepted.id}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    incident = next(one.id for one in (await app.store.incidents()).items if one.run_id == accepted.id)
    refused = await client.get(f"/api/incidents/{incident}/mending")
    assert (refused.status_code, refused.json()["type"]) == (422, "mending.no_item")
    rerun = await client.post(f"/api/runs/{accepted.id}/reruns", json={"step": "good"})
    assert (rerun.status_code, rerun.json()["type"]) == (422, "rerun.not_reached")
    await client.post(f"/api/runs/{accepted.id}/cancellation")
    steps = (await client.get(f"/api/runs/{accepted.id}/steps")).json()["items"]
    assert [one["state"] for one in steps] == ["parked", "skipped"]
