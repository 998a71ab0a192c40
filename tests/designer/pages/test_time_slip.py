"""The time check as a scene of the demonstration: a shop's times slip, the alarm names the zone, its orders are held, and it is over."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from litestar.testing import AsyncTestClient

from designer.demo.run import Plan, run
from designer.demo.shop import Shop, platforms
from designer.demo.slip import AT_ONCE, BY, TimeSlip
from designer.server import Service
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing.ledger import TargetLedger

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)
CHINESE = {"Accept-Language": "zh"}


class Looking:
    """Somebody who looks at the demonstration."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def page(self, **headers: str) -> str:
        async with self._session.get("/demo", headers=headers) as answer:
            assert answer.status == 200
            return await answer.text()

    async def press(self, path: str) -> None:
        async with self._session.post(path, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/demo")

    async def listed(self, path: str) -> list[dict[str, Any]]:
        async with self._session.get(f"/api{path}") as answer:
            return (await answer.json())["items"]

    async def release(self, hold: str) -> int:
        async with self._session.post("/api/holds/releases", json={"holds": [hold]}) as answer:
            return (await answer.json())["released"]

    async def until(self, shows: Callable[[str], object]) -> str:
        for _ in range(200):
            if shows(text := await self.page()):
                return text
            await asyncio.sleep(0.05)
        raise AssertionError(re.sub(r"<[^>]+>|\s+", " ", text.partition("<main")[2]))


def figures(text: str) -> tuple[int, ...]:
    return tuple(int(re.findall(rf'id="{name}">(\d+)<', text)[0]) for name in ("slipped", "on-hold", "in-wms", "in-finance", "under-way"))


@asynccontextmanager
async def demonstration(data: Path) -> AsyncIterator[Looking]:
    """Few sales: what the scene needs it places itself."""
    ready: asyncio.Future[Service] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(run(Plan(Settings(data=data), 0, per_second=0.2), ready.set_result))
    service = await ready
    headers = {"Authorization": f"Bearer {service.key}", "Accept": "text/html"}
    async with aiohttp.ClientSession(service.url, headers=headers) as session:
        yield Looking(session)
    service.stop()
    assert await running is None


@pytest.mark.slow
async def test_a_shop_whose_times_slip_raises_the_alarm_and_its_orders_are_held_until_its_times_are_right(tmp_path: Path) -> None:
    async with demonstration(tmp_path) as somebody:
        before = await somebody.page()
        assert "Let its times slip by eight hours" in before
        assert "hx-trigger" not in before.partition("<main")[2], "a page on which nothing happens does not renew itself"

        await somebody.press("/demo/slip")
        text = await somebody.until(lambda text: "UTC+08:00" in text)
        assert "The times of Own shop lie 8:00 hours in the future" in text
        assert "they seem to be written in UTC+08:00 and are read as UTC" in text
        assert "自有商城的时间超前 8:00 小时" in await somebody.page(**CHINESE)
        text = await somebody.until(lambda text: figures(text)[0] >= AT_ONCE and figures(text)[4] == 0)
        orders, held, *sent, _ = figures(text)
        assert (orders, sent) == (held, [0, 0]), "each of them is held, and none is in a system that would take its time for true"
        shown = await somebody.listed("/holds?reason=future_dated")
        assert {one["reasons"][0] for one in shown} == {"future_dated"}
        freed = await somebody.release(shown[0]["id"])
        await somebody.until(lambda text: figures(text)[1:4] == (held - 1, 1, 1))
        assert "→ team_chat" in await somebody.until(lambda text: re.search(r'badge ok">Alarm → team_chat', text))

        await somebody.press("/demo/slip")
        assert figures(await somebody.page())[0] < 2 * AT_ONCE, "what has begun does not begin again"

        await somebody.press("/demo/slip/end")
        text = await somebody.until(lambda text: re.search(r'badge ok">Over → team_chat', text))
        assert "Let its times slip by eight hours" in text
        text = await somebody.until(lambda text: figures(text)[1] == figures(text)[4] == 0)
        orders, _, wms, finance, _ = figures(text)
        assert orders == wms == finance, "what was held went on as the shop corrected it"
        assert await somebody.listed("/runs?state=waiting") == [], "and nothing of it waits any more"
        assert freed == 1
        assert [one["state"] for one in await somebody.listed("/alarms?state=all&rule=wrong_clock")] == ["over"]

        await somebody.press("/demo/slip")
        await somebody.until(lambda text: 'badge dot err">Alarm' in text)
        assert len(await somebody.listed("/alarms?state=all&rule=wrong_clock")) == 2, "it can be shown again"


async def test_where_there_is_no_demonstration_there_is_no_scene(owner: AsyncTestClient[Any]) -> None:
    assert (await owner.get("/demo", headers={"Accept": "text/html"})).status_code == 404
    assert (await owner.post("/demo/slip")).status_code == 404
    assert 'href="/demo"' not in (await owner.get("/", headers={"Accept": "text/html"})).text


async def test_while_its_times_slip_the_shop_sells_on_and_every_order_of_it_is_off_by_the_same() -> None:
    async with platforms() as shops:
        shop = Shop(shops, lambda: NOON)
        scene = TimeSlip(shop, TargetLedger(), TargetLedger(), lambda: NOON)
        scene.begin()
        for _ in range(64):
            shop.sell()
        bodies = [order.body["data"] for order in shops["own_shop"].orders]
        assert len(bodies) == len(shop.slipped) > AT_ONCE
        assert {body[field] for body in bodies for field in ("created_at", "paid_at", "updated_at")} == {"2026-01-16T20:00:00Z"}
        assert {datetime.fromisoformat(body["created_at"]) - NOON for body in bodies} == {BY}
        now = datetime.now(UTC)
        others = [order.created_at for order in shops["woocommerce"].orders]
        assert others
        assert all(abs(at - now) < timedelta(minutes=1) for at in others), "the others keep their times"
        scene.end()
        scene.end()
        assert {
            body["data"][field]
            for body in (order.body for order in shops["own_shop"].orders if order.id in shop.slipped)
            for field in ("created_at", "paid_at", "updated_at")
        } == {"2026-01-16T12:00:00Z"}, "those that slipped are corrected"
        right = [order.body["data"]["created_at"] for order in shops["own_shop"].orders][len(bodies) :]
        assert right == ["2026-01-16T12:00:00Z"] * AT_ONCE
        assert scene.ended is not None
        assert not scene.is_on


async def test_an_order_that_has_not_arrived_is_shown_as_under_way() -> None:
    async with platforms() as shops:
        wms, finance = TargetLedger(), TargetLedger()
        shop = Shop(shops, lambda: NOON)
        scene = TimeSlip(shop, wms, finance, lambda: NOON + timedelta(seconds=1))
        scene.begin()
        for number in shop.slipped[:3]:
            wms.put({"channel": "own_shop", "shop_id": "own_shop", "channel_order_id": number}, "1")
        finance.put({"channel": "own_shop", "shop_id": "own_shop", "channel_order_id": shop.slipped[0]}, "1")
        finance.put({"channel": "jd", "shop_id": "jd", "channel_order_id": shop.slipped[1]}, "1")
        seen = await scene.figures(MemoryStore())
        assert (seen.orders, seen.held, seen.wms, seen.finance, seen.under_way) == (AT_ONCE, 0, 3, 1, AT_ONCE - 1)
