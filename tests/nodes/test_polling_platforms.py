"""JD and Pinduoduo polled over real HTTP: pages, late orders, limits, restarts, and what changes while it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import NodeError
from engine.json_text import read_json
from engine.node.types import NodeType
from engine.order.statuses import may_ship
from engine.testing.channel import ChannelSimulator
from nodes.connector.channels import CANONICAL
from nodes.connector.jd.poll import jd_poll
from nodes.connector.jd.shipped import jd_shipped
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.pinduoduo.poll import pinduoduo_poll
from nodes.connector.pinduoduo.shipped import pinduoduo_shipped
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from tests.nodes.polled import NOON, Calls, Clock, Polled


@dataclass
class Shop:
    at: ChannelSimulator
    clock: Clock
    poll: NodeType
    shipped: NodeType
    shipped_state: str
    list_call: str

    def source(self, cursor: bytes | None = None, **params: Any) -> Polled:
        return Polled(self.at, self.clock, self.poll, cursor, **params)

    async def ship(self, item: dict[str, Any]) -> Any:
        params = self.shipped.params.model_validate(
            {"shop": {"connection": "shop"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}
        )
        return await self.shipped.function(item, params, Calls(self.at, self.clock))


KINDS = {
    "jd": (JdSimulator, jd_poll, jd_shipped, "WAIT_GOODS_RECEIVE_CONFIRM", "jingdong.pop.order.search"),
    "pinduoduo": (PinduoduoSimulator, pinduoduo_poll, pinduoduo_shipped, "shipped", "pdd.order.number.list.increment.get"),
}


@pytest.fixture(params=KINDS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    simulator, poll, shipped, state, call = KINDS[request.param]
    clock = Clock()
    async with simulator(now=clock) as at:
        yield Shop(at, clock, poll, shipped, state, call)


def parcel(order_id: str, waybill: str = "YT0000000000002", courier: str = "85") -> dict[str, Any]:
    return {"channel_order_id": order_id, "logistics": {"carrier": courier, "tracking_no": waybill}}


async def test_an_order_comes_whole_and_once_and_may_ship(shop: Shop) -> None:
    made = shop.at.create()[0]
    source = shop.source()
    (event,) = await source.rounds(3)
    assert (event.channel, event.order_id, event.passes) == (shop.at.channel, made.id, False)
    order = CANONICAL[shop.at.channel](event.items[0])
    assert (order["channel_order_id"], order["drift"], may_ship(order)) == (made.id, [], True)
    assert order["updated_at"] == "2026-01-16T04:00:00Z"


async def test_more_than_a_page_comes_whole_and_once(shop: Shop) -> None:
    made = [shop.at.create(1, at=NOON - timedelta(seconds=number))[0].id for number in range(230)]
    events = await shop.source().rounds(2)
    assert sorted(event.order_id or "" for event in events) == sorted(made)
    assert shop.at.asked[shop.list_call] >= 4


async def test_an_order_that_changes_while_pages_are_read_pushes_none_out(shop: Shop) -> None:
    made = [shop.at.create(1, at=NOON - timedelta(seconds=number))[0].id for number in range(210)]
    source, changing = shop.source(), [made[2], made[207]]

    def change() -> None:
        shop.clock.on(seconds=2)
        while changing:
            shop.at.touch(changing.pop())

    source.before_take = change
    events = await source.rounds(1)
    assert {event.order_id for event in events} >= set(made) - {made[2], made[207]}


async def test_every_version_comes_once_and_is_another_event(shop: Shop) -> None:
    made, source = shop.at.create()[0], shop.source()
    first = await source.rounds()
    shop.clock.on(minutes=1)
    shop.at.move(made.id, shop.shipped_state)
    second = await source.rounds(2)
    assert [len(first), len(second)] == [1, 1]
    assert (first[0].order_id, first[0].shop_id) == (second[0].order_id, second[0].shop_id)
    assert first[0].version != second[0].version
    assert CANONICAL[shop.at.channel](second[0].items[0])["status"] == "shipped"


async def test_an_order_that_the_list_shows_late_is_found(shop: Shop) -> None:
    source = shop.source()
    assert await source.rounds() == []
    late = shop.at.create(listed_after=timedelta(minutes=4))[0]
    assert await source.rounds(3) == []
    (event,) = await source.rounds(4)
    assert event.order_id == late.id


async def test_a_platform_that_takes_no_more_calls_is_asked_later(shop: Shop) -> None:
    made = shop.at.create(130)
    shop.at.limit(1, 3.0)
    source = shop.source()
    events = await source.rounds()
    assert len(events) == len(made)
    assert source.slept
    assert shop.at.asked[shop.list_call] < 40


async def test_a_platform_that_stays_busy_is_shown(shop: Shop) -> None:
    shop.at.limit(0, 10_000.0)
    with pytest.raises(NodeError) as caught:
        await shop.source().rounds()
    assert caught.value.problem.code == "poll.busy"


async def test_a_restart_goes_on_where_it_was(shop: Shop) -> None:
    first = shop.at.create(2)
    before = shop.source()
    assert len(await before.rounds()) == 2
    shop.clock.on(hours=3)
    second = shop.at.create(1, at=NOON + timedelta(minutes=40))
    after = shop.source(before.kept)
    found = {event.order_id for event in await after.rounds(1)}
    assert {one.id for one in second} <= found
    assert not found & {one.id for one in first}


async def test_a_restart_in_the_middle_of_a_window_reads_the_rest(shop: Shop) -> None:
    made = [shop.at.create(1, at=NOON - timedelta(seconds=number))[0].id for number in range(230)]
    source, looks = shop.source(), iter(range(2))

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


async def test_a_clock_that_is_off_is_named(shop: Shop) -> None:
    shop.at.clock_off = timedelta(minutes=11)
    assert await failure(shop) == "platform.clock"


async def test_a_secret_that_is_wrong_is_named(shop: Shop) -> None:
    source = shop.source()
    shop.at.secret = "another"
    with pytest.raises(NodeError) as caught:
        await source.rounds()
    assert caught.value.problem.code == "platform.signature"


@pytest.mark.parametrize(("status", "body", "code"), [(200, {}, "poll.no_list"), (404, None, "platform.no_answer")])
async def test_an_answer_that_is_no_list_is_named(shop: Shop, status: int, body: Any, code: str) -> None:
    shop.at.fail_next(1, status, body)
    assert await failure(shop) == code


async def test_refusals_are_told_apart(shop: Shop) -> None:
    refusals = {
        "jd": {"19": "platform.session_ended", "4": "order.error_response"},
        "pinduoduo": {"10019": "platform.session_ended", "30000": "order.error_response"},
    }
    for code, problem in refusals[shop.at.channel].items():
        shop.at.fail_next(1, 200, {"error_response": {"code": code, "error_code": int(code)}})
        assert await failure(shop) == problem


async def test_a_platform_that_is_out_of_order_is_asked_again(shop: Shop) -> None:
    made = shop.at.create()[0]
    shop.at.fail_next(2, 503)
    (event,) = await shop.source().rounds()
    assert event.order_id == made.id


async def failure(shop: Shop) -> str:
    with pytest.raises(NodeError) as caught:
        await shop.source().rounds()
    return caught.value.problem.code


async def test_a_parcel_is_reported_and_a_second_time_is_done_already(shop: Shop) -> None:
    made = shop.at.create()[0]
    item = parcel(made.id)
    assert await shop.ship(item) == item
    assert made.state == shop.shipped_state
    versions = len(made.history)
    assert await shop.ship(item) == item
    assert len(made.history) == versions


async def test_another_parcel_of_a_shipped_order_is_refused(shop: Shop) -> None:
    made = shop.at.create()[0]
    await shop.ship(parcel(made.id))
    for wrong, code in ((parcel(made.id, "SF0000000000009"), "told_otherwise"), (parcel("300000099999"), "refused")):
        with pytest.raises(NodeError) as caught:
            await shop.ship(wrong)
        assert caught.value.problem.code == f"shipment.{code}"


async def test_a_parcel_waits_while_the_platform_takes_no_more_calls(shop: Shop) -> None:
    made = shop.at.create()[0]
    shop.at.limit(1, 3.0)
    await shop.source().rounds()
    await shop.ship(parcel(made.id))
    assert made.state == shop.shipped_state


async def test_a_parcel_lost_on_the_way_back_is_not_reported_twice(shop: Shop) -> None:
    """The platform took it, but its answer never came: the same call again is refused, and the order says why."""
    made = shop.at.create()[0]
    shop.at.calls.lost = 1
    with pytest.raises(Exception, match="http"):
        await shop.ship(parcel(made.id))
    assert made.state == shop.shipped_state
    await shop.ship(parcel(made.id))


async def test_states_come_through_as_they_are(shop: Shop) -> None:
    source, seen = shop.source(), {}
    for state in shop.at.states:
        made = shop.at.create()[0]
        shop.clock.on(seconds=5)
        for step in way(shop.at.states, next(iter(shop.at.states)), state):
            shop.at.move(made.id, step)
        (event,) = await source.rounds()
        order = CANONICAL[shop.at.channel](event.items[0])
        seen[state] = order["status"]
        assert may_ship(order) == (state == next(iter(shop.at.states)))
        shop.clock.on(minutes=1)
    assert "unknown" not in seen.values()
    assert read_json(source.kept or b"{}")["ended"]


def way(states: Any, begin: str, end: str) -> list[str]:
    """How a state is reached from another one."""
    ways: list[list[str]] = [[]]
    while ways:
        one = ways.pop(0)
        here = one[-1] if one else begin
        if here == end:
            return one
        ways += [[*one, step] for step in states[here] if step not in one]
    raise AssertionError(end)


async def test_jd_is_asked_every_three_seconds_within_what_it_allows_and_each_order_comes_in_time() -> None:
    """Eighty orders a minute, in three minutes: twenty calls a minute, and as many again where the span holds more than a page."""
    clock = Clock()
    async with JdSimulator(now=clock) as at:
        at.limit(60, 60.0)
        source = Polled(at, clock, jd_poll, every="3s")
        made: dict[str, float] = {}
        came: dict[str, float] = {}

        def note() -> None:
            made.update((one.id, clock.now.timestamp()) for one in at.create(4))

        for _ in range(60):
            note()
            clock.on(seconds=1)
            came.update((event.order_id or "", clock.now.timestamp()) for event in await source.rounds())
            clock.on(seconds=2)
        assert made.keys() == came.keys()
        assert max(came[one] - made[one] for one in made) <= 3
        assert source.slept == []
        assert at.asked["jingdong.pop.order.search"] <= 3 * 50
