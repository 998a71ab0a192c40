"""Numbers, times and bodies at the edge of what can be computed: always an answer that says what is wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from engine.app import Orderloom
from engine.settings import Settings
from tests.designer.conftest import KEY
from tests.designer.one_app import app_around

HUGE = "9" * 30
NUMBERS = [HUGE, "9" * 5000, str(2**63)]
HTML = {"Accept": "text/html"}
DEEP = [b"[" * 100_000, b'{"a":' * 5000, b'{"name":' * 5000]
LATE, EARLY = "9999-12-31T23:59:59%2B14:00", "0001-01-01T00:00:00"


@pytest.fixture
def orderloom(tmp_path: Path) -> Orderloom:
    """On SQLite, where a number has 63 bits."""
    return Orderloom.at(Settings(data=tmp_path, connections={"own_shop": {"type": "own_shop", "secret": "whsec_dGhlIHNlY3JldA=="}}))


@pytest.fixture
async def app(orderloom: Orderloom) -> AsyncIterator[Litestar]:
    async with orderloom:
        await orderloom.start()
        yield app_around(orderloom, KEY)


@pytest.fixture
async def owner(app: Litestar, flow: dict[str, Any]) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {KEY}"}) as client:
        await client.put("/api/flows/small/draft", json=flow)
        yield client


@pytest.mark.parametrize(
    "address",
    [
        *(
            f"/api/{what}?{end}"
            for what in ("runs", "events")
            for end in (f"since={EARLY}", f"until={LATE}", f"since={LATE}", f"until={EARLY}%2B14:00")
        ),
        *(
            f"/{what}?within=own&{end}"
            for what in ("runs", "events")
            for end in ("since=0001-01-01", "until=9999-12-31", "since=9999-12-31T23:00-12:00")
        ),
        "/orders?within=own&since=0001-01-01&until=9999-12-31",
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
async def test_a_span_beyond_the_calendar_is_a_span(owner: AsyncClient, address: str, zone: str) -> None:
    answer = await owner.get(address, headers={**HTML, "Cookie": f"zone={zone}"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "address",
    [
        "/flows/small/canvas?run={}",
        "/flows/small/canvas?version={}",
        "/flows/small?version={}",
        "/flows/small/file?version={}",
        "/runs/{}",
        "/api/runs/{}",
        "/api/runs/{}/steps",
        "/api/incidents/{}",
        "/api/flows/small/versions/{}",
    ],
)
async def test_a_number_that_is_too_large_is_unknown(owner: AsyncClient, address: str, number: str) -> None:
    answer = await owner.get(address.format(number), headers=HTML)
    assert answer.status_code == 404 or (answer.status_code == 400 and len(number) > 4300), answer.text


async def test_a_version_that_is_too_large_cannot_be_published_or_restored(owner: AsyncClient) -> None:
    huge = {"version": int(HUGE)}
    for answer in (
        await owner.post("/api/flows/small/publication", json=huge),
        await owner.post("/api/flows/small/draft/restoration", json=huge),
        await owner.post("/flows/small/publication", data={"version": HUGE}),
        await owner.post(f"/runs/{HUGE}/cancellation", data={"back": "/runs"}),
        await owner.post(f"/api/runs/{HUGE}/cancellation"),
    ):
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("body", DEEP, ids=["list", "object", "name"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/flows"),
        ("POST", "/api/flows/small/publication"),
        ("POST", "/api/flows/small/draft/restoration"),
        ("POST", "/api/incidents/1/resumption"),
        ("POST", "/api/flows/small/check"),
        ("PUT", "/api/flows/small/draft"),
    ],
)
async def test_a_body_that_is_nested_too_deeply_is_refused_by_name(owner: AsyncClient, method: str, path: str, body: bytes) -> None:
    answer = await owner.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "body.too_deep")


@pytest.mark.parametrize("path", ["/api/flows", "/api/flows/small/draft", "/flows"])
async def test_a_client_that_hangs_up_is_no_fault_of_ours(app: Litestar, path: str, caplog: pytest.LogCaptureFixture) -> None:
    messages = iter([{"type": "http.request", "body": b'{"na', "more_body": True}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {KEY}".encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "method": "PUT" if path.endswith("draft") else "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "scheme": "http", "http_version": "1.1", "root_path": "",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    with caplog.at_level(logging.INFO):
        await app(scope, receive, send)  # pyright: ignore[reportArgumentType]
    assert [record.message for record in caplog.records if record.levelno > logging.INFO] == []
    assert "client gone" in caplog.messages
    assert sent[0]["status"] == 400
