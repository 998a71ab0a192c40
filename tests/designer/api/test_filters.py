"""The filters of lists over the API."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom
from engine.store.ports import Fact, HubOrder, NewEvent

from .test_runs import deliver

Client = AsyncClient
ORDER = HubOrder(
    channel="taobao", shop_id="s1", channel_order_id="1001", version="v1", content="c1", status="shipped", currency="CNY",
    amount_paid="12.50", display_no="TB-1001", created_at=None, priority="urgent", body=json.dumps({"channel": "taobao"}).encode(),
)  # fmt: skip

REFUND = NewEvent("small", 1, "plain", "k1", "c1", "small||R1", b"{}", datetime.now(UTC), "test", passes=True)


def at(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def ids(client: Client, path: str, **query: str) -> list[str]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


@pytest.mark.parametrize("path", ["/api/runs", "/api/events"])
async def test_a_span_of_time_narrows_the_list(published: Client, orderloom: Orderloom, path: str) -> None:
    event = await deliver(published, orderloom, no="A1", good=True)
    assert await ids(published, path, since=at(-1), until=at(1)) == [event]
    assert await ids(published, path, since=at(1)) == []
    assert await ids(published, path, until=at(-1)) == []


async def test_a_time_without_an_offset_is_utc(published: Client, orderloom: Orderloom) -> None:
    event = await deliver(published, orderloom, no="A1", good=True)
    naive = datetime.now(UTC).replace(tzinfo=None)
    assert await ids(published, "/api/runs", since=(naive - timedelta(minutes=5)).isoformat()) == [event]
    assert await ids(published, "/api/runs", since=(naive + timedelta(minutes=5)).isoformat()) == []


async def test_events_are_narrowed_by_trigger_order_and_mark(published: Client, orderloom: Orderloom) -> None:
    first = await deliver(published, orderloom, no="A1", good=True)
    changed = await deliver(published, orderloom, no="A1", good=True, more=1)
    key = (await orderloom.store.event(int(first))).order_key
    assert await ids(published, "/api/events", trigger="plain", order=key) == [changed, first]
    assert await ids(published, "/api/events", trigger="signed") == []
    assert await ids(published, "/api/events", mark="conflict") == []
    refund = (await orderloom.store.journal.put_event(REFUND)).id
    assert await ids(published, "/api/events", mark="cancellation") == [str(refund)]


async def test_orders_are_narrowed_by_priority_and_time(published: Client, orderloom: Orderloom) -> None:
    event = int(await deliver(published, orderloom, no="A1", good=True))
    await orderloom.store.journal.put_order(ORDER, Fact(event, 9_999_999, "results", b'{"ok":"@outcome"}', "test", datetime.now(UTC)))

    async def found(**query: str) -> list[str]:
        items: list[dict[str, Any]] = (await published.get("/api/orders", params=query)).json()["items"]
        return [one["display_no"] for one in items]

    assert await found(priority="urgent", since=at(-1), text="1001") == ["TB-1001"]
    assert await found(priority="normal") == []
    assert await found(until=at(-1)) == []


async def test_incidents_are_narrowed_by_node_code_and_order(published: Client, orderloom: Orderloom) -> None:
    await deliver(published, orderloom, no="A1")
    (found,) = (await orderloom.store.incidents()).items
    order = (await orderloom.store.run(found.run_id)).order_key
    assert await ids(published, "/api/incidents", step="good", code=found.code, order=order) == [str(found.id)]
    assert await ids(published, "/api/incidents", step="other") == []
    assert await ids(published, "/api/incidents", code="other") == []
    assert await ids(published, "/api/incidents", order="other") == []


@pytest.mark.parametrize(("query", "where"), [("since=yesterday", "since"), ("mark=odd", "mark")])
async def test_a_filter_that_makes_no_sense_is_named(published: Client, query: str, where: str) -> None:
    answer = await published.get(f"/api/events?{query}")
    assert (answer.status_code, answer.json()["problems"][0]["where"]) == (400, where)
