"""The sandbox by the API: record, try another version, a share first, switch over, back; nothing personal anywhere."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom
from engine.intake.split import goes_along

Client = AsyncClient
PHONE, NAME = "19900001234", "测试甲"


@pytest.fixture
async def recording(published: Client, orderloom: Orderloom) -> str:
    """Of three orders of ``small``, the last one parked."""
    begun = await published.post("/api/recordings", json={"flow": "small"})
    assert begun.status_code == 201, begun.text
    for number, item in enumerate(({"good": True}, {"good": False}, {}), 1):
        body = {"no": str(number), "receiver_name": NAME, "phone": PHONE, **item}
        assert (await published.post("/hooks/small/plain", json=body)).status_code == 200
    await orderloom.dispatcher.idle()
    ended = await published.post(f"/api/recordings/{begun.json()['id']}/ending")
    assert ended.status_code == 200, ended.text
    assert (ended.json()["state"], ended.json()["taken"], ended.json()["left_out"]) == ("ended", 3, {})
    return begun.json()["id"]


@pytest.fixture
async def draft(published: Client, flow: dict[str, Any]) -> dict[str, Any]:
    """It calls what is not good by another name."""
    flow["nodes"]["good"]["params"]["when"] = "!has(item.good) || item.good"
    assert (await published.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})).is_success
    return flow


async def tried(client: Client, recording: str, **asked: Any) -> dict[str, Any]:
    answer = await client.post("/api/flows/small/replays", json={"recording": recording, **asked})
    assert answer.status_code == 202, answer.text
    for _ in range(500):
        found = (await client.get(f"/api/flows/small/replays/{answer.json()['id']}")).json()
        if found["replay"]["state"] != "running":
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("the trial did not end")


async def sent(client: Client, orderloom: Orderloom, first: int, count: int) -> None:
    for number in range(first, first + count):
        assert (await client.post("/hooks/small/plain", json={"no": str(number), "good": True})).status_code == 200
    await orderloom.dispatcher.idle()


async def test_what_was_recorded_is_listed_with_its_orders(published: Client, recording: str) -> None:
    (one,) = (await published.get("/api/recordings")).json()["items"]
    assert one == (await published.get(f"/api/recordings/{recording}")).json()
    assert (one["flow"], one["orders"], one["taken"], one["actor"]) == ("small", 200, 3, "owner")
    first = (await published.get(f"/api/recordings/{recording}/orders", params={"limit": 2})).json()
    rest = (await published.get(f"/api/recordings/{recording}/orders", params={"cursor": first["next"]})).json()
    assert [order["order"] for order in first["items"] + rest["items"]] == ["webhook||1", "webhook||2", "webhook||3"]
    assert rest["next"] is None


async def test_nothing_personal_rests_in_a_recording(published: Client, recording: str, orderloom: Orderloom) -> None:
    kept = b"".join(order.body for order in await orderloom.store.traffic_orders(int(recording)))
    assert kept
    assert PHONE.encode() not in kept
    assert NAME.encode() not in kept


async def test_a_trial_tells_per_order_and_over_all_what_would_change(published: Client, recording: str, draft: dict[str, Any]) -> None:
    found = await tried(published, recording)
    assert (found["replay"]["recording"], found["replay"]["counts"]["total"], found["replay"]["counts"]["differing"]) == (recording, 3, 1)
    (order,) = found["orders"]["items"]
    assert (order["order"], [one["path"] for one in order["changes"]]) == ("webhook||3", ["good.parked[1]", "good.end.yes[1]"])
    assert {(one["step"], one["what"], one["kind"], one["orders"]) for one in found["groups"]} == {
        ("good", "parked", "missing", 1), ("good", "end", "added", 1),
    }  # fmt: skip
    assert found["failures"] == []
    assert not [word for word in (PHONE, NAME) if word in json.dumps(found, ensure_ascii=False)]


async def test_what_the_version_cannot_work_off_is_told_with_its_reason(published: Client, recording: str) -> None:
    found = await tried(published, recording, against=1)
    assert found["orders"]["items"] == []
    assert [(one["step"], one["new"], one["orders"]) for one in found["failures"]] == [("good", False, 1)]


async def test_what_was_tried_is_listed_with_its_recording_on_the_page_too(
    published: Client, recording: str, draft: dict[str, Any]
) -> None:
    assert (await published.get(f"/api/recordings/{recording}/trials")).json()["items"] == []
    first, second = await tried(published, recording, against=1), await tried(published, recording)
    listed = (await published.get(f"/api/recordings/{recording}/trials")).json()["items"]
    assert listed == [second["replay"], first["replay"]]
    assert (await published.get("/api/recordings/77/trials")).status_code == 404
    page = (await published.get(f"/recordings/{recording}", headers={"Accept": "text/html", "Accept-Language": "en"})).text
    assert page.index(f"/flows/small/replays/{second['replay']['id']}") < page.index(f"/flows/small/replays/{first['replay']['id']}")


async def test_a_share_first_then_all_and_back(published: Client, orderloom: Orderloom, recording: str, draft: dict[str, Any]) -> None:
    digest = (await tried(published, recording))["replay"]["digest"]
    begun = await published.put("/api/flows/small/share", json={"against": "draft", "percent": 30, "digest": digest})
    assert begun.status_code == 200, begun.text
    assert {name: begun.json()[name] for name in ("base", "version", "percent", "state")} == {
        "base": 1, "version": 2, "percent": 30, "state": "share",
    }  # fmt: skip
    await sent(published, orderloom, 100, 40)
    share = (await orderloom.store.shares())["small"]
    along = sum(goes_along(share, f"webhook||{number}") for number in range(100, 140))
    compared = (await published.get("/api/flows/small/share")).json()
    assert (compared["base"]["orders"], compared["other"]["orders"], compared["other"]["errors"]) == (40 - along, along, 0)
    assert (await published.put("/api/flows/small/share", json={"percent": 100})).json()["state"] == "switched"
    assert (await published.get("/api/flows")).json()["items"][0]["published"] == 2
    back = await published.delete("/api/flows/small/share")
    assert (back.status_code, back.json()["base"]) == (200, 1)
    assert (await published.get("/api/flows")).json()["items"][0]["published"] == 1
    await sent(published, orderloom, 200, 5)
    newest = (await published.get("/api/runs", params={"limit": 5})).json()["items"]
    assert {run["version"] for run in newest} == {1}
    rows = [row["action"] for row in (await published.get("/api/audit")).json()["items"]]
    assert rows[:3] == ["share.back", "share.switch", "share.begin"]


async def test_a_run_tells_that_it_went_along(published: Client, orderloom: Orderloom, draft: dict[str, Any]) -> None:
    await published.put("/api/flows/small/share", json={"against": "draft", "percent": 99})
    await sent(published, orderloom, 1, 3)
    run = next(run for run in (await published.get("/api/runs")).json()["items"] if run["version"] == 2)
    told = (await published.get(f"/api/runs/{run['id']}/timeline", headers={"Accept-Language": "en"})).json()["items"]
    assert "Goes through version 2, as 99 % of the orders do." in [one["what"] for one in told]


async def test_while_a_share_stands_nothing_is_published_over_it(published: Client, draft: dict[str, Any]) -> None:
    await published.put("/api/flows/small/share", json={"against": "draft", "percent": 10})
    for answer, code in (
        (await published.post("/api/flows/small/publication", json={}), "share.stands"),
        (await published.put("/api/flows/small/share", json={"against": 1, "percent": 20}), "share.stands"),
    ):
        assert (answer.status_code, answer.json()["problems"][0]["code"]) == (409, code)


async def test_a_share_may_shrink_to_nothing_and_once_switched_no_more(published: Client, draft: dict[str, Any]) -> None:
    assert (await published.put("/api/flows/small/share", json={"against": "draft", "percent": 0})).status_code == 422
    for wanted in ({"against": "draft", "percent": 10}, {"percent": 5}, {"percent": 0}, {"percent": 10}):
        answer = await published.put("/api/flows/small/share", json=wanted)
        assert (answer.status_code, answer.json()["percent"]) == (200, wanted["percent"])
    await published.put("/api/flows/small/share", json={"percent": 100})
    refused = await published.put("/api/flows/small/share", json={"percent": 50})
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (409, "share.switched")


async def test_what_cannot_be_is_named(published: Client, recording: str, draft: dict[str, Any], flow: dict[str, Any]) -> None:
    changed = {"against": "draft", "percent": 10, "digest": "of another draft"}
    for answer, status, code in (
        (await published.put("/api/flows/small/share", json=changed), 409, "share.draft_changed"),
        (await published.put("/api/flows/small/share", json={"percent": 20}), 404, "share.none"),
        (await published.get("/api/flows/small/share"), 404, "share.none"),
        (await published.delete("/api/flows/small/share"), 404, "share.none"),
        (await published.get("/api/flows/nothing/share"), 404, "flow.unknown"),
        (await published.put("/api/flows/small/share", json={"against": 1, "percent": 20}), 409, "share.same_version"),
        (await published.post("/api/recordings", json={"flow": "small", "connection": "own_shop"}), 422, "recording.of_nothing"),
        (await published.post("/api/recordings", json={"flow": "nothing"}), 404, "flow.unknown"),
        (await published.post(f"/api/recordings/{recording}/ending"), 409, "recording.ended"),
        (await published.get("/api/recordings/7"), 404, "recording.unknown"),
        (await published.delete("/api/recordings/x"), 404, "recording.unknown"),
        (await published.post("/api/flows/small/replays", json={"recording": "7"}), 404, "recording.unknown"),
    ):
        assert (answer.status_code, answer.json()["problems"][0]["code"]) == (status, code), answer.text
    flow["nodes"]["good"]["params"]["when"] = "item.("
    await published.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})
    assert (await published.put("/api/flows/small/share", json={"against": "draft", "percent": 10})).status_code == 422
    assert [one["version"] for one in (await published.get("/api/flows/small/versions")).json()["items"]] == [1]


async def test_a_deleted_recording_is_gone_and_each_step_was_noted(published: Client, recording: str) -> None:
    assert (await published.delete(f"/api/recordings/{recording}")).status_code == 204
    assert (await published.get("/api/recordings")).json()["items"] == []
    rows = [row["action"] for row in (await published.get("/api/audit")).json()["items"]]
    assert rows[:3] == ["recording.delete", "recording.end", "recording.begin"]


async def test_a_stranger_may_do_none_of_it(client: Client) -> None:
    for method, path in (("GET", "/api/recordings"), ("POST", "/api/recordings"), ("PUT", "/api/flows/small/share")):
        assert (await client.request(method, path, json={})).status_code == 401
