"""Alarms, rules and delays over the API."""

from __future__ import annotations

from typing import Any

from litestar.testing import AsyncTestClient

from engine.app import Orderloom
from engine.watch.observations import Delivery

Client = AsyncTestClient[Any]


async def raised(orderloom: Orderloom) -> None:
    for _ in range(3):
        orderloom.watch.ears.called("wms", went=False)
    await orderloom.watch.look()


async def test_rules_of_the_beginning_are_there_and_can_be_changed_and_set_back(owner: Client) -> None:
    rules = {one["name"]: one for one in (await owner.get("/api/alarm-rules")).json()["items"]}
    assert {"three_failures", "delay_over_5_s", "stands_still", "wrong_clock"} <= set(rules)
    assert not rules["three_failures"]["own"]
    answer = await owner.put("/api/alarm-rules/three_failures", json={"kind": "failures", "count": 5, "tell": ["team"]})
    assert (answer.status_code, answer.json()["own"]) == (200, True)
    assert answer.json()["document"] == {"kind": "failures", "count": 5, "tell": ["team"]}
    assert (await owner.delete("/api/alarm-rules/three_failures")).status_code == 204
    assert (await owner.get("/api/alarm-rules/three_failures")).json()["document"] == {"kind": "failures"}
    assert (await owner.delete("/api/alarm-rules/three_failures")).json()["type"] == "alarm_rule.unknown"


async def test_a_rule_that_does_not_fit_is_refused_with_every_problem(owner: Client) -> None:
    wrong = {"kind": "delay", "seconds": 0, "zone": "Nowhere", "mail_to": "no address", "quiet_from": "25:00"}
    answer = await owner.put("/api/alarm-rules/mine", json=wrong)
    assert answer.status_code == 422
    assert {one["where"].rpartition(" › ")[2] for one in answer.json()["problems"]} == {"seconds", "zone", "mail_to", "quiet_from"}
    half = await owner.put("/api/alarm-rules/mine", json={"kind": "delay", "quiet_from": "22:00"})
    assert "quiet_to" in half.json()["problems"][0]["where"]
    assert (await owner.put("/api/alarm-rules/New!", json={"kind": "delay"})).json()["problems"][0]["code"] == "alarm_rule.bad_name"
    assert (await owner.put("/api/alarm-rules/mine", json={"kind": "no"})).json()["problems"][0]["code"] == "alarm_rule.unknown_kind"
    assert (await owner.get("/api/alarm-rules/mine")).status_code == 404


async def test_an_alarm_is_listed_in_the_readers_language_and_acknowledged_once(owner: Client, orderloom: Orderloom) -> None:
    await owner.put("/api/alarm-rules/three_failures", json={"kind": "failures", "tell": ["team"]})
    await raised(orderloom)
    (alarm,) = (await owner.get("/api/alarms", headers={"Accept-Language": "zh"})).json()["items"]
    assert (alarm["rule"], alarm["subject"], alarm["state"], alarm["code"]) == ("three_failures", "wms", "raised", "alarm.failures")
    assert alarm["problem"]["what"] == "调用 wms 连续失败 3 次。"
    assert {one["receiver"] for one in alarm["messages"]} == {"", "team"}
    answer = await owner.post(f"/api/alarms/{alarm['id']}/acknowledgement")
    assert (answer.status_code, answer.json()["state"], answer.json()["acknowledged_by"]) == (201, "acknowledged", "owner")
    again = await owner.post(f"/api/alarms/{alarm['id']}/acknowledgement")
    assert (again.status_code, again.json()["type"]) == (409, "alarm.not_raised")
    orderloom.watch.ears.called("wms", went=True)
    await orderloom.watch.look()
    assert (await owner.get("/api/alarms")).json()["items"] == []
    assert [one["id"] for one in (await owner.get("/api/alarms?state=over")).json()["items"]] == [alarm["id"]]
    assert (await owner.get(f"/api/alarms/{alarm['id']}")).json()["over_at"] is not None
    assert (await owner.get("/api/alarms/17")).status_code == 404
    assert (await owner.get("/api/alarms/x")).status_code == 404


async def test_delays_are_told_by_channel_and_system(owner: Client, orderloom: Orderloom) -> None:
    now = orderloom.started_at
    for n in range(100):
        orderloom.watch.delays.add(Delivery("taobao", "wms", f"A{n}", now, 0.1 * (n + 1), 1.0))
    lines = {(one["target"], one["since"]): one for one in (await owner.get("/api/delays?minutes=60")).json()["items"]}
    line = lines["wms", "arrival"]
    assert (line["channel"], line["count"], line["longest"], line["longest_order"]) == ("taobao", 100, 10.0, "A99")
    assert abs(line["p50"] - 5.0) < 0.06
    assert abs(line["p95"] - 9.5) < 0.1
    assert lines["wms", "stamp"]["longest"] == 1.0
    assert (await owner.get("/api/delays?minutes=0")).status_code == 400


async def test_strangers_see_nothing(client: Client) -> None:
    client.headers.pop("Authorization", None)
    for path in ("/api/alarms", "/api/alarm-rules", "/api/delays"):
        assert (await client.get(path)).status_code == 401
