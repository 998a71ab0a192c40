"""The kit of simulated channels, by a channel that has nothing of its own but a token."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import aiohttp
import pytest
from aiohttp import web

from engine.errors import InputInvalid
from engine.testing.channel import Behaviour, ChannelSimulator, KeptOrder, Push, Sign
from engine.testing.channel.behaviour import behaviour_of

NOON = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)


class Corner(ChannelSimulator):
    channel = "corner_shop"
    states: ClassVar = {"paid": ("shipped", "cancelled"), "shipped": (), "cancelled": ()}

    @property
    def connection(self) -> dict[str, Any]:
        return {"type": "http", "url": self.url, "secret": self.secret}

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/orders", self._list)]

    def refusal(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        return None if request.headers.get("Token") == self.secret else web.json_response({"error": "token"}, status=401)

    def busy(self, seconds: float) -> web.StreamResponse:
        return web.json_response({"error": "busy"}, status=429, headers={"Retry-After": str(seconds)})

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        return f"C{number}", {"id": f"C{number}", "state": "paid"}

    def moved(self, order: KeptOrder, state: str, at: datetime) -> dict[str, Any]:
        return {**order.body, "state": state}

    def push(self, order: KeptOrder, state: str, number: int) -> Sign:
        body = json.dumps({"order": order.id, "state": state}).encode()
        return lambda *, forged: Push(body, {"Signature": "wrong" if forged else "right"})

    async def _list(self, request: web.Request) -> web.Response:
        since = datetime.fromisoformat(request.query["since"])
        return web.json_response([one.id for one in self.orders.changed(since, self.now(), self.now())])


class Hook:
    """What was pushed: the bodies with their signatures. ``refusing``: how many more it refuses."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, Any], str]] = []
        self.refusing = 0
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((await request.json(), request.headers["Signature"]))
        if self.refusing:
            self.refusing -= 1
            return web.Response(status=503)
        return web.Response(status=401 if request.headers["Signature"] == "wrong" else 200)

    @property
    def orders(self) -> list[str]:
        return [body["order"] for body, _ in self.got]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    one, app = Hook(), web.Application()
    app.router.add_post("/hook", one.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield one
    await runner.cleanup()


async def listed(shop: Corner, since: datetime, token: str = "simulator-secret") -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{shop.url}/orders", params={"since": since.isoformat()}, headers={"Token": token}) as answer,
    ):
        return answer.status, await answer.json()


async def test_a_list_shows_what_changed_newest_first_and_a_late_order_only_later() -> None:
    moment = NOON
    async with Corner(now=lambda: moment) as shop:
        shop.create(2, at=NOON - timedelta(minutes=5))
        shop.create(at=NOON - timedelta(minutes=4), listed_after=timedelta(minutes=1))
        shop.move("C1", "shipped")
        assert await listed(shop, NOON - timedelta(hours=1)) == (200, ["C1", "C2"])
        moment = NOON + timedelta(minutes=1)
        assert await listed(shop, NOON - timedelta(hours=1)) == (200, ["C1", "C3", "C2"])
        assert await listed(shop, NOON) == (200, ["C1"])


async def test_a_call_with_a_wrong_token_one_that_is_made_to_fail_and_one_too_many_are_not_served() -> None:
    moment = NOON
    async with Corner(now=lambda: moment) as shop:
        assert (await listed(shop, NOON, token="other"))[0] == 401
        shop.fail_next(1, 500, {"error": "ours"})
        assert await listed(shop, NOON) == (500, {"error": "ours"})
        shop.limit(2, 10)
        assert [(await listed(shop, NOON))[0] for _ in range(3)] == [200, 200, 429]
        moment += timedelta(seconds=10)
        assert (await listed(shop, NOON))[0] == 200
        assert shop.asked == {"/orders": 6}


async def test_a_call_may_be_served_and_break_off_before_its_answer() -> None:
    async with Corner() as shop:
        shop.calls.lost = 2
        with pytest.raises(aiohttp.ClientError):
            await listed(shop, NOON)
        assert (await listed(shop, NOON))[0] == 200
        assert shop.asked == {"/orders": 3}


async def test_orders_only_move_to_states_that_may_follow() -> None:
    shop = Corner()
    shop.create()
    shop.move("C1", "shipped")
    with pytest.raises(ValueError, match="C1"):
        shop.move("C1", "cancelled")
    with pytest.raises(ValueError, match="C9"):
        shop.touch("C9")
    found = shop.orders.find("C1")
    assert found is not None
    assert [state for _, state in found.history] == ["paid", "shipped"]


async def test_an_order_may_begin_in_any_state() -> None:
    shop = Corner()
    (order,) = shop.create(state="shipped")
    assert (order.state, order.body["state"], [state for _, state in order.history]) == ("shipped", "shipped", ["shipped"])


async def test_pushes_go_out_well_twice_never_late_or_forged_as_ordered(hook: Hook) -> None:
    async with Corner(push_to=hook.url) as shop:
        shop.pusher.faults.next("lost", "doubled", "late", "forged")
        for _ in range(4):
            shop.create()
            await shop.pusher.settled()
        assert hook.orders == ["C2", "C2", "C4", "C4", "C3"]
        assert [signature for _, signature in hook.got] == ["right", "right", "wrong", "right", "right"]
        assert shop.pusher.counts == {"lost": 1, "doubled": 1, "late": 1, "forged": 1}


async def test_what_is_held_back_may_be_released(hook: Hook) -> None:
    async with Corner(push_to=hook.url) as shop:
        shop.pusher.faults.next("late")
        shop.create()
        await shop.pusher.settled()
        assert hook.got == []
        shop.pusher.release()
        await shop.pusher.settled()
        assert hook.orders == ["C1"]


async def test_a_refused_push_comes_again(hook: Hook) -> None:
    hook.refusing = 2
    async with Corner(push_to=hook.url) as shop:
        shop.create()
        await shop.pusher.settled()
        assert hook.orders == ["C1", "C1", "C1"]
        assert [one.status for one in shop.pusher.sent] == [200]


async def test_faults_by_chance_come_from_their_seed(hook: Hook) -> None:
    async def counts(seed: int) -> dict[str, int]:
        async with Corner(push_to=hook.url) as shop:
            shop.pusher.faults.mix({"doubled": 0.2, "lost": 0.1}, seed)
            shop.create(100)
            await shop.pusher.settled()
            return dict(shop.pusher.counts)

    first = await counts(1)
    assert first == await counts(1) != await counts(2)
    assert 5 < first["doubled"] < 40
    assert 0 < first["lost"] < 25


async def post(shop: Corner, path: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{shop.url}/simulator{path}?lang=zh", data=form, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_a_person_makes_orders_and_moves_them_on_a_page_in_either_language() -> None:
    async with Corner() as shop:
        status, chinese = await post(shop, "/orders", {"count": "2"})
        assert status == 200
        assert "模拟渠道" in chinese
        assert "新版本" in chinese
        await post(shop, "/orders/C1/state", {"state": "shipped"})
        assert (await post(shop, "/orders/C1/state", {"state": "cancelled"}))[0] == 409
        async with aiohttp.ClientSession() as session, session.get(f"{shop.url}/simulator") as answer:
            assert "Simulated channel" in await answer.text()
            assert "script" not in answer.headers["Content-Security-Policy"]
        async with aiohttp.ClientSession() as session, session.get(f"{shop.url}/simulator/orders.json") as answer:
            assert [(one["id"], one["state"]) for one in await answer.json()] == [("C1", "shipped"), ("C2", "paid")]


async def test_the_page_orders_faults_and_takes_no_orders_from_other_sites() -> None:
    async with Corner(push_to="http://127.0.0.1:9/") as shop:
        assert (await post(shop, "/pushes", {"fault": "lost"}))[0] == 200
        assert (await post(shop, "/calls", {"times": "2"}))[0] == 200
        assert len(shop.calls.failures) == 2
        assert (await post(shop, "/orders", {"count": "1"}, Origin="http://evil.example"))[0] == 403
        assert len(shop.orders) == 0
        assert (await post(shop, "/orders", {"count": "1"}))[1].count("不发出") == 2
        assert [one.fault for one in shop.pusher.sent] == ["lost"]


def test_a_behaviour_is_read_of_a_form_and_what_does_not_fit_is_named() -> None:
    how = behaviour_of({"calls": "30", "seconds": "60", "clock": "-90.5", "lost": "2.5", "late": ""})
    assert (how.calls, how.seconds, how.clock, dict(how.shares)) == (30, 60.0, -90.5, {"lost": 2.5})
    assert behaviour_of({}) == Behaviour()
    for form, codes in (
        ({"lost": "60", "doubled": "60"}, ["simulate.shares"]),
        ({"clock": "nan"}, ["simulate.setting"]),
        ({"calls": "-1", "lost": "101"}, ["simulate.setting", "simulate.setting"]),
    ):
        with pytest.raises(InputInvalid) as refused:
            behaviour_of(form)
        assert [one.code for one in refused.value.problems] == codes


async def test_limit_clock_and_shares_are_set_on_the_page_and_shown_there(hook: Hook) -> None:
    async with Corner(push_to=hook.url) as shop, aiohttp.ClientSession() as session:
        page = f"{shop.url}/simulator"
        form = {"calls": "1", "seconds": "60", "clock": "120", "lost": "100"}
        async with session.post(f"{page}/behaviour", data=form) as answer:
            assert answer.status == 200
            assert 'name="clock" type="number" min="-86400" max="86400" step="any"' in " ".join((await answer.text()).split())
        assert shop.behaviour == Behaviour(1, 60.0, 120.0, {"lost": 100.0})
        assert timedelta(seconds=115) < shop.now() - datetime.now(UTC) < timedelta(seconds=125)
        shop.create(2)
        await shop.pusher.settled()
        assert (hook.got, shop.pusher.counts) == ([], {"lost": 2})
        listed, token = f"{shop.url}/orders?since=2026-01-01T00:00:00Z", {"Token": shop.secret}
        async with session.get(listed, headers=token) as first, session.get(listed, headers=token) as second:
            assert (first.status, second.status) == (200, 429)
            assert parsedate_to_datetime(second.headers["Date"]) > datetime.now(UTC) + timedelta(seconds=100)
        async with session.post(f"{page}/behaviour", data={"lost": "80", "late": "30"}) as refused:
            assert (refused.status, "110" in await refused.text()) == (422, True)
        assert shop.behaviour.shares == {"lost": 100.0}
