"""What a connection can do is tried against real local servers; nothing is written there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.probe import Prober, ProbeReport
from engine.connection.types import parse_connection
from engine.connection.uses import Hook
from engine.path.assess import findings
from engine.testing.channel import ChannelSimulator
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator

from .serving import served

SHOPS = (TaobaoSimulator, ShopifySimulator, WooCommerceSimulator, OwnShopSimulator)
HEARD = Hook("/hooks/f/t", 3, more=False, last=datetime(2026, 1, 16, tzinfo=UTC))


async def assessed(document: dict[str, Any], now: Any = None, hooks: Sequence[Hook] = ()) -> ProbeReport:
    async def known(name: str) -> Sequence[Hook]:
        return hooks

    guard = AddressGuard(("127.0.0.0/8",))
    async with HttpClient(guard, timeout=5) as client:
        prober = Prober(client, guard, now or (lambda: datetime.now(UTC)), known)
        return await prober.assess("one", parse_connection("one", document))


@pytest.mark.parametrize("kind", SHOPS, ids=lambda kind: kind.channel)
async def test_a_shop_whose_api_can_be_read_is_found_out_by_reading_it(kind: type[ChannelSimulator]) -> None:
    async with kind() as shop:
        report = await assessed(shop.connection, shop._clock, [HEARD])
        assert report.problems == ()
        found = findings({"one": (shop.channel, report)})
        assert (found.can["reachable"], found.can["api"], found.can["auth"], found.can["webhook"]) == (True, True, True, True)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (TaobaoSimulator, {"session": "ended"}),
        (ShopifySimulator, {"access_token": "wr0ng-token"}),
        (OwnShopSimulator, {"access_token": "wr0ng-token"}),
    ],
    ids=["taobao", "shopify", "own_shop"],
)
async def test_a_token_that_is_refused_is_no_way_in(kind: type[ChannelSimulator], changes: dict[str, str]) -> None:
    async with kind() as shop:
        report = await assessed({**shop.connection, **changes}, shop._clock)
    assert not report.ok
    assert findings({"one": (shop.channel, report)}).can["api"] is False
    assert next(iter(changes.values())) not in repr(report)


async def test_a_platform_is_read_and_its_answer_shows_its_clock() -> None:
    async with JdSimulator() as shop:
        report = await assessed(shop.connection, shop._clock)
    assert findings({"one": ("jd", report)}).can["api"] is True


async def test_a_shop_without_a_token_is_not_tried() -> None:
    report = await assessed({"type": "shopify", "secret": "s"})
    assert "api" not in findings({"one": ("shopify", report)}).can


async def test_a_clock_that_is_an_hour_off_is_told() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"items": [], "next": None}, headers={"Date": "Fri, 16 Jan 2026 09:00:00 GMT"})

    async with served(handler) as url:
        report = await assessed({"type": "wms", "url": url}, lambda: datetime(2026, 1, 16, 8, 0, tzinfo=UTC))
    found = findings({"one": ("wms", report)})
    assert (found.offset, found.can["clock"], found.can["api"], found.encrypted) == (3600, False, True, False)


async def test_what_cannot_be_reached_can_do_nothing() -> None:
    report = await assessed({"type": "http", "url": "http://10.0.0.1:9"})
    assert findings({"one": ("http", report)}).can == {"reachable": False}
