"""A Pinduoduo shop whose messages are listened to, over a real WebSocket, as badly as they may come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.app import Orderloom
from engine.connection.clients.pinduoduo import client, path_of
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.types import parse_connection
from engine.node.triggers import Delivery
from engine.testing.channel import SocketPusher
from nodes.connector.pinduoduo.messages import FEW, PACE, FurtherShop, by_shop, made_between, pause_after
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator

from .house import Place, arrived, flow, numbers, phase, until, wrong

LISTENING = flow("connector.pinduoduo_messages@1", {"shop": {"connection": "shop"}})
GUARD = AddressGuard(("127.0.0.0/8",))


@pytest.fixture
async def shop() -> AsyncIterator[PinduoduoSimulator]:
    async with PinduoduoSimulator() as at:
        yield at


@asynccontextmanager
async def listening(shop: PinduoduoSimulator, **changes: Any) -> AsyncIterator[Orderloom]:
    async with Place({"shop": {**shop.connection, **changes}}).open() as app:
        await app.publish(LISTENING, note="", actor="owner")
        yield app


def test_the_path_proves_who_listens_as_the_public_clients_make_it() -> None:
    """The vector of another client of the platform's (whalesky-labs/pdd-sdk-php)."""
    assert path_of("app", "secret", 1700000000000) == "/message/app/1700000000000/OTgxODMwNDI2NWZiN2NiNzA2NzIxOTI0ZjJlMDMxMjE%3D"


async def test_an_order_comes_within_a_moment_and_whole(shop: PinduoduoSimulator) -> None:
    async with listening(shop) as app:
        await until(lambda: phase(app) == "connected")
        (made,) = shop.create()
        begun = asyncio.get_running_loop().time()
        assert await arrived(app, 1) == [made.id]
        assert asyncio.get_running_loop().time() - begun < 2
        (event,) = (await app.store.events(limit=5)).items
        assert event.key == f"pinduoduo|shop|{made.id}|{made.body['updated_at']}"
        await shop.pusher.settled()
        assert [one.status for one in shop.pusher.sent] == [200]


async def test_messages_that_come_late_doubled_or_after_a_break_make_each_version_one_event(shop: PinduoduoSimulator) -> None:
    async with listening(shop) as app:
        await until(lambda: phase(app) == "connected")
        shop.pusher.faults.mix({"doubled": 0.4, "late": 0.2, "forged": 0.2}, seed=3)
        made = shop.create(12)
        assert isinstance(shop.pusher, SocketPusher)
        await shop.pusher.drop()
        made += shop.create(6)
        shop.pusher.release()
        await shop.pusher.settled()
        assert sorted(await arrived(app, 18)) == sorted(one.id for one in made)
        assert len(await numbers(app)) == 18
        assert shop.pusher.forged == {}


async def test_a_lost_message_is_made_up_for_by_polling_and_both_are_one_event(shop: PinduoduoSimulator) -> None:
    async with listening(shop) as app:
        poll = flow("connector.pinduoduo_poll@1", {"shop": {"connection": "shop"}, "every": "100ms"}, name="fetched")
        await until(lambda: phase(app) == "connected")
        shop.pusher.faults.next("lost")
        lost, heard = shop.create()[0].id, shop.create()[0].id
        assert await arrived(app, 1) == [heard]
        await app.publish(poll, note="", actor="owner")
        assert sorted((await arrived(app, 3))[1:]) == sorted([lost, heard])


async def test_what_the_platform_does_not_give_is_shown_and_stops_nothing(shop: PinduoduoSimulator) -> None:
    async with listening(shop) as app:
        await until(lambda: phase(app) == "connected")
        (gone,) = shop.create()
        del shop.orders._by_id[gone.id]
        (made,) = shop.create(1, at=shop.now())
        assert await arrived(app, 1) == [made.id]


async def test_a_wrong_secret_and_a_dead_service_are_named(shop: PinduoduoSimulator) -> None:
    for changes, code in (({"secret": "another"}, "server.login"), ({"messages_url": "http://127.0.0.1:9"}, "server.unreachable")):
        connection = parse_connection("shop", {**shop.connection, **changes})
        with pytest.raises(CallFailed) as failed:
            async with connection.client(GUARD):  # pyright: ignore[reportAttributeAccessIssue]
                pass
        assert failed.value.problem.code == code
    async with listening(shop, access_token="old") as app:
        await until(lambda: phase(app) == "broken")
        assert wrong(app).code == "platform.session_ended"


async def test_a_service_that_says_nothing_any_more_is_left(shop: PinduoduoSimulator) -> None:
    connection = parse_connection("shop", shop.connection)
    async with client(connection, GUARD, beat=0.05, silence=0.2) as inbox:  # pyright: ignore[reportArgumentType]
        with pytest.raises(CallFailed) as failed:
            await asyncio.wait_for(inbox.next(), 5)
    assert failed.value.problem.code == "server.lost"


def test_only_messages_about_orders_and_refunds_name_one() -> None:
    def frame(kind: str, content: str) -> bytes:
        return b'{"id":1,"message":{"type":"%s","mallID":1,"content":%s}}' % (kind.encode(), content.encode())

    bodies = [
        frame("pdd_trade_TradeConfirmed", r'"{\"tid\":\"A\"}"'), frame("pdd_refund_RefundCreated", r'"{\"tid\":\"A\"}"'),
        frame("pdd_goods_GoodsAdd", r'"{\"tid\":\"B\"}"'), frame("pdd_trade_TradeSuccess", '"nonsense"'),
        frame("pdd_trade_TradeSuccess", "7"), b'{"message":null}',
    ]  # fmt: skip
    assert by_shop(Delivery(body) for body in bodies) == [(None, ["A"])]


SECOND = 200_000_002
TWO = flow(
    "connector.pinduoduo_messages@1",
    {"shop": {"connection": "shop"}, "further": [{"mall_id": str(SECOND), "shop": {"connection": "second"}}]},
)


def two_of(first: PinduoduoSimulator, second: PinduoduoSimulator) -> dict[str, dict[str, Any]]:
    return {"shop": first.connection, "second": second.connection}


async def keys_of(app: Orderloom) -> set[str]:
    return {event.order_key for event in (await app.store.events(limit=50)).items}


async def test_two_shops_under_one_app_are_told_apart_and_each_order_is_the_same_as_polled(shop: PinduoduoSimulator) -> None:
    async with PinduoduoSimulator(mall=SECOND, app=shop) as second:
        second.tokens.access = "another"
        async with Place(two_of(shop, second)).open() as app:
            await app.publish(TWO, note="", actor="owner")
            await until(lambda: phase(app) == "connected")
            made = [*shop.create(2), *second.create(3)]
            await arrived(app, 5)
            expected = {f"pinduoduo|{name}|{one.id}" for name, one in zip(["shop"] * 2 + ["second"] * 3, made, strict=True)}
            assert await keys_of(app) == expected
            await shop.pusher.settled()
            assert [one.status for one in shop.pusher.sent] == [200] * 5
            for name in ("shop", "second"):
                poll = flow("connector.pinduoduo_poll@1", {"shop": {"connection": name}, "every": "100ms"}, name=f"{name}_fetched")
                await app.publish(poll, note="", actor="owner")
            await arrived(app, 10)
            assert await keys_of(app) == expected, "what is polled stands in the same line as what was told"


async def test_a_further_shop_whose_permission_ended_holds_up_no_other(shop: PinduoduoSimulator) -> None:
    async with PinduoduoSimulator(mall=SECOND, app=shop) as second, Place(two_of(shop, second)).open() as app:
        await app.publish(TWO, note="", actor="owner")
        await until(lambda: phase(app) == "connected")
        second.tokens.access = "renewed elsewhere"
        second.create(1)
        (made,) = shop.create()
        assert await arrived(app, 1) == [made.id]
        await shop.pusher.settled()
        assert await keys_of(app) == {f"pinduoduo|shop|{made.id}"}


def test_a_message_goes_to_the_shop_that_it_names_and_else_to_the_first() -> None:
    further = [FurtherShop.model_validate({"mall_id": "7", "shop": {"connection": "seven"}})]
    frame = '{"message":{"type":"pdd_trade_TradeConfirmed"%s,"content":"{%s\\"tid\\":\\"%s\\"}"}}'
    bodies = [
        frame % (',"mallID":7', "", "A"), frame % ("", '\\"mall_id\\":7,', "B"), frame % (',"mallID":8', "", "C"), frame % ("", "", "D"),
        frame % (',"mallID":7', "", "A"),
    ]  # fmt: skip
    found = by_shop([Delivery(body.encode()) for body in bodies], further)
    assert [(shop.connection if shop else None, numbers) for shop, numbers in found] == [("seven", ["A", "B"]), (None, ["C", "D"])]


async def test_a_platform_that_takes_few_calls_is_asked_for_many_orders_at_once(shop: PinduoduoSimulator) -> None:
    async with listening(shop) as app:
        await until(lambda: phase(app) == "connected")
        shop.limit(4, 1.0)
        made = shop.create(60)
        assert sorted(await arrived(app, 60)) == sorted(one.id for one in made)
        await shop.pusher.settled()
        calls = sum(shop.asked.values())
        assert calls < 30


def test_messages_that_come_close_to_each_other_leave_calls_for_polling() -> None:
    assert pause_after(FEW, 20, 0.1) == 0.0
    assert pause_after(FEW + 1, 20, 0.1) == PACE - 0.1
    assert pause_after(FEW + 1, 20, 3.0) == 0.0
    assert pause_after(20, 20, 0.1) == 0.0  # more have come already


async def test_what_has_piled_up_while_nobody_listened_is_asked_for_many_orders_at_once(shop: PinduoduoSimulator) -> None:
    """Else each of these orders costs a call, of which the platform takes four a second."""
    shop.pusher.to, shop.permits = shop.url, True  # the permission stands from before
    made = [shop.create(1, at=shop.now() - timedelta(seconds=3 * (120 - number)))[0] for number in range(120)]
    shop.limit(4, 1.0)
    async with listening(shop) as app:
        assert sorted(await arrived(app, 120)) == sorted(one.id for one in made)
        await shop.pusher.settled()
        assert sum(shop.asked.values()) < 40


def test_a_message_that_comes_again_is_looked_for_when_it_was_made() -> None:
    now = datetime(2026, 1, 16, 4, tzinfo=UTC)
    at = [int((now - timedelta(minutes=minutes)).timestamp() * 1000) for minutes in (0, 7, 9)]
    again, fresh = {"time": at[2], "sendTime": at[0]}, {"sendTime": at[1]}
    bodies = [Delivery(json.dumps(one).encode()) for one in (fresh, again, {"time": "soon", "sendTime": -1}, {"time": 10**13})]
    assert made_between(bodies[:2], now) == (now - timedelta(minutes=9), now - timedelta(minutes=7))
    assert made_between(bodies, now) == (now - timedelta(minutes=9), now)
    assert made_between([], now) == (now, now)


async def test_a_service_that_sends_us_elsewhere_is_not_followed(shop: PinduoduoSimulator) -> None:
    """Where it leads to was checked by nobody."""
    reached: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        if request.path.startswith("/inner"):
            reached.append(request.path)
            return web.Response()
        raise web.HTTPFound("/inner/secrets")

    app = web.Application()
    app.router.add_get("/{tail:.*}", elsewhere)
    async with TestServer(app) as server:
        connection = parse_connection("shop", {**shop.connection, "messages_url": str(server.make_url("/"))})
        with pytest.raises(CallFailed) as failed:
            async with connection.client(GUARD):  # pyright: ignore[reportAttributeAccessIssue]
                pass
    assert (failed.value.problem.code, reached) == ("http.redirect", [])


SECOND_FLOW = flow("connector.pinduoduo_messages@1", {"shop": {"connection": "second"}}, name="other")


def shared(app: Orderloom) -> dict[str, str]:
    """Flows whose source takes messages of another one's, with that one."""
    told = {state.flow: state.problem for state in app.sources.states()}
    return {name: one.fields["flow"] for name, one in told.items() if one is not None and one.code == "source.shared_messages"}


async def test_two_triggers_under_one_app_are_both_told_until_one_of_them_is_gone(shop: PinduoduoSimulator) -> None:
    polling = flow("connector.pinduoduo_poll@1", {"shop": {"connection": "second"}, "every": "100ms"}, name="fetched")
    async with Place({"shop": shop.connection, "second": shop.connection}).open() as app:
        await app.publish(LISTENING, note="", actor="owner")
        await app.publish(polling, note="", actor="owner")
        await until(lambda: [state.phase for state in app.sources.states()] == ["connected"] * 2)
        assert shared(app) == {}
        await app.publish(SECOND_FLOW, note="", actor="owner")
        await until(lambda: shared(app) == {"incoming": "other", "other": "incoming"})
        made = shop.create(4)
        assert sorted(set(await arrived(app, 4))) == sorted(one.id for one in made)
        assert shared(app) == {"incoming": "other", "other": "incoming"}, "it stays told while all goes on"
        without = flow("connector.manual@1", {}, name="other")
        await app.publish(without, note="", actor="owner")
        await until(lambda: shared(app) == {})


async def test_two_triggers_under_two_apps_are_nothing_to_tell(shop: PinduoduoSimulator) -> None:
    async with PinduoduoSimulator() as second, Place(two_of(shop, second)).open() as app:
        await app.publish(LISTENING, note="", actor="owner")
        await app.publish(SECOND_FLOW, note="", actor="owner")
        await until(lambda: [state.phase for state in app.sources.states()] == ["connected"] * 2)
        await asyncio.sleep(0.3)
        assert shared(app) == {}
