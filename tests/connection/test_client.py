from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from engine.connection.client import HttpClient
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.http import HttpRequest, HttpResponse
from tests.connection.serving import Handler, served

HERE = AddressGuard(["127.0.0.0/8"])
SECRETS = {"Authorization": "Bearer s", "X-Shopify-Access-Token": "s", "Idempotency-Key": "k", "Content-Type": "application/json"}


async def sent(request: HttpRequest, guard: AddressGuard = HERE) -> HttpResponse:
    async with HttpClient(guard, timeout=5) as client:
        return await client.send(request)


async def failure(request: HttpRequest, guard: AddressGuard = HERE) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        await sent(request, guard)
    return caught.value


async def echo(request: web.Request) -> web.Response:
    body = f"{request.method} {request.path_qs} {(await request.read()).decode()}"
    return web.Response(text=body, status=201, headers={f"Saw-{name}": value for name, value in request.headers.items()})


async def test_a_request_arrives_as_it_was_made_and_the_answer_comes_back() -> None:
    async with served(echo) as url:
        answer = await sent(HttpRequest("POST", url + "/orders?a=%E4%B8%AD", {"Idempotency-Key": "k"}, b"{}"))
    assert (answer.status, answer.body, answer.headers["saw-idempotency-key"]) == (201, b"POST /orders?a=%E4%B8%AD {}", "k")


async def test_nothing_is_sent_that_nobody_asked_for() -> None:
    async with served(echo) as url:
        answer = await sent(HttpRequest("GET", url))
    assert {name for name in answer.headers if name.startswith("saw-")} == {"saw-host", "saw-user-agent"}


async def test_cookies_are_not_kept() -> None:
    async def handler(request: web.Request) -> web.Response:
        answer = web.Response(text=request.headers.get("Cookie", "none"))
        answer.set_cookie("session", "1")
        return answer

    async with served(handler) as url, HttpClient(HERE) as client:
        await client.send(HttpRequest("GET", url))
        assert (await client.send(HttpRequest("GET", url))).body == b"none"


async def test_a_private_address_is_refused_before_anything_is_sent() -> None:
    calls: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        calls.append(request.path)
        return web.Response()

    async with served(handler) as url:
        for address in (url, url.replace("127.0.0.1", "localhost")):
            failed = await failure(HttpRequest("GET", address), AddressGuard())
            assert (failed.problem.code, failed.maybe_sent) == ("address.refused", False)
    assert calls == []


async def test_an_allowed_name_is_reached() -> None:
    async with served(echo) as url:
        assert (await sent(HttpRequest("GET", url.replace("127.0.0.1", "localhost")))).status == 201


async def test_a_closed_port_is_unreachable_and_nothing_was_sent() -> None:
    failed = await failure(HttpRequest("POST", f"http://127.0.0.1:{unused_port()}/?key=s3cret", body=b"x"))
    assert (failed.problem.code, failed.retriable, failed.maybe_sent) == ("http.unreachable", True, False)
    assert "s3cret" not in str(failed)


@pytest.mark.parametrize(
    "request_", [HttpRequest("GET", "http://127.0.0.1:9/", {"X": "a\r\nY: b"}), HttpRequest("G T", "http://127.0.0.1:9/")]
)
async def test_a_request_that_is_no_http_is_refused_for_good(request_: HttpRequest) -> None:
    async with served(echo) as url:
        failed = await failure(replace(request_, url=url))
    assert (failed.problem.code, failed.retriable) == ("http.bad_request", False)


async def test_a_connection_that_breaks_off_may_have_delivered() -> None:
    async def handler(request: web.Request) -> web.Response:
        await request.read()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with served(handler) as url:
        failed = await failure(HttpRequest("POST", url, body=b"x"))
    assert (failed.problem.code, failed.retriable, failed.maybe_sent) == ("http.unreachable", True, True)


async def test_an_answer_that_does_not_come_is_a_timeout() -> None:
    never = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    async with served(handler) as url:
        failed = await failure(HttpRequest("POST", url, timeout=0.1))
        never.set()
    assert (failed.problem.code, failed.retriable, failed.maybe_sent) == ("http.timeout", True, True)


@pytest.mark.parametrize("chunked", [False, True])
async def test_an_answer_beyond_the_limit_is_refused_not_cut(chunked: bool) -> None:
    async def handler(request: web.Request) -> web.Response:
        answer = web.Response(body=b"x" * (1024 * 1024 + 1))
        if chunked:
            answer.enable_chunked_encoding()
        return answer

    async with served(handler) as url:
        failed = await failure(HttpRequest("GET", url))
    assert (failed.problem.code, failed.retriable) == ("http.too_large", False)


async def test_a_compressed_answer_counts_unpacked() -> None:
    async def handler(request: web.Request) -> web.Response:
        size = int(request.query["size"])
        return web.Response(body=gzip.compress(b"x" * size), headers={"Content-Encoding": "gzip"})

    async with served(handler) as url:
        assert (await sent(HttpRequest("GET", url + "/?size=5"))).body == b"xxxxx"
        assert (await failure(HttpRequest("GET", url + "/?size=9000000"))).problem.code == "http.too_large"


def redirecting(status: int, location: str | None = None) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/end":
            return await echo(request)
        return web.Response(status=status, headers={"Location": location or "/end"})

    return handler


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_get_follows_redirects_to_the_same_origin_with_its_headers(status: int) -> None:
    async with served(redirecting(status)) as url:
        answer = await sent(HttpRequest("GET", url + "/start", SECRETS))
    assert answer.body == b"GET /end "
    assert answer.headers["saw-authorization"] == "Bearer s"


@pytest.mark.parametrize("status", [307, 308])
async def test_a_post_is_repeated_with_its_body_where_the_redirect_says_so(status: int) -> None:
    async with served(redirecting(status)) as url:
        assert (await sent(HttpRequest("POST", url + "/start", body=b"x"))).body == b"POST /end x"


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_post_is_never_turned_into_a_get(status: int) -> None:
    async with served(redirecting(status)) as url:
        failed = await failure(HttpRequest("POST", url + "/start", body=b"x"))
    assert (failed.problem.code, failed.retriable) == ("http.redirect", False)


async def test_another_origin_gets_no_secret_header() -> None:
    async with served(echo) as other, served(redirecting(307, other + "/end")) as url:
        answer = await sent(HttpRequest("POST", url + "/start", SECRETS, b"x"))
    seen = {name for name in answer.headers if name.startswith("saw-")}
    assert seen >= {"saw-idempotency-key", "saw-content-type"}
    assert not seen & {"saw-authorization", "saw-x-shopify-access-token"}


@pytest.mark.parametrize("location", ["http://10.0.0.1/", "http://169.254.169.254/latest", "file:///etc/passwd", "http://2130706433/"])
async def test_each_hop_is_checked_again(location: str) -> None:
    async with served(redirecting(302, location)) as url:
        assert (await failure(HttpRequest("GET", url + "/start"))).problem.code == "address.refused"


async def test_redirects_without_end_are_given_up() -> None:
    async with served(redirecting(302, "/start")) as url:
        assert (await failure(HttpRequest("GET", url + "/start"))).problem.code == "http.redirect"


async def test_a_status_that_only_looks_like_a_redirect_is_an_answer() -> None:
    async with served(redirecting(304)) as url:
        assert (await sent(HttpRequest("GET", url + "/start"))).status == 304


async def test_connections_to_one_host_are_pooled_and_limited() -> None:
    peers: set[object] = set()

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response()

    async with served(handler) as url, HttpClient(HERE, per_host=2) as client:
        await asyncio.gather(*(client.send(HttpRequest("GET", url)) for _ in range(10)))
    assert len(peers) <= 2
