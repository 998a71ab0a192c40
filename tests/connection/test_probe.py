"""Each step of a probe, against real servers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from engine.connection.types import parse_connection
from engine.connection.uses import Hook
from engine.errors import Conflict
from engine.json_text import read_json
from engine.testing.simulator import SimulatedTarget
from tests.connection.probing import NOW, answering, failure, probed, prober, silent, told
from tests.connection.serving import served


async def test_a_warehouse_that_keeps_the_contract_passes_step_by_step() -> None:
    async with SimulatedTarget(secret="right") as target:
        report = await probed({"type": "wms", "url": target.url, "secret": "right"})
    port = target.url.rpartition(":")[2]
    assert report.ok
    assert told(report) == [
        ("Address", f"http, port {port}"),
        ("Permission to call", "127.0.0.1 may be called"),
        ("Connecting", f"made to port {port}"),
        ("Encrypting", "none: what is sent can be read on the way"),
        ("Request", "the list of today's orders"),
        ("Answer", "status 200"),
        ("Credentials", "accepted"),
        ("Order contract", "answers as a system for orders does; it names 0 of today"),
    ]
    assert {step.what for step in report.steps if step.ms is not None} == {"Connecting", "Answer"}


async def test_a_probe_brings_no_order_to_the_target() -> None:
    async with SimulatedTarget() as target:
        await probed({"type": "finance", "url": target.url})
        assert (target.count, target.ledger.orders) == (0, {})


@pytest.mark.parametrize(("secret", "code"), [("wrong", "probe.credentials_refused"), (None, "probe.credentials_missing")])
async def test_credentials_that_do_not_fit_are_told_apart_from_missing_ones(secret: str | None, code: str) -> None:
    async with SimulatedTarget(secret="right") as target:
        report = await probed({"type": "wms", "url": target.url, **({"secret": secret} if secret else {})})
    assert failure(report) == code
    assert report.problems[0].fields == {"status": 401}


async def test_a_port_where_nothing_listens_is_said_to_be_so() -> None:
    port = unused_port()
    report = await probed({"type": "wms", "url": f"http://127.0.0.1:{port}"})
    assert failure(report) == "probe.unreachable"
    assert report.problems[0].fields["rule"] == "nothing_listens"


async def test_a_private_address_is_refused_before_anything_is_sent() -> None:
    async with SimulatedTarget() as target:
        report = await probed({"type": "wms", "url": target.url}, "10.0.0.0/8")
    assert failure(report) == "address.refused"


async def test_a_name_that_leads_inside_is_refused_after_it_was_resolved() -> None:
    report = await probed({"type": "http", "url": "http://localhost:9"}, "10.0.0.0/8")
    assert failure(report) == "address.refused"
    assert [step.what for step in report.steps] == ["Address", "Name lookup", "Permission to call"]


async def test_a_redirect_into_a_private_network_is_refused() -> None:
    async def handler(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://10.0.0.1/orders")

    async with served(handler) as url:
        assert failure(await probed({"type": "wms", "url": url})) == "address.refused"


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (200, "<html>", "probe.not_contract"),
        (200, '{"orders": []}', "probe.not_contract"),
        (404, "", "probe.no_orders"),
        (418, "", "probe.status"),
        (503, "", "probe.trouble"),
        (429, "", "probe.trouble"),
    ],
)
async def test_answers_that_break_the_contract_are_told_apart(status: int, text: str, code: str) -> None:
    async with served(answering(status, text)) as url:
        assert failure(await probed({"type": "wms", "url": url})) == code


async def test_orders_are_asked_for_below_the_path_of_the_address() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path_qs}")
        return web.json_response({"items": [{}], "next": None})

    async with served(handler) as url:
        assert (await probed({"type": "wms", "url": f"{url}/api?shop=1"})).ok
    assert asked == ["GET /api/orders?shop=1&day=2026-01-15"]


async def test_a_service_without_head_is_asked_by_get() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.method)
        return web.Response(status=405 if request.method == "HEAD" else 200)

    async with served(handler) as url:
        assert told(await probed({"type": "http", "url": url}))[-1] == ("Result", "reached and ready")
    assert asked == ["HEAD", "GET"]


async def test_a_service_whose_own_address_serves_nothing_is_reached_all_the_same() -> None:
    async with served(answering(404)) as url:
        report = await probed({"type": "webhook", "url": url})
    assert report.ok
    assert "serves nothing (status 404)" in told(report)[-1][1]


async def test_a_service_that_refuses_its_secret_fails() -> None:
    async with served(answering(403)) as url:
        assert failure(await probed({"type": "http", "url": url, "headers": {"X-Key": "wrong"}})) == "probe.credentials_refused"


async def test_a_system_that_never_answers_is_given_up_at_the_limit() -> None:
    async with silent() as port, prober(limit=0.2) as one:
        report = await one.probe("one", parse_connection("one", {"type": "wms", "url": f"http://127.0.0.1:{port}"}))
    assert (failure(report), report.steps[-1].what) == ("probe.timeout", "Answer")


async def test_a_connection_is_probed_once_at_a_time() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.json_response({"items": []})

    async with served(handler) as url, prober() as one:
        connection = parse_connection("wms", {"type": "wms", "url": url})
        first = asyncio.create_task(one.probe("wms", connection))
        await begun.wait()
        with pytest.raises(Conflict) as caught:
            await one.probe("wms", connection)
        go_on.set()
        assert (await first).ok
        assert caught.value.problems[0].code == "probe.running"
        assert (await one.probe("wms", connection)).ok


async def test_no_secret_and_no_body_is_in_a_report() -> None:
    async with served(answering(200, "s3cret of the other side")) as url:
        report = await probed({"type": "http", "url": url, "secret": "s3cret-token", "headers": {"X-Key": "s3cret"}})
    assert report.ok
    assert "s3cret" not in repr(report)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("wecom", {"msgtype": "text", "text": {"content": "hello"}}),
        ("dingtalk", {"msgtype": "text", "text": {"content": "hello"}}),
        ("feishu", {"msg_type": "text", "content": {"text": "hello"}}),
    ],
)
async def test_a_robot_gets_a_message_only_when_a_person_asks(kind: str, body: dict[str, Any]) -> None:
    posted: list[Any] = []

    async def handler(request: web.Request) -> web.Response:
        posted.append(read_json(await request.read()))
        return web.json_response({"errcode": 0} if kind != "feishu" else {"code": 0})

    async with served(handler) as url:
        document = {"type": kind, "url": f"{url}/send?key=s3cret"}
        quiet = await probed(document)
        assert (quiet.ok, posted) == (True, [])
        loud = await probed(document, message="hello")
    assert (loud.ok, posted) == (True, [body])
    assert "s3cret" not in repr((quiet, loud))


async def test_a_robot_that_refuses_inside_an_answer_200_fails() -> None:
    async with served(answering(200, '{"errcode": 93000, "errmsg": "invalid"}')) as url:
        report = await probed({"type": "wecom", "url": url}, message="hello")
    assert failure(report) == "probe.robot_refused"
    assert report.problems[0].fields == {"number": 93000}


async def test_a_shop_is_not_called_but_its_deliveries_are_told() -> None:
    hooks = [Hook("/hooks/hub/shop", 3, more=False, last=NOW), Hook("/hooks/hub/other", 0, more=False, last=None)]
    report = await probed({"type": "own_shop", "secret": "whsec_bmV3"}, hooks=hooks)
    assert told(report)[1:] == [
        ("Hook address", "/hooks/hub/shop: 3 deliveries verified, the last at 2026-01-15 08:00:00 UTC"),
        ("Hook address", "/hooks/hub/other: nothing has come yet"),
    ]


@pytest.mark.parametrize(
    ("days", "caution"),
    [(30, False), (8, False), (7, True), (0, True)],
)
async def test_how_long_a_shop_permits_calls_is_told_and_warned_of_seven_days_before(days: int, caution: bool) -> None:
    ends = (NOW + timedelta(days=days, hours=1)).isoformat()
    report = await probed({"type": "taobao", "secret": "s", "expires_at": ends})
    assert report.steps[-1].what == "Permission"
    assert (report.steps[-1].fields["days"], report.steps[-1].caution) == (days, caution)


async def test_a_permission_that_has_ended_fails_and_one_without_an_end_is_not_spoken_of() -> None:
    ended = await probed({"type": "taobao", "secret": "s", "expires_at": (NOW - timedelta(seconds=1)).isoformat()})
    assert failure(ended) == "probe.permission_ended"
    assert "Permission" not in [step.what for step in (await probed({"type": "taobao", "secret": "s"})).steps]
