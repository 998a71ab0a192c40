"""The log of calls and reconciliation over the API, with real systems behind: what went out, came in, and is sent again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.designer.api.selling import DAY, FLOW, NAME, PHONE, Shop, order, selling

TELL: dict[str, Any] = {
    "use": "connector.http_request@1",
    "params": {
        "service": {"connection": "crm"},
        "path": "/customers/{{ item.receiver.phone }}",
        "query": {"name": "{{ item.receiver.name }}"},
        "body": "{'no': item.channel_order_id, 'phone': item.receiver.phone}",
    },
}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with selling(tmp_path, FLOW, beside={"crm": "http"}) as made:
        yield made


async def test_every_call_out_and_every_delivery_is_noted(shop: Shop) -> None:
    await shop.sell(1)
    calls = {(call["direction"], call["place"]): call for call in await shop.calls()}
    assert set(calls) == {("in", "hub/orders"), ("out", "wms"), ("out", "finance")}
    out, taken = calls["out", "wms"], calls["in", "hub/orders"]
    assert (out["method"], out["path"], out["status"], out["failed"], out["step"], out["attempt"]) == (
        "POST",
        "/orders",
        201,
        False,
        "wms",
        1,
    )
    assert out["run"] == taken["run"]
    assert out["ms"] > 0


async def test_each_attempt_that_failed_is_noted_with_what_was_answered_masked(shop: Shop) -> None:
    shop.wms.fail_next(1, 503)
    await shop.sell(1)
    (second, first) = await shop.calls(connection="wms")
    assert [(one["attempt"], one["status"], one["failed"]) for one in (first, second)] == [(1, 503, True), (2, 201, False)]
    assert first["excerpt"] is not None
    assert "simulated" not in first["excerpt"]


async def test_a_call_that_reached_nobody_has_a_code(shop: Shop) -> None:
    await shop.wms.stop()
    await shop.sell(1)
    assert {(call["status"], call["code"]) for call in await shop.calls(connection="wms", outcome="failed")} == {(None, "http.unreachable")}


async def test_a_delivery_that_was_refused_keeps_code_and_size_only(shop: Shop) -> None:
    await shop.client.post("/hooks/hub/orders", content=b"no json")
    await shop.client.post("/hooks/nowhere/at_all", json=order(1))
    unknown, unreadable = await shop.calls(direction="in")
    assert (unreadable["status"], unreadable["code"], unreadable["size"], unreadable["run"]) == (400, "body.unreadable", 7, None)
    assert (unknown["status"], unknown["code"]) == (404, "hook.unknown")
    assert all(call["excerpt"] is None for call in (unknown, unreadable))


async def test_calls_are_found_by_order(shop: Shop) -> None:
    await shop.sell(1, 2)
    found = await shop.calls(order="OWN-2")
    assert {call["place"] for call in found} == {"hub/orders", "wms", "finance"}
    assert len({call["run"] for call in found}) == 1


async def test_request_and_answer_of_a_call_are_recomputed_and_masked(shop: Shop) -> None:
    await shop.sell(1)
    (call,) = await shop.calls(connection="wms")
    answer = await shop.client.get(f"/api/calls/{call['id']}")
    whole = answer.json()
    assert whole["request"]["body"]["channel_order_id"] == "OWN-1"
    assert whole["answer"]["status"] in (201, "****")
    assert whole["curl"].startswith(f"curl -X POST -H 'Orderloom-Version: {DAY}T03:04:05Z'")
    assert whole["curl"].endswith(f"{shop.wms.url}/orders")
    for personal in (PHONE, NAME, "南京东路一号"):
        assert personal not in answer.text


async def test_a_path_made_of_data_is_noted_as_the_flow_has_it(shop: Shop) -> None:
    nodes = {name: FLOW["nodes"][name] for name in ("orders", "canonical")} | {"tell": TELL}
    document = {**FLOW, "nodes": nodes, "wires": ["orders -> canonical", "canonical -> tell"]}
    await shop.app.publish(json.dumps(document).encode(), note="", actor="test")
    await shop.sell(1)
    listed = await shop.client.get("/api/calls", params={"connection": "crm"})
    (call,) = listed.json()["items"]
    assert call["path"] == "/customers/{{ item.receiver.phone }}"
    whole = await shop.client.get(f"/api/calls/{call['id']}")
    assert PHONE not in listed.text + whole.text
    assert NAME not in listed.text + whole.text


async def test_after_erasure_nothing_of_a_call_can_be_seen_any_more(shop: Shop) -> None:
    shop.wms.fail_next(1, 503)
    await shop.sell(1)
    (call, failed) = await shop.calls(connection="wms")
    await shop.client.post(f"/api/events/{call['run']}/erasure")
    whole = (await shop.client.get(f"/api/calls/{failed['id']}")).json()
    assert (whole["request"], whole["curl"], whole["call"]["excerpt"], whole["problem"]["code"]) == (None, None, None, "event.erased")


async def test_a_call_is_sent_again_under_its_key(shop: Shop) -> None:
    await shop.sell(1)
    (call,) = await shop.calls(connection="wms")
    shop.wms.forget(("own_shop", "", "OWN-1"))
    done = await shop.client.post(f"/api/calls/{call['id']}/resending")
    assert done.json() == {"how": "sent", "run": call["run"], "status": 201}
    first, second = shop.wms.received
    assert (first.key, first.order, first.version) == (second.key, second.order, second.version)
    assert len(await shop.calls(connection="wms")) == 2
    assert (await shop.client.get("/api/audit")).json()["items"][0]["action"] == "call.resend"


async def test_what_is_parked_is_resumed_and_not_sent_beside(shop: Shop) -> None:
    shop.wms.fail_next(1, 422)
    await shop.sell(1)
    (call,) = await shop.calls(connection="wms")
    done = await shop.client.post(f"/api/calls/{call['id']}/resending")
    await shop.app.dispatcher.idle()
    assert done.json()["how"] == "resumed"
    assert (await shop.client.get(f"/api/runs/{call['run']}")).json()["state"] == "done"
    assert len(shop.wms.ledger.orders) == 1


async def test_a_delivery_cannot_be_sent_again(shop: Shop) -> None:
    await shop.sell(1)
    (call,) = await shop.calls(direction="in")
    answer = await shop.client.post(f"/api/calls/{call['id']}/resending")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (409, "resend.not_again")


async def test_a_day_on_which_all_went_well_has_no_difference(shop: Shop) -> None:
    await shop.sell(1, 2, 3)
    found = await shop.reconcile()
    assert (found["differences"], found["counts"]) == (0, {"source": 3, "hub": 3, "wms": 3, "finance": 3})
    assert (await shop.client.get("/api/reconciliations")).json()["items"][0]["differences"] == 0


async def test_what_a_target_lost_doubled_or_altered_is_found_and_what_can_be_is_sent_again(shop: Shop) -> None:
    await shop.sell(1, 2, 3, 4)
    shop.wms.forget(("own_shop", "", "OWN-1"))
    shop.finance.ledger.twice.add(("own_shop", "", "OWN-2"))
    shop.wms.ledger.altered["own_shop", "", "OWN-3"] = {"amount": "80.01"}
    found = await shop.reconcile()
    rows = {(row["channel_order_id"], row["system"], row["kind"], row["field"], row["found"]) for row in found["rows"]}
    assert rows == {
        ("OWN-1", "wms", "missing", "", ""), ("OWN-2", "finance", "doubled", "", "2"), ("OWN-3", "wms", "different", "amount", "80.01"),
    }  # fmt: skip
    (one,) = await shop.send_again(channel_order_id="OWN-1")
    assert (one["system"], one["how"]) == ("wms", "sent")
    assert {row["channel_order_id"] for row in (await shop.reconcile())["rows"]} == {"OWN-2", "OWN-3"}
    assert [(one["channel_order_id"], one["how"]) for one in await shop.send_again()] == [("OWN-3", "sent")]


async def test_an_order_that_is_parked_before_a_target_is_found_and_goes_on(shop: Shop) -> None:
    shop.finance.fail_next(1, 422)
    await shop.sell(1)
    found = await shop.reconcile()
    assert [(row["channel_order_id"], row["system"], row["kind"]) for row in found["rows"]] == [("OWN-1", "finance", "missing")]
    assert [one["how"] for one in await shop.send_again()] == ["resumed"]
    await shop.app.dispatcher.idle()
    assert (await shop.reconcile())["differences"] == 0


async def test_a_target_without_a_list_is_told_and_the_others_are_compared(shop: Shop) -> None:
    await shop.sell(1)
    await shop.finance.stop()
    found = await shop.reconcile()
    assert (found["failed"], found["differences"]) == ({"finance": "http.unreachable"}, 0)
    assert found["counts"]["finance"] is None


@pytest.mark.parametrize(("day", "channel", "code"), [("soon", "own_shop", "reconcile.bad_day"), (DAY, "", "reconcile.no_channel")])
async def test_a_day_that_is_none_is_refused(shop: Shop, day: str, channel: str, code: str) -> None:
    answer = await shop.client.post("/api/reconciliations", json={"day": day, "channel": channel})
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, code)
