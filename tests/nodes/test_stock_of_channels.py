"""What the channels have on sale, read over real HTTP: pages, limits, refusals, and lists that change while they are read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import IncidentFilter
from engine.testing.channel import ChannelSimulator
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.samples import sample
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from tests.nodes.polled import Clock

KINDS: Mapping[str, type[ChannelSimulator]] = {
    "taobao": TaobaoSimulator,
    "jd": JdSimulator,
    "pinduoduo": PinduoduoSimulator,
    "shopify": ShopifySimulator,
}
SIGNED = pytest.mark.parametrize("shop", ["taobao", "jd", "pinduoduo"], indirect=True)
"""Calls to Shopify are neither signed nor timed."""
LIST_CALL = {
    "taobao": "taobao.items.onsale.get",
    "jd": "jingdong.sku.read.searchSkuList",
    "pinduoduo": "pdd.goods.list.get",
    "shopify": "/admin/api/2026-01/graphql.json",
}
FULL_PAGES = {"taobao": 200, "jd": 100, "pinduoduo": 100, "shopify": 100}


@dataclass
class Shop:
    at: ChannelSimulator
    app: Orderloom
    clock: Clock
    slept: list[float] = field(default_factory=list[float])

    async def read(self) -> str:
        """The state of the run that reads the shop's list."""
        self.clock.on(minutes=15)
        body = json.dumps({"at": str(self.clock())}).encode()
        accepted = await self.app.intake.hook("stock", "now", Delivery(body))
        await self.app.dispatcher.idle()
        return (await self.app.store.run(accepted.id)).state

    async def offer(self) -> dict[str, int]:
        levels = await self.app.store.stock_levels()
        assert {(one.system, one.holds) for one in levels} <= {("shop", "offer")}
        return {one.sku_code: one.quantity for one in levels}

    async def problem(self) -> str:
        (incident,) = (await self.app.store.incidents(IncidentFilter())).items
        return incident.code

    def before_page(self, number: int, change: Callable[[], object]) -> None:
        """Something that happens in the shop just before the so-manieth page is asked for."""
        refusal, counted = self.at.refusal, iter(range(1, 1000))

        def look(request: Any, body: bytes) -> Any:
            if self.at.name_of(request, body) == LIST_CALL[self.at.channel] and next(counted) == number:
                change()
            return refusal(request, body)

        self.at.refusal = look  # pyright: ignore[reportAttributeAccessIssue]


@pytest.fixture(params=KINDS)
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    clock = Clock()
    async with KINDS[request.param](now=clock) as at:
        nodes = {
            "now": {"use": "connector.webhook@1", "params": {"channel": "test"}},
            "take": {"use": f"connector.{at.channel}_stock@1", "params": {"shop": {"connection": "shop"}}},
        }
        flow = {"format": 1, "name": "stock", "title": {}, "nodes": nodes, "wires": ["now -> take"], "layout": {}, "tests": []}
        settings = Settings(data=tmp_path, connections={"shop": at.connection}, allow_private=("127.0.0.0/8",))
        async with Orderloom(settings, MemoryStore(), clock=clock) as app:
            found = Shop(at, app, clock)

            async def sleep(seconds: float) -> None:
                found.slept.append(seconds)
                clock.on(seconds=seconds)

            object.__setattr__(app.world, "sleep", sleep)
            await app.publish(json.dumps(flow).encode(), note="", actor="owner")
            yield found


async def test_all_pages_are_read_and_every_sku_is_kept_once(shop: Shop) -> None:
    wanted = {f"SKU-{number:04}": number for number in range(FULL_PAGES[shop.at.channel] * 2 + 30)}
    for sku, quantity in wanted.items():
        shop.at.goods.offer((sku, quantity))
    assert await shop.read() == "done"
    assert await shop.offer() == wanted
    assert shop.at.asked[LIST_CALL[shop.at.channel]] == 3


async def test_variants_sell_what_they_have_and_listings_of_one_sku_sell_their_sum(shop: Shop) -> None:
    shop.at.goods.offer(("cup-01 ", 5), ("CUP-02", 7))
    shop.at.goods.offer(("CUP-01", 4), (None, 9))
    taken_off = shop.at.goods.offer(("CUP-03", 8), ("CUP-04", 1))
    taken_off.variants[1].on_sale = False
    shop.at.goods.offer(("OLD", 3)).on_sale = False
    assert await shop.read() == "done"
    assert await shop.offer() == {"CUP-01": 9, "CUP-02": 7, "CUP-03": 8}


async def test_a_listing_without_variants_is_a_sku_itself(shop: Shop) -> None:
    shop.at.goods.offer_plain("LAMP", 6)
    shop.at.goods.offer(("CUP-01", 1))
    assert await shop.read() == "done"
    assert await shop.offer() == {"LAMP": 6, "CUP-01": 1}


async def test_what_is_taken_off_the_shop_is_gone_and_what_is_sold_out_stays(shop: Shop) -> None:
    shop.at.goods.offer(("CUP-01", 5))
    lamp = shop.at.goods.offer(("LAMP", 5))
    await shop.read()
    lamp.on_sale = False
    shop.at.goods.on_sale[0].variants[0].quantity = 0
    assert await shop.read() == "done"
    assert await shop.offer() == {"CUP-01": 0}


async def test_an_empty_shop_is_not_believed(shop: Shop) -> None:
    listing = shop.at.goods.offer(("CUP-01", 5))
    await shop.read()
    listing.on_sale = False
    assert await shop.read() == "parked"
    assert await shop.problem() == "stock.empty"
    assert await shop.offer() == {"CUP-01": 5}


async def test_a_shop_that_enters_no_codes_is_told_so(shop: Shop) -> None:
    shop.at.goods.offer((None, 5))
    assert await shop.read() == "parked"
    assert await shop.problem() == "stock.no_codes"


async def test_a_platform_that_takes_no_more_calls_is_asked_later(shop: Shop) -> None:
    for number in range(FULL_PAGES[shop.at.channel] + 1):
        shop.at.goods.offer((f"SKU-{number}", 1))
    shop.at.limit(1, 0.5)
    assert await shop.read() == "done"
    assert len(await shop.offer()) == FULL_PAGES[shop.at.channel] + 1
    assert shop.slept


@pytest.mark.parametrize("shop", ["shopify"], indirect=True)
async def test_a_query_that_costs_more_points_than_are_left_is_asked_later(shop: Shop) -> None:
    assert isinstance(shop.at, ShopifySimulator)
    shop.at.goods.offer(("CUP-01", 5))
    shop.at.points.take(shop.at.points.most - 100, shop.clock())
    shop.clock.on(minutes=-15)
    assert await shop.read() == "done"
    assert (await shop.offer(), sum(shop.slept) >= 1.0) == ({"CUP-01": 5}, True)


async def test_a_platform_that_is_out_of_order_for_a_moment_is_asked_again(shop: Shop) -> None:
    shop.at.goods.offer(("CUP-01", 5))
    shop.at.fail_next(2, 503)
    assert await shop.read() == "done"
    assert await shop.offer() == {"CUP-01": 5}


async def refused(shop: Shop) -> str:
    """The code of the problem; what was known of the shop stays."""
    state = await shop.read()
    assert (state, await shop.offer()) == ("parked", {"CUP-01": 5})
    return await shop.problem()


async def known(shop: Shop) -> None:
    shop.at.goods.offer(("CUP-01", 5))
    await shop.read()


async def test_a_permission_that_has_ended_is_named(shop: Shop) -> None:
    await known(shop)
    shop.at.tokens.access = "another"
    assert await refused(shop) == ("platform.signature" if shop.at.channel == "shopify" else "platform.session_ended")


@SIGNED
async def test_a_secret_that_is_wrong_is_named(shop: Shop) -> None:
    await known(shop)
    shop.at.secret = "another"
    assert await refused(shop) == "platform.signature"


@SIGNED
async def test_a_clock_that_is_off_is_named(shop: Shop) -> None:
    await known(shop)
    shop.at.clock_off = timedelta(minutes=11)
    assert await refused(shop) == "platform.clock"


async def test_an_answer_that_is_no_list_is_named(shop: Shop) -> None:
    await known(shop)
    shop.at.fail_next(1, 200, {})
    assert await refused(shop) == ("platform.no_answer" if shop.at.channel == "taobao" else "poll.no_list")


async def test_an_address_that_is_not_the_platforms_is_named(shop: Shop) -> None:
    await known(shop)
    shop.at.fail_next(1, 404, {})
    assert await refused(shop) == ("effect.refused" if shop.at.channel in ("jd", "pinduoduo") else "platform.no_answer")


async def test_a_refusal_is_told_by_its_code_alone(shop: Shop) -> None:
    await known(shop)
    errors = {"taobao": {"code": 11, "sub_code": "isv.permission"}, "jd": {"code": "11"}, "pinduoduo": {"error_code": 30000}}
    denied = [{"message": "Access denied for shop 13800000000", "extensions": {"code": "ACCESS_DENIED"}}]
    said = {"errors": denied} if shop.at.channel == "shopify" else {"error_response": errors[shop.at.channel]}
    shop.at.fail_next(1, 200, said)
    assert await refused(shop) == "order.error_response"
    (incident,) = (await shop.app.store.incidents(IncidentFilter())).items
    assert "13800000000" not in str(incident.fields)


async def test_a_list_that_gets_shorter_while_it_is_read_takes_nothing_away(shop: Shop) -> None:
    """Whatever was moved past the reader is in the list all the same."""
    listings = [shop.at.goods.offer((f"SKU-{number:04}", 1)) for number in range(FULL_PAGES[shop.at.channel] + 50)]
    await shop.read()
    everything = await shop.offer()
    ended = listings[-1] if shop.at.channel == "pinduoduo" else listings[0]
    shop.before_page(2, lambda: setattr(ended, "on_sale", False))
    assert await shop.read() == "done"
    assert await shop.offer() == everything
    assert await shop.read() == "done"
    assert everything.keys() - (await shop.offer()).keys() == {ended.variants[0].sku}


async def test_a_page_that_fails_leaves_the_offer_as_it_was(shop: Shop) -> None:
    for number in range(FULL_PAGES[shop.at.channel] + 1):
        shop.at.goods.offer((f"SKU-{number}", 5))
    await shop.read()
    shop.at.goods.on_sale[0].variants[0].quantity = 1
    shop.before_page(1, lambda: shop.at.fail_next(10, 503))
    assert await shop.read() == "parked"
    assert set((await shop.offer()).values()) == {5}


async def test_answers_have_the_declared_form(shop: Shop) -> None:
    shop.at.goods.offer(("CUP-01", 5), (None, 3))
    shop.at.goods.offer_plain("LAMP", 6)
    form = sample(shop.at.channel, "stock_schema")
    Draft202012Validator.check_schema(form)
    assert (form["$id"], form["version"]) == (f"urn:orderloom:{shop.at.channel}:stock:{form['version']}", 1)
    bodies: list[Any] = []
    outside = shop.app.world.outside

    class Noted:
        async def http(self, *given: Any) -> Any:
            answer = await outside.http(*given)
            bodies.append(answer.body)
            return answer

    object.__setattr__(shop.app.world, "outside", Noted())
    assert await shop.read() == "done"
    validator = Draft202012Validator(form)
    assert [error.message for body in bodies for error in validator.iter_errors(body)] == []
    for body in bodies:
        assert not validator.is_valid(dict.fromkeys(body, "another form"))
