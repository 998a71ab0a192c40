"""Calls that no run makes stand in the log too: alarm messages, renewals of tokens, probes. By real HTTP; never with a secret."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from engine.app import Orderloom
from engine.connection.noting import path_below
from engine.connection.types import parse_connection
from engine.settings import Settings
from engine.store.call_records import CallMade
from engine.store.memory import MemoryStore
from engine.testing import SimulatedTarget
from engine.testing.channel import ChannelSimulator
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from tests.connection.probing import silent
from tests.connection.serving import served

SECRET = "key-of-the-robot"
PATHS = {"taobao": "/token", "jd": "/oauth2/refresh_token", "shopify": "/admin/oauth/access_token"}


@asynccontextmanager
async def opened(**connections: Any) -> AsyncIterator[Orderloom]:
    settings = Settings(connections=connections, allow_private=("127.0.0.0/8",))
    async with Orderloom(settings, MemoryStore()) as app:
        yield app


async def log_of(app: Orderloom) -> Sequence[CallMade]:
    """The oldest first, after no secret was found in it."""
    calls = (await app.store.call_log.calls()).items
    assert SECRET not in repr(calls)
    return calls[::-1]


async def alarmed(app: Orderloom, *, looks: int = 1) -> None:
    await app.watch.rules.put("three", {"kind": "failures", "count": 3, "tell": ["team"]}, actor="owner")
    for _ in range(3):
        app.watch.ears.called("wms", went=False)
    for _ in range(looks):
        await app.watch.look()
        await app.watch.tell()


async def test_a_message_of_an_alarm_is_noted_under_its_key_without_the_address_of_the_robot() -> None:
    got: list[str] = []

    async def robot(request: web.Request) -> web.Response:
        got.append(request.headers["Idempotency-Key"])
        return web.json_response({"errcode": 0})

    async with served(robot) as url, opened(team={"type": "wecom", "url": f"{url}/{SECRET}/send?key={SECRET}"}) as app:
        await alarmed(app)
        (call,) = await log_of(app)
        assert (call.direction, call.place, call.method, call.path, call.status, call.failed) == ("out", "team", "POST", "", 200, False)
        assert (call.purpose, call.attempt, call.run_id, call.excerpt) == ("alarm", 1, None, None)
        assert [call.effect] == got
        assert call.ms > 0


async def test_a_message_that_the_robot_refuses_is_noted_as_failed_with_its_answer_masked() -> None:
    async def robot(_: web.Request) -> web.Response:
        return web.json_response({"errcode": 93000, "errmsg": f"invalid webhook url {SECRET}"})

    async with served(robot) as url, opened(team={"type": "wecom", "url": url}) as app:
        await alarmed(app)
        (call,) = await log_of(app)
        assert (call.status, call.code, call.failed, call.purpose) == (200, "alarm.not_taken", True, "alarm")
        answer = json.loads(call.excerpt or "")
        assert (answer["status"], answer["body"]["errcode"], set(answer["body"]["errmsg"])) == (200, 93000, {"*"})


async def test_a_mail_that_does_not_reach_its_server_is_noted() -> None:
    team = {"type": "smtp", "host": "127.0.0.1", "port": 9, "from": "watch@shop.example", "tls": "none"}
    async with opened(team=team) as app:
        await app.watch.rules.put("three", {"kind": "failures", "count": 1, "tell": ["team"], "mail_to": "ops@shop.example"}, actor="owner")
        app.watch.ears.called("wms", went=False)
        await app.watch.look()
        await app.watch.tell()
        (call,) = await log_of(app)
        assert (call.method, call.status, call.failed, call.purpose) == ("MAIL", None, True, "alarm")
        assert "ops@shop.example" not in repr(call)


@pytest.mark.parametrize("kind", [TaobaoSimulator, JdSimulator, ShopifySimulator], ids=lambda one: one.channel)
async def test_the_renewal_of_a_token_is_noted_without_what_it_is_paid_with(kind: type[ChannelSimulator]) -> None:
    async with kind() as shop, opened() as app:
        more = {
            "refresh_token": shop.tokens.refresh, "token_url": shop.url + PATHS[shop.channel], "expires_at": "2026-01-16T08:05:00Z",
        }  # fmt: skip
        await app.book.put("shop", {**shop.connection, **more}, actor="owner")
        assert await app.renewer.look() == 1
        shop.tokens.closed = True
        assert await app.renewer.renew("shop", anyway=True) is False
        went, refused = await log_of(app)
        assert (went.place, went.path, went.status, went.failed, went.purpose) == ("shop", PATHS[shop.channel], 200, False, "token")
        assert (refused.code, refused.failed, refused.purpose) == ("token.refused", True, "token")
        assert refused.excerpt
        for secret in (shop.secret, "refresh-1", "access-1", shop.tokens.refresh):
            assert secret not in repr([went, refused])


async def test_each_request_of_a_probe_is_noted_and_what_is_wrong_stands_at_the_last() -> None:
    async with SimulatedTarget(secret=SECRET) as wms, opened() as app:
        right = {"type": "wms", "url": wms.url, "secret": SECRET}
        assert (await app.prober.probe("wms", parse_connection("wms", right))).ok
        await app.prober.probe("wms", parse_connection("wms", {**right, "secret": "another"}))
        went, refused = await log_of(app)
        assert (went.place, went.method, went.path, went.status, went.failed, went.purpose) == (
            "wms",
            "GET",
            "/orders",
            200,
            False,
            "probe",
        )
        assert (refused.status, refused.code, refused.failed) == (401, "probe.credentials_refused", True)


async def test_what_a_platform_refuses_with_a_good_status_is_noted_as_failed() -> None:
    async with JdSimulator() as shop, opened() as app:
        await app.prober.probe("shop", parse_connection("shop", {**shop.connection, "secret": "another"}))
        (call,) = await log_of(app)
        assert (call.status, call.code, call.failed) == (200, "probe.platform_refused", True)
        assert shop.secret not in repr(call)


async def test_a_probe_that_only_connects_is_noted_as_a_whole_and_one_that_calls_nobody_is_not() -> None:
    async with silent() as port, opened() as app:
        robot = {"type": "wecom", "url": f"http://127.0.0.1:{port}/{SECRET}"}
        assert (await app.prober.probe("team", parse_connection("team", robot))).ok
        await app.prober.probe("team", parse_connection("team", {**robot, "url": f"http://127.0.0.1:9/{SECRET}"}))
        assert (await app.prober.probe("shop", parse_connection("shop", {"type": "own_shop", "secret": SECRET}))).ok
        reached, closed = await log_of(app)
        assert (reached.place, reached.method, reached.path, reached.failed) == ("team", "PROBE", "", False)
        assert (closed.code, closed.failed) == ("probe.unreachable", True)


@pytest.mark.parametrize(
    ("address", "url", "path"),
    [
        ("https://wms.example/api", "https://wms.example/api/orders?day=1", "/orders"),
        ("https://hooks.example/T/B/key", "https://hooks.example/T/B/key", ""),
        ("https://hooks.example/T/key/?a=b", "https://hooks.example/T/key/?a=b", ""),
        ("https://wms.example/api", "https://wms.example/apiary", "/apiary"),
        ("https://shop.example", "https://login.example/token?secret=s", "/token"),
        ("", "https://login.example", "/"),
    ],
)
def test_a_path_is_told_below_the_address_and_never_with_its_query(address: str, url: str, path: str) -> None:
    assert path_below(address, url) == path
