"""Pages and JSON are sent small; hooks and streams are left as they are."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Response, get
from litestar.response import ServerSentEvent, Stream
from litestar.routes import HTTPRoute

from designer.app import create_app
from designer.compression import SMALL, accepts, best_of, compressed, gzipped, packed
from engine.app import Orderloom

LONG = {"text": "order " * SMALL}


@get("/long")
async def long() -> dict[str, str]:
    return LONG


@get("/short")
async def short() -> dict[str, str]:
    return {"text": "order"}


@get("/packed")
async def sent_packed() -> Response[bytes]:
    return Response(gzipped(b"x" * SMALL), media_type="text/html", headers={"Content-Encoding": "gzip"})


@get("/picture")
async def picture() -> Response[bytes]:
    return Response(b"x" * SMALL * 2, media_type="image/png")


@get("/streamed")
async def streamed() -> Stream:
    return Stream(_parts(), media_type="text/html")


@get("/events")
async def events() -> ServerSentEvent:
    return ServerSentEvent(_parts())


async def _parts() -> AsyncIterator[str]:
    yield "order " * SMALL
    yield "end"


APP = Litestar([long, short, sent_packed, picture, streamed, events], middleware=[compressed], openapi_config=None)


async def ask(path: str, wish: str = "gzip, deflate, br") -> Any:
    async with AsyncClient(transport=ASGITransport(APP), base_url="http://127.0.0.1", headers={"Accept-Encoding": wish}) as client:  # pyright: ignore[reportArgumentType]
        return await client.get(path)


async def test_a_long_answer_is_compressed_for_those_who_ask() -> None:
    answer = await ask("/long")
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(answer.headers["content-length"]) < SMALL
    assert answer.json() == LONG


async def test_the_smaller_encoding_is_taken_where_both_are_allowed() -> None:
    answer = await ask("/long", "gzip, deflate, br, zstd")
    assert answer.headers["content-encoding"] == "zstd"
    assert answer.json() == LONG


async def test_who_does_not_ask_gets_it_plain() -> None:
    answer = await ask("/long", "identity")
    assert "content-encoding" not in answer.headers
    assert answer.json() == LONG


@pytest.mark.parametrize(
    ("path", "encoding"), [("/short", None), ("/packed", "gzip"), ("/picture", None), ("/streamed", None), ("/events", None)]
)
async def test_short_packed_foreign_and_streamed_answers_pass_as_they_are(path: str, encoding: str | None) -> None:
    answer = await ask(path)
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == encoding
    assert answer.content


async def test_the_start_of_a_stream_of_events_is_not_held_back() -> None:
    """A browser must learn that it is connected before anything has happened."""
    sent: list[str] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        sent.append("nothing more yet")

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await compressed(app)({"headers": [(b"accept-encoding", b"gzip")]}, None, send)  # type: ignore[arg-type]
    assert sent == ["http.response.start", "nothing more yet"]


@pytest.mark.parametrize(
    ("wish", "allowed"),
    [
        ("gzip", True), ("br, GZIP;q=0.5", True), ("*", True), ("gzip; q=1.0", True),
        ("", False), ("identity", False), ("gzip;q=0", False), ("gzip;q=0.000", False), ("xgzip", False), ("gzip;q=0, *", False),
    ],
)  # fmt: skip
def test_the_wish_is_read_as_the_standard_says(wish: str, allowed: bool) -> None:
    assert accepts(wish, "gzip") is allowed


def test_the_same_content_gives_the_same_bytes() -> None:
    content = b"order " * 200
    assert gzipped(content) == gzipped(content)
    assert zlib.decompress(gzipped(content), wbits=31) == content


def test_the_smallest_encoding_that_is_allowed_is_taken() -> None:
    ways = packed(b"order " * 1000)
    assert list(ways)[-1] == "identity"
    assert best_of(ways, "gzip, deflate, br, zstd") == min(ways, key=lambda name: len(ways[name]))
    assert best_of(ways, "gzip") == "gzip"
    assert best_of(ways, "br") == "identity"


def test_what_packing_makes_no_smaller_is_kept_plain() -> None:
    assert list(packed(b"short")) == ["identity"]
    assert list(packed(Random(7).randbytes(4000))) == ["identity"]


@pytest.mark.parametrize("path", ["/flows", "/api/nodes", "/schema/openapi.json"])
async def test_pages_and_api_are_compressed(owner: AsyncClient, path: str) -> None:
    answer = await owner.get(path, headers={"Accept-Encoding": "gzip", "Accept": "*/*"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]


async def test_a_page_still_varies_by_what_it_varied_by(owner: AsyncClient) -> None:
    answer = await owner.get("/flows", headers={"Accept-Encoding": "gzip"})
    assert {part.strip() for part in answer.headers["vary"].split(",")} == {"Cookie", "Accept-Language", "Accept-Encoding"}


async def test_the_etag_of_a_draft_is_the_same_however_it_is_sent(owner: AsyncClient, flow: dict[str, Any]) -> None:
    """The browser sends it back with ``If-Match``, which knows nothing of encodings."""
    await owner.put("/api/flows/small/draft", json=flow)
    tags = {(await owner.get("/api/flows/small/draft", headers={"Accept-Encoding": wish})).headers["etag"] for wish in ("gzip", "identity")}
    assert len(tags) == 1


def test_hooks_and_streams_pass_no_compression(orderloom: Orderloom) -> None:
    routes = [route for route in create_app(orderloom, key="k").routes if isinstance(route, HTTPRoute)]
    passing = {route.path for route in routes if any(compressed in handler.resolve_middleware() for handler in route.route_handlers)}
    assert {"/api/runs", "/flows", "/schema/openapi.json"} <= passing
    assert not [path for path in passing if path.startswith(("/hooks", "/health", "/api/live"))]
