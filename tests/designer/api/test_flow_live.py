"""What those who watch a flow are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from designer.live import FlowCounts, FlowFeeds, flow_feed
from engine.app import Orderloom
from engine.errors import NotFound


class Clock:
    """Stands in for the monotonic clock of the feed: time passes when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(flow_feed, "time", clock)
    return clock


@pytest.fixture
def reads(orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every look into the store for a flow's record, which each reading makes once."""
    seen: list[str] = []
    real = orderloom.store.flow

    async def flow(name: str) -> Any:
        seen.append(name)
        return await real(name)

    monkeypatch.setattr(orderloom.store, "flow", flow)
    return seen


async def deliver(client: AsyncClient, orderloom: Orderloom, number: int, **item: Any) -> None:
    answer = await client.post("/hooks/small/plain", json={"no": str(number), **item})
    assert answer.status_code == 200, answer.text
    await orderloom.dispatcher.idle()


async def test_counts_move_with_what_is_delivered(published: AsyncClient, orderloom: Orderloom, clock: Clock) -> None:
    feeds = FlowFeeds(orderloom)
    before = await feeds.current("small")
    await deliver(published, orderloom, 1, good=True)
    clock.seconds += 1
    after = await feeds.current("small")
    assert (before.nodes["plain"].items, before.nodes["good"].items, before.runs) == (0, 0, {})
    assert (after.nodes["plain"].items, after.nodes["good"].items, after.runs) == (1, 1, {"done": 1})
    assert after.nodes["good"].out == {"yes": 1}
    assert set(before.nodes) == {"signed", "plain", "asleep", "good"}


async def test_an_incident_shows_at_its_node_and_goes_when_a_person_decides(
    published: AsyncClient, orderloom: Orderloom, clock: Clock
) -> None:
    feeds = FlowFeeds(orderloom)
    await deliver(published, orderloom, 1)
    parked = await feeds.current("small")
    (incident,) = (await published.get("/api/incidents?flow=small")).json()["items"]
    await published.post(f"/api/incidents/{incident['id']}/resumption", json={"action": "skip"})
    await orderloom.dispatcher.idle()
    clock.seconds += 1
    resumed = await feeds.current("small")
    assert (parked.nodes["good"].open, parked.nodes["good"].failed, parked.runs) == (1, 1, {"parked": 1})
    assert (resumed.nodes["good"].open, resumed.nodes["good"].failed, resumed.runs) == (0, 1, {"done": 1})


async def test_a_parked_run_that_is_cancelled_is_noticed(published: AsyncClient, orderloom: Orderloom, clock: Clock) -> None:
    feeds = FlowFeeds(orderloom)
    await deliver(published, orderloom, 1)
    assert (await feeds.current("small")).nodes["good"].open == 1
    (run,) = (await published.get("/api/runs")).json()["items"]
    await published.post(f"/api/runs/{run['id']}/cancellation")
    clock.seconds += 1
    assert (await feeds.current("small")).nodes["good"].open == 0


async def test_a_draft_and_a_version_of_somebody_else_are_noticed(
    published: AsyncClient, orderloom: Orderloom, clock: Clock, flow: dict[str, Any]
) -> None:
    feeds = FlowFeeds(orderloom)
    first = await feeds.current("small")
    flow["title"]["en"] = "Smaller"
    etag = (await published.put("/api/flows/small/draft", json=flow)).json()["etag"]
    clock.seconds += 1
    drafted = await feeds.current("small")
    await published.post("/api/flows/small/publication", json={"note": "second"})
    clock.seconds += 1
    second = await feeds.current("small")
    assert (first.version, drafted.version, second.version) == (1, 1, 2)
    assert first.draft != drafted.draft == etag


async def test_while_nothing_moves_the_store_is_not_asked(
    published: AsyncClient, orderloom: Orderloom, clock: Clock, reads: list[str]
) -> None:
    feeds = FlowFeeds(orderloom)
    first = await feeds.current("small")
    clock.seconds += 9.5
    assert await feeds.current("small") is first
    assert reads == ["small"]


async def test_every_ten_seconds_it_looks_for_what_other_processes_did(
    published: AsyncClient, orderloom: Orderloom, clock: Clock, reads: list[str]
) -> None:
    feeds = FlowFeeds(orderloom)
    first = await feeds.current("small")
    clock.seconds += 10
    assert await feeds.current("small") is not first
    assert reads == ["small", "small"]


async def test_it_reads_at_most_once_a_second_however_much_moves(
    published: AsyncClient, orderloom: Orderloom, clock: Clock, reads: list[str]
) -> None:
    feeds = FlowFeeds(orderloom)
    await feeds.current("small")
    for number in range(5):
        await deliver(published, orderloom, number, good=True)
        await feeds.current("small")
    assert reads == ["small"]
    clock.seconds += 1
    assert (await feeds.current("small")).nodes["plain"].items == 5


async def test_one_reading_serves_all_who_watch(published: AsyncClient, orderloom: Orderloom, clock: Clock, reads: list[str]) -> None:
    feeds = FlowFeeds(orderloom)
    readings = await asyncio.gather(*(feeds.current("small") for _ in range(20)))
    assert all(one is readings[0] for one in readings)
    assert reads == ["small"]


async def test_watching_ends_when_the_service_closes(published: AsyncClient, orderloom: Orderloom) -> None:
    closing = asyncio.Event()
    watching = FlowFeeds(orderloom).watch("small", closing)
    await anext(watching)
    closing.set()
    assert [one async for one in watching] == []


async def test_a_watcher_gets_the_first_counts_at_once_and_more_when_something_moved(published: AsyncClient, orderloom: Orderloom) -> None:
    watching = FlowFeeds(orderloom).watch("small", asyncio.Event())
    first = await anext(watching)
    await deliver(published, orderloom, 1, good=True)
    second = await asyncio.wait_for(anext(watching), 5)
    assert (first.nodes["plain"].items, second.nodes["plain"].items) == (0, 1)
    await closed(watching)


async def closed(watching: AsyncIterator[FlowCounts]) -> None:
    await watching.aclose()  # type: ignore[attr-defined]


async def test_an_unknown_flow_is_not_found(owner: AsyncClient, orderloom: Orderloom) -> None:
    answer = await owner.get("/api/flows/nothing/live")
    assert (answer.status_code, answer.json()["type"]) == (404, "flow.unknown")
    with pytest.raises(NotFound):
        await FlowFeeds(orderloom).current("nothing")


async def test_strangers_may_not_watch(client: AsyncClient) -> None:
    assert (await client.get("/api/flows/small/live")).status_code == 401


async def test_a_flow_that_is_only_a_draft_can_be_watched(owner: AsyncClient, orderloom: Orderloom, flow: dict[str, Any]) -> None:
    etag = (await owner.put("/api/flows/small/draft", json=flow)).json()["etag"]
    counts = await FlowFeeds(orderloom).current("small")
    assert (counts.version, counts.draft, counts.nodes, counts.runs) == (None, etag, {}, {})
