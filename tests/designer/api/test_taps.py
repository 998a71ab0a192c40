"""A tap shows what passes to those who look at that moment: masked, a few, and nothing is done when nobody looks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from designer.live import FlowFeeds, flow_feed
from engine.app import Orderloom
from engine.run import taps
from engine.run.taps import Tapped
from engine.store.ports import RunFilter

TAPPED: dict[str, Any] = {
    "format": 1,
    "name": "tapped",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "look": {"use": "flow.inspect@1"},
        "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
    },
    "wires": ["hook -> look", "look -> good"],
    "layout": {},
    "tests": [],
}


@pytest.fixture
async def shop(published: AsyncClient, orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch) -> AsyncClient:
    monkeypatch.setattr(flow_feed, "LOOK_EVERY", 0.01)
    await orderloom.publish(json.dumps(TAPPED).encode(), note="", actor="test")
    return published


async def send(shop: AsyncClient, orderloom: Orderloom, number: int, **item: Any) -> None:
    assert (await shop.post("/hooks/tapped/hook", json={"no": f"A{number}", "good": True, **item})).status_code == 200
    await orderloom.dispatcher.idle()


async def tapped_in(feed: AsyncIterator[Any]) -> Tapped:
    async for one in feed:
        if isinstance(one, Tapped):
            return one
    raise AssertionError


async def test_what_passes_is_shown_with_its_order_and_masked(shop: AsyncClient, orderloom: Orderloom) -> None:
    feed = FlowFeeds(orderloom).watch("tapped", asyncio.Event())
    await anext(feed)
    await send(shop, orderloom, 1, phone="13800138000")
    one = await asyncio.wait_for(tapped_in(feed), 10)
    assert (one.slug, one.order, set(one.item or ())) == ("look", "A1", {"no", "good", "phone"})
    assert "13800138000" not in json.dumps(one.item)
    await feed.aclose()


async def test_nothing_is_done_or_kept_while_nobody_looks(shop: AsyncClient, orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("nobody looks")

    with monkeypatch.context() as patched:
        patched.setattr(taps.Taps, "take", never)
        await send(shop, orderloom, 1)
        feed = FlowFeeds(orderloom).watch("small", asyncio.Event())
        await anext(feed)
        await send(shop, orderloom, 2)
        await feed.aclose()
    assert {run.state for run in (await orderloom.store.runs(RunFilter(flow="tapped"))).items} == {"done"}
    feed = FlowFeeds(orderloom).watch("tapped", asyncio.Event())
    await anext(feed)
    await send(shop, orderloom, 3)
    assert (await asyncio.wait_for(tapped_in(feed), 10)).order == "A3"
    await feed.aclose()
    assert not orderloom.world.taps.watched
    assert orderloom.world.taps.since("tapped", 0) == []


async def test_two_who_look_see_the_same_and_the_first_to_leave_ends_nothing(shop: AsyncClient, orderloom: Orderloom) -> None:
    feeds = FlowFeeds(orderloom)
    first, second = feeds.watch("tapped", asyncio.Event()), feeds.watch("tapped", asyncio.Event())
    await anext(first)
    await anext(second)
    await send(shop, orderloom, 1)
    assert await tapped_in(first) == await tapped_in(second)
    await first.aclose()
    await send(shop, orderloom, 2)
    assert (await asyncio.wait_for(tapped_in(second), 10)).order == "A2"
    await second.aclose()


async def test_what_is_held_is_bounded_in_number_and_size(shop: AsyncClient, orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taps, "LARGEST", 100)
    with orderloom.world.taps.watching("tapped"):
        for number in range(taps.KEPT + 5):
            await send(shop, orderloom, number)
        await send(shop, orderloom, 999, lines=[{"n": n} for n in range(50)])
        kept = orderloom.world.taps.since("tapped", 0)
    assert len(kept) == taps.KEPT
    assert (kept[-1].order, kept[-1].item) == ("A999", None)
    assert kept[-2].item is not None


async def test_an_item_passes_once_however_often_its_run_goes_on(shop: AsyncClient, orderloom: Orderloom) -> None:
    with orderloom.world.taps.watching("tapped"):
        await send(shop, orderloom, 1, good="odd")
        (incident,) = (await orderloom.store.incidents()).items
        await orderloom.resume(incident.id, "again", "owner")
        await orderloom.dispatcher.idle()
        assert len(orderloom.world.taps.since("tapped", 0)) == 1
