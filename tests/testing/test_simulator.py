"""The simulated target keeps the contract, and breaks when it is told to."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from engine.testing import SimulatedTarget

ORDER = {"channel": "own_shop", "shop_id": "s", "channel_order_id": "A1", "created_at": "2026-01-16T03:04:05Z", "amount": {"paid": "88.00"}}
OLD, NEW = "2026-01-16T03:04:05Z", "2026-01-16T12:00:00+08:00"


async def post(target: SimulatedTarget, key: str, version: str = OLD, order: Any = ORDER, **headers: str) -> int:
    sent = {"Idempotency-Key": key, "Orderloom-Version": version, **headers}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{target.url}/orders", json=order, headers={k: v for k, v in sent.items() if v}) as answer,
    ):
        return answer.status


async def rows(target: SimulatedTarget, **query: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as client, client.get(f"{target.url}/orders", params=query) as answer:
        return await answer.json()


async def test_an_order_is_taken_once_however_often_it_is_sent() -> None:
    async with SimulatedTarget() as target:
        assert [await post(target, "k1"), await post(target, "k1")] == [201, 201]
        assert (target.ledger.applied, target.count) == (1, 2)
        assert [one.repeated for one in target.received] == [False, True]


async def test_an_older_version_never_replaces_a_newer_one() -> None:
    async with SimulatedTarget() as target:
        assert [await post(target, "k1", NEW), await post(target, "k2", OLD), await post(target, "k3", NEW)] == [201, 409, 200]
        assert (await rows(target))["items"][0]["version"] == NEW


async def test_a_key_that_is_used_for_another_order_is_refused() -> None:
    async with SimulatedTarget() as target:
        await post(target, "k1")
        assert await post(target, "k1", order={**ORDER, "amount": {"paid": "1.00"}}) == 422


@pytest.mark.parametrize(("key", "version", "order"), [("", OLD, ORDER), ("k", "", ORDER), ("k", OLD, [1])])
async def test_what_breaks_the_contract_is_refused(key: str, version: str, order: Any) -> None:
    async with SimulatedTarget() as target:
        assert await post(target, key, version, order) == 400
        assert target.count == 0


async def test_the_next_requests_fail_and_change_nothing() -> None:
    async with SimulatedTarget() as target:
        target.fail_next(2)
        assert [await post(target, "k1"), await post(target, "k1"), await post(target, "k1")] == [503, 503, 201]
        assert target.ledger.applied == 1


async def test_a_lost_answer_leaves_the_order_taken() -> None:
    async with SimulatedTarget() as target:
        target.lose_next(1)
        with pytest.raises(aiohttp.ClientError):
            await post(target, "k1")
        assert target.ledger.applied == 1
        assert await post(target, "k1") == 201
        assert target.ledger.applied == 1


async def test_a_slow_target_lets_the_sender_wait() -> None:
    async with SimulatedTarget() as target:
        target.answer_after(30)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(post(target, "k1"), 0.2)


async def test_a_secret_is_asked_for() -> None:
    async with SimulatedTarget(secret="s3") as target:
        assert await post(target, "k1") == 401
        assert await post(target, "k1", Authorization="Bearer s3") == 201


async def test_the_list_is_by_day_and_channel_and_names_amounts() -> None:
    async with SimulatedTarget() as target:
        await post(target, "k1")
        await post(target, "k2", order={**ORDER, "channel": "shopify", "created_at": "2026-01-17T00:00:00Z"})
        row = {"channel": "own_shop", "shop_id": "s", "channel_order_id": "A1", "version": OLD, "amount": "88.00"}
        assert await rows(target, day="2026-01-16") == {"items": [row], "next": None}
        assert [one["channel"] for one in (await rows(target, channel="shopify"))["items"]] == ["shopify"]


async def test_a_long_list_comes_in_pages() -> None:
    async with SimulatedTarget() as target:
        for number in range(501):
            target.ledger.put({**ORDER, "channel_order_id": f"{number:04}"}, OLD)
        first = await rows(target)
        assert (len(first["items"]), first["next"]) == (500, "500")
        assert [one["channel_order_id"] for one in (await rows(target, cursor=first["next"]))["items"]] == ["0500"]
