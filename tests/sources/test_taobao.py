"""A Taobao shop that is asked for its orders and told what was shipped, by real HTTP against the simulated platform."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.app import Orderloom
from nodes.connector.taobao.calls import DETAIL, LIST, SEND
from nodes.connector.taobao.simulator import Refused, TaobaoSimulator

from .house import Place, arrived, flow, numbers, phase, until, wrong

Shop = tuple[TaobaoSimulator, Place]


def minutes_ago(count: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=count)


@pytest.fixture
async def taobao() -> AsyncIterator[Shop]:
    async with TaobaoSimulator() as shop:
        yield shop, Place({"taobao": shop.connection})


def polling(**params: Any) -> bytes:
    given = {"shop": {"connection": "taobao"}, "every": "100ms", "begin": "1h", **params}
    return flow("connector.taobao_poll@1", given)


async def test_an_order_that_changed_becomes_an_event_once(taobao: Shop) -> None:
    shop, house = taobao
    (order,) = shop.create(at=minutes_ago(5))
    async with house.open() as app:
        await app.publish(polling(), note="", actor="owner")
        assert await arrived(app, 1) == [order.id]
        await until(lambda: shop.asked[LIST] > 4)
        assert await numbers(app) == [order.id]
        shop.move(order.id, "WAIT_BUYER_CONFIRM_GOODS")
        assert await arrived(app, 2) == [order.id, order.id]


async def test_a_long_list_is_read_from_its_last_page_and_oldest_first(taobao: Shop) -> None:
    shop, house = taobao
    made = [shop.create(at=minutes_ago(30 - number / 10))[0].id for number in range(230)]
    async with house.open() as app:
        await app.publish(polling(every="1h"), note="", actor="owner")
        assert await arrived(app, 230) == made
        assert shop.asked == {LIST: 5, DETAIL: 230}


async def test_an_order_that_changes_while_pages_are_read_pushes_no_other_one_past_the_reader(taobao: Shop) -> None:
    shop, house = taobao
    made = [shop.create(at=minutes_ago(30 - number / 10))[0].id for number in range(250)]
    answer, moves = shop._list, iter(made[120:240])

    def list_and_change(params: Mapping[str, str]) -> dict[str, Any]:
        found = answer(params)
        for _ in range(20):
            if (moved := next(moves, None)) is not None:
                shop.touch(moved)
        return found

    shop._list = list_and_change
    async with house.open() as app:
        await app.publish(polling(), note="", actor="owner")

        async def all_are_there() -> bool:
            return set(await numbers(app)) == set(made)

        await until(all_are_there)


async def test_an_order_that_shows_up_late_is_found_by_looking_back(taobao: Shop) -> None:
    shop, house = taobao
    shop.create(at=minutes_ago(5))
    (late,) = shop.create(at=minutes_ago(4), listed_after=timedelta(seconds=1))
    async with house.open() as app:
        await app.publish(polling(), note="", actor="owner")
        assert late.id in await arrived(app, 2)


async def test_a_limit_on_calls_is_waited_for_and_nothing_is_lost(taobao: Shop) -> None:
    shop, house = taobao
    made = {order.id for order in shop.create(12, at=minutes_ago(5))}
    shop.limit(8, 1.0)
    async with house.open() as app:
        await app.publish(polling(every="1h"), note="", actor="owner")
        assert set(await arrived(app, 12)) == made
        assert phase(app) == "connected"


async def test_reading_goes_on_where_it_was_after_a_restart_and_forgets_nothing_in_between(taobao: Shop) -> None:
    shop, house = taobao
    shop.create(2, at=minutes_ago(50))
    async with house.open() as app:
        await app.publish(polling(), note="", actor="owner")
        await arrived(app, 2)
        await until(lambda: shop.asked[LIST] > 2)
    (meanwhile,) = shop.create()
    shop.asked.clear()
    async with house.open() as app:
        assert (await arrived(app, 3))[-1] == meanwhile.id
        assert shop.asked[DETAIL] <= 2, "what lies before the overlap is not fetched again"


async def test_two_changes_within_a_second_are_both_seen(taobao: Shop) -> None:
    shop, house = taobao
    second = minutes_ago(1).replace(microsecond=0)
    (order,) = shop.create(at=second)
    async with house.open() as app:
        await app.publish(polling(every="500ms"), note="", actor="owner")
        await arrived(app, 1)
        shop.move(order.id, "TRADE_CLOSED", at=second + timedelta(milliseconds=400))
        await arrived(app, 2)


async def test_a_session_that_has_ended_and_a_clock_that_is_off_are_named_and_mended(taobao: Shop) -> None:
    shop, house = taobao
    shop.create(at=minutes_ago(5))
    shop.session = "another"
    async with house.open() as app:
        await app.publish(polling(), note="", actor="owner")
        await until(lambda: phase(app) == "broken")
        assert wrong(app).code == "platform.session_ended"
        shop.session, shop.clock_off = shop.connection["session"], timedelta(minutes=11)
        await until(lambda: phase(app) == "broken" and wrong(app).code == "platform.clock")
        shop.clock_off = timedelta(0)
        assert len(await arrived(app, 1)) == 1


async def test_a_trade_that_is_listed_but_not_given_becomes_an_event_that_says_so_beside_the_others(taobao: Shop) -> None:
    shop, house = taobao
    lost, well = shop.create(2, at=minutes_ago(5))
    answer = shop._detail

    def detail(params: Mapping[str, str]) -> dict[str, Any]:
        if params["tid"] == lost.id:
            raise Refused(15, "Remote service error", "isv.trade-not-exist")
        return answer(params)

    shop._detail = detail
    async with house.open() as app:
        await app.publish(polling(), note="", actor="owner")
        assert set(await arrived(app, 2)) == {lost.id, well.id}


def shipping(lines: str | None = None) -> bytes:
    told = {"shop": {"connection": "taobao"}, "courier": '"YTO"', "tracking_no": '"YT" + item.channel_order_id'}
    trigger = {"use": "connector.taobao_poll@1", "params": {"shop": {"connection": "taobao"}, "every": "100ms", "begin": "1h"}}
    document = {
        "format": 1,
        "name": "shipping",
        "nodes": {
            "orders": trigger,
            "order": {"use": "transform.canonical_order@1", "params": {"channel": "taobao"}},
            "tell": {
                "use": "connector.taobao_shipped@1",
                "params": {**told, **({"lines": lines} if lines else {})},
                "policy": {"retry": {"attempts": 4, "backoff": "50ms"}},
            },
        },
        "wires": ["orders -> order", "order -> tell"],
        "tests": [],
    }
    return json.dumps(document).encode()


async def run_states(app: Orderloom) -> set[str]:
    return {state for (_, state), number in (await app.store.run_counts()).items() if number}


async def test_a_shipment_is_told_once_although_the_answer_was_lost_and_the_order_came_again(taobao: Shop) -> None:
    shop, house = taobao
    (order,) = shop.create(at=minutes_ago(5))
    answer = shop._send

    def send_and_break_off(params: Mapping[str, str]) -> dict[str, Any]:
        shop.calls.lost += shop.asked[SEND] == 1
        return answer(params)

    shop._send = send_and_break_off
    async with house.open() as app:
        await app.publish(shipping(), note="", actor="owner")
        await arrived(app, 2)
        await until(lambda: shop.asked.get(SEND, 0) >= 3)

        async def done() -> bool:
            return await run_states(app) == {"done"}

        await until(done)
    assert order.state == "WAIT_BUYER_CONFIRM_GOODS"
    assert {line["invoice_no"] for line in order.body["orders"]["order"]} == {f"YT{order.id}"}
    assert [state for _, state in order.history] == ["WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_CONFIRM_GOODS"]


async def test_a_parcel_with_a_part_of_an_order_ships_only_that(taobao: Shop) -> None:
    shop, house = taobao
    (order,) = shop.create(at=minutes_ago(5))
    assert len(order.body["orders"]["order"]) == 2
    async with house.open() as app:
        await app.publish(shipping("[item.lines[0].channel_line_id]"), note="", actor="owner")
        await until(lambda: order.state == "SELLER_CONSIGNED_PART")
    first, second = order.body["orders"]["order"]
    assert (first["invoice_no"], second.get("invoice_no")) == (f"YT{order.id}", None)


async def test_an_order_that_was_closed_waits_for_a_person(taobao: Shop) -> None:
    shop, house = taobao
    (order,) = shop.create(at=minutes_ago(5))
    shop.move(order.id, "TRADE_CLOSED", at=minutes_ago(4))
    async with house.open() as app:
        await app.publish(shipping(), note="", actor="owner")

        async def parked() -> bool:
            return await run_states(app) == {"parked"}

        await until(parked)
        (incident,) = (await app.store.incidents(limit=10)).items
        assert incident.code == "shipment.told_otherwise"
