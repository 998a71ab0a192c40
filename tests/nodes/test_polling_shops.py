"""Shops with REST interfaces polled and told of parcels over real HTTP: pages, late orders, limits, restarts, and their pushes beside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import NodeError
from engine.node.keys import keys_of
from engine.node.triggers import Delivery
from engine.node.types import NodeType
from engine.order.statuses import may_ship
from engine.testing.channel import ChannelSimulator
from nodes.connector.channels import CANONICAL
from nodes.connector.own_shop.poll import own_shop_poll
from nodes.connector.own_shop.shipped import own_shop_shipped
from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.own_shop.trigger import own_shop_orders
from nodes.connector.shopify.poll import shopify_poll
from nodes.connector.shopify.shipped import shopify_shipped
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.shopify.trigger import shopify_orders
from nodes.connector.woocommerce.poll import woocommerce_poll
from nodes.connector.woocommerce.shipped import woocommerce_shipped
from nodes.connector.woocommerce.simulator import WooCommerceSimulator
from nodes.connector.woocommerce.trigger import woocommerce_orders
from tests.nodes.polled import NOON, Calls, Clock, Polled


@dataclass
class Shop:
    """``shipped_state``: what a parcel makes of an order; ``calls_off``: a state that waits for nothing."""

    at: ChannelSimulator
    clock: Clock
    poll: NodeType
    push: NodeType
    shipped: NodeType
    shipped_state: str
    calls_off: str
    list_call: str

    def source(self, cursor: bytes | None = None, **params: Any) -> Polled:
        return Polled(self.at, self.clock, self.poll, cursor, **params)

    async def ship(self, item: dict[str, Any]) -> Any:
        params = self.shipped.params.model_validate(
            {"shop": {"connection": "shop"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}
        )
        return await self.shipped.function(item, params, Calls(self.at, self.clock))

    def pushed(self, order_id: str) -> Any:
        """The event that the push of an order as it is now becomes."""
        order = self.at.orders.find(order_id)
        assert order is not None
        signed = self.at.push(order, order.state, 1)
        assert signed is not None
        push = signed(forged=False)
        delivery = Delivery(push.body, {name.lower(): value for name, value in push.headers.items()})
        params = self.push.params.model_validate({"shop": {"connection": "shop"}})
        assert self.push.verify is not None
        self.push.verify(delivery, params, self.at.connection, self.clock())
        return self.push.function(delivery, params)


KINDS: dict[str, tuple[Callable[..., ChannelSimulator], NodeType, NodeType, NodeType, str, str, str]] = {
    "woocommerce": (
        WooCommerceSimulator,
        woocommerce_poll,
        woocommerce_orders,
        woocommerce_shipped,
        "completed",
        "cancelled",
        "/wp-json/wc/v3/orders",
    ),
    "shopify": (
        ShopifySimulator,
        shopify_poll,
        shopify_orders,
        shopify_shipped,
        "fulfilled",
        "cancelled",
        "/admin/api/2026-01/orders.json",
    ),
    "own_shop": (
        OwnShopSimulator,
        own_shop_poll,
        own_shop_orders,
        own_shop_shipped,
        "shipped",
        "cancelled",
        "/orders",
    ),
}


@pytest.fixture(params=KINDS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    simulator, *rest = KINDS[request.param]
    clock = Clock()
    async with simulator(now=clock) as at:
        yield Shop(at, clock, *rest)


def parcel(order_id: str, waybill: str = "YT0000000000002", courier: str = "YTO") -> dict[str, Any]:
    return {"channel_order_id": order_id, "logistics": {"carrier": courier, "tracking_no": waybill}}


async def failure(shop: Shop) -> str:
    with pytest.raises(NodeError) as caught:
        await shop.source().rounds()
    return caught.value.problem.code


async def test_an_order_comes_whole_and_once_and_may_ship(shop: Shop) -> None:
    made = shop.at.create()[0]
    (event,) = await shop.source().rounds(3)
    assert (event.channel, event.order_id, event.passes) == (shop.at.channel, made.id, False)
    order = CANONICAL[shop.at.channel](event.items[0])
    assert (order["channel_order_id"], order["drift"], may_ship(order)) == (made.id, [], True)
    assert order["updated_at"] == "2026-01-16T04:00:00Z"


async def test_a_push_and_a_poll_of_one_version_are_one_event(shop: Shop) -> None:
    made = shop.at.create()[0]
    source = shop.source()
    (fetched,) = await source.rounds()
    first = keys_of(shop.pushed(made.id))
    assert (keys_of(fetched).event, keys_of(fetched).content) == (first.event, first.content)
    shop.clock.on(seconds=5)
    shop.at.move(made.id, shop.calls_off)
    (later,) = await source.rounds(2)
    second = shop.pushed(made.id)
    assert keys_of(later).event == keys_of(second).event != first.event
    assert later.passes
    assert second.passes


async def test_more_than_a_page_comes_whole_and_once(shop: Shop) -> None:
    made = [shop.at.create(1, at=NOON - timedelta(seconds=number))[0].id for number in range(230)]
    events = await shop.source().rounds(2)
    assert sorted(event.order_id or "" for event in events) == sorted(made)
    assert shop.at.asked[shop.list_call] >= 4


async def test_an_order_that_changes_while_pages_are_read_pushes_none_out(shop: Shop) -> None:
    made = [shop.at.create(1, at=NOON - timedelta(seconds=number))[0].id for number in range(230)]
    source, changing = shop.source(), [made[2], made[60], made[227]]

    def change() -> None:
        shop.clock.on(seconds=2)
        while changing:
            shop.at.touch(changing.pop())

    source.before_take = change
    events = await source.rounds(2)
    assert {event.order_id for event in events} == set(made)


async def test_every_version_comes_once_and_is_another_event(shop: Shop) -> None:
    made, source = shop.at.create()[0], shop.source()
    first = await source.rounds()
    shop.clock.on(minutes=1)
    shop.at.move(made.id, shop.shipped_state)
    second = await source.rounds(2)
    assert [len(first), len(second)] == [1, 1]
    assert (first[0].order_id, first[0].shop_id) == (second[0].order_id, second[0].shop_id)
    assert first[0].version != second[0].version
    assert not may_ship(CANONICAL[shop.at.channel](second[0].items[0]))


async def test_an_order_that_the_list_shows_late_is_found(shop: Shop) -> None:
    source = shop.source()
    assert await source.rounds() == []
    late = shop.at.create(listed_after=timedelta(minutes=4))[0]
    assert await source.rounds(3) == []
    (event,) = await source.rounds(4)
    assert event.order_id == late.id


async def test_a_shop_that_takes_no_more_calls_is_asked_when_it_says(shop: Shop) -> None:
    made = [shop.at.create(1, at=NOON - timedelta(seconds=number))[0] for number in range(130)]
    shop.at.limit(1, 3.0)
    source = shop.source()
    events = await source.rounds()
    assert len(events) == len(made)
    assert 3.0 in source.slept
    assert shop.at.asked[shop.list_call] < 16  # what is new is asked for once in between


async def test_a_shop_that_stays_busy_is_shown(shop: Shop) -> None:
    shop.at.limit(0, 40.0)
    assert await failure(shop) == "poll.busy"


async def test_a_shop_that_is_out_of_order_is_asked_again(shop: Shop) -> None:
    made = shop.at.create()[0]
    shop.at.fail_next(2, 503)
    (event,) = await shop.source().rounds()
    assert event.order_id == made.id


async def test_a_restart_goes_on_where_it_was(shop: Shop) -> None:
    first = shop.at.create(2)
    before = shop.source()
    assert len(await before.rounds()) == 2
    shop.clock.on(hours=3)
    second = shop.at.create(1, at=NOON + timedelta(minutes=40))
    found = {event.order_id for event in await shop.source(before.kept).rounds()}
    assert {one.id for one in second} <= found
    assert not found & {one.id for one in first}


async def test_a_restart_in_the_middle_of_a_window_reads_the_rest(shop: Shop) -> None:
    made = [shop.at.create(1, at=NOON - timedelta(seconds=number))[0].id for number in range(230)]
    source, looks = shop.source(), iter(range(1))

    def stop() -> None:
        if next(looks, None) is None:
            raise InterruptedError

    source.before_take = stop
    with pytest.raises(InterruptedError):
        await source.rounds()
    after = shop.source(source.kept)
    await after.rounds()
    numbers = [shop.poll.function(one, source._params).order_id for one in (*source.taken, *after.taken)]
    assert sorted(map(str, numbers)) == sorted(made)


async def test_credentials_that_are_wrong_are_named(shop: Shop) -> None:
    shop.at.fail_next(1, 401)
    assert await failure(shop) == "platform.signature"


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [(200, {}, "poll.no_list"), (404, None, "platform.no_answer"), (400, {"code": "rest_invalid_param"}, "order.error_response")],
)
async def test_an_answer_that_is_no_list_is_named(shop: Shop, status: int, body: Any, problem: str) -> None:
    source = shop.source()
    await source.rounds()
    shop.at.fail_next(1, status, body)
    with pytest.raises(NodeError) as caught:
        await shop.source(source.kept).rounds()
    assert caught.value.problem.code in (problem, "platform.no_answer")


async def test_a_parcel_is_reported_and_a_second_time_is_done_already(shop: Shop) -> None:
    made = shop.at.create()[0]
    item = parcel(made.id)
    assert await shop.ship(item) == item
    assert made.state == shop.shipped_state
    versions = len(made.history)
    assert await shop.ship(item) == item
    assert len(made.history) == versions
    order = CANONICAL[shop.at.channel](shop.pushed(made.id).items[0])
    assert order["logistics"] == {"carrier": "YTO", "tracking_no": "YT0000000000002"}


async def test_another_parcel_of_a_shipped_order_and_one_of_no_order_are_refused(shop: Shop) -> None:
    made = shop.at.create()[0]
    await shop.ship(parcel(made.id))
    for wrong, word in ((parcel(made.id, "SF0000000000009"), "told_otherwise"), (parcel("999999"), "refused")):
        with pytest.raises(NodeError) as caught:
            await shop.ship(wrong)
        assert caught.value.problem.code == f"shipment.{word}"


async def test_a_parcel_of_an_order_that_was_called_off_waits_for_a_person(shop: Shop) -> None:
    made = shop.at.create()[0]
    shop.at.move(made.id, shop.calls_off)
    with pytest.raises(NodeError) as caught:
        await shop.ship(parcel(made.id))
    assert caught.value.problem.code == "shipment.told_otherwise"
    assert made.state == shop.calls_off


async def test_a_parcel_waits_while_the_shop_takes_no_more_calls(shop: Shop) -> None:
    made = shop.at.create()[0]
    shop.at.limit(1, 3.0)
    await shop.ship(parcel(made.id))
    assert made.state == shop.shipped_state


async def test_a_parcel_lost_on_the_way_back_is_not_reported_twice(shop: Shop) -> None:
    made = shop.at.create()[0]
    calls = Calls(shop.at, shop.clock)
    params = shop.shipped.params.model_validate({"shop": {"connection": "shop"}, "courier": '"YTO"', "tracking_no": '"YT1"'})
    sent = calls.http

    async def losing(connection: Any, call: Any, judge: Any) -> Any:
        shop.at.calls.lost = 2 if call.method != "GET" else 0
        return await sent(connection, call, judge)

    calls.http = losing  # type: ignore[method-assign]
    with pytest.raises(Exception, match="http"):
        await shop.shipped.function({"channel_order_id": made.id}, params, calls)
    assert made.state == shop.shipped_state
    versions = len(made.history)
    shop.at.calls.lost = 0
    await shop.shipped.function({"channel_order_id": made.id}, params, Calls(shop.at, shop.clock))
    assert len(made.history) == versions


async def test_states_come_through_as_they_are(shop: Shop) -> None:
    source, first = shop.source(), next(iter(shop.at.states))
    for state in shop.at.states[first]:
        made = shop.at.create()[0]
        shop.clock.on(seconds=5)
        shop.at.move(made.id, state)
        (event,) = await source.rounds()
        order = CANONICAL[shop.at.channel](event.items[0])
        assert order["status"] != "unknown"
        assert not may_ship(order) or state in ("partial", "partially_shipped")
        shop.clock.on(minutes=1)


async def test_shopify_is_left_alone_for_a_moment_where_its_bucket_is_nearly_full() -> None:
    clock = Clock()
    async with ShopifySimulator(now=clock) as at:
        at.create()
        for used, slept in ((31, []), (32, [1.0])):
            at.used = used
            source = Polled(at, clock, shopify_poll)
            assert len(await source.rounds()) == 1
            assert source.slept == slept


async def test_a_mark_that_shopify_no_longer_knows_begins_the_window_anew() -> None:
    clock = Clock()
    async with ShopifySimulator(now=clock) as at:
        made = [at.create(1, at=NOON - timedelta(seconds=number))[0].id for number in range(70)]
        source = Polled(at, clock, shopify_poll)
        source.before_take = lambda: at.fail_next(1, 400, {"errors": "page_info: Invalid value."}) if not source.taken else None
        events = await source.rounds()
        assert sorted(event.order_id or "" for event in events) == made
