from __future__ import annotations

import asyncio
from collections import Counter

from httpx import AsyncClient

from designer.live import snapshots
from engine.app import Orderloom


async def test_a_snapshot_comes_at_once_and_again_when_something_moved(published: AsyncClient, orderloom: Orderloom) -> None:
    closing, deliveries = asyncio.Event(), Counter[str]()
    feed = snapshots(orderloom, deliveries, closing)
    first = await anext(feed)
    await published.post("/hooks/small/plain", json={"no": "1", "good": True})
    await orderloom.dispatcher.idle()
    second = await anext(feed)
    assert (first.runs, second.runs) == ({}, {"small": {"done": 1}})
    await feed.aclose()


async def test_the_feed_ends_when_the_service_closes(orderloom: Orderloom, published: AsyncClient) -> None:
    closing = asyncio.Event()
    feed = snapshots(orderloom, Counter[str](), closing)
    await anext(feed)
    closing.set()
    assert [one async for one in feed] == []
