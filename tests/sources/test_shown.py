"""What people see of sources: by the API, on pages, in figures; and what a test of a connection tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from engine.app import Orderloom
from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.probe import Prober, ProbeReport
from engine.connection.types import parse_connection
from engine.errors import InputInvalid, SettingsInvalid
from engine.settings import Settings, load_settings
from engine.store.memory import MemoryStore
from tests.designer.one_app import app_around

from .house import flow, phase, until
from .servers import HOST, Cuttable, requires

NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
LOCAL = "127.0.0.0/8"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[tuple[Orderloom, AsyncClient, Path]]:
    inbox = tmp_path / "in"
    inbox.mkdir()
    settings = Settings(connections={"inbox": {"type": "folder", "path": str(inbox)}}, allow_folders=(str(tmp_path),))
    app = Orderloom(settings, MemoryStore())
    web = app_around(app, "k")
    async with app, AsyncClient(transport=ASGITransport(web), base_url="http://127.0.0.1") as client:
        await app.start()
        client.headers["Authorization"] = "Bearer k"
        await app.publish(flow("connector.folder@1", {"folder": {"connection": "inbox"}, "every": "30ms"}), note="", actor="owner")
        await until(lambda: phase(app) == "connected")
        yield app, client, inbox


async def test_a_source_is_shown_by_the_api_with_what_it_took_and_refused(house: Any) -> None:
    app, client, inbox = house
    (inbox / "good.csv").write_text("no\nA\n")
    (inbox / "bad.pdf").write_text("%PDF")
    await until(lambda: (app.sources.states()[0].taken, app.sources.states()[0].refused) == (1, 1))
    (shown,) = (await client.get("/api/sources", params={"flow": "incoming"})).json()["items"]
    assert (shown["flow"], shown["trigger"], shown["use"]) == ("incoming", "source", "connector.folder@1")
    assert (shown["connections"], shown["phase"], shown["taken"], shown["refused"]) == (["inbox"], "connected", 1, 1)
    assert shown["problem"]["code"] == "input.unknown_format"
    assert shown["problem"]["do"]
    assert shown["last_at"] is not None
    assert (await client.get("/api/sources", params={"flow": "other"})).json()["items"] == []
    figures = (await client.get("/metrics")).text
    assert 'orderloom_source_connected{flow="incoming",trigger="source"} 1' in figures
    assert 'orderloom_source_refused_total{flow="incoming",trigger="source"} 1' in figures


@pytest.mark.parametrize(("language", "word"), [("en", "Connected"), ("zh", "已连接")])
async def test_the_pages_of_flow_and_connection_say_how_a_source_is_doing(house: Any, language: str, word: str) -> None:
    _, client, _ = house
    await client.get("/?key=k")
    for path in ("/flows/incoming", "/connections/inbox"):
        page = await client.get(path, headers={"Accept-Language": language})
        assert page.status_code == 200, path
        assert word in page.text, path


async def probed(document: dict[str, Any], guard: AddressGuard | None = None) -> ProbeReport:
    guard = guard or AddressGuard((LOCAL,))

    async def none(_: str) -> list[Any]:
        return []

    async with HttpClient(guard) as client:
        return await Prober(client, guard, lambda: NOW, none).probe("one", parse_connection("one", document))


SERVERS = [
    ({"type": "rabbitmq"}, 5672),
    ({"type": "redis"}, 6379),
    ({"type": "nats"}, 4222),
    ({"type": "mqtt"}, 1883),
    ({"type": "mqtt", "version": "3.1.1"}, 1883),
    ({"type": "database", "kind": "postgresql", "user": "root", "database": "test"}, 5432),
    ({"type": "database", "kind": "mysql", "user": "root", "database": "test"}, 3306),
]
each_server = pytest.mark.parametrize(("document", "port"), SERVERS, ids=str)


@pytest.mark.slow
@each_server
async def test_a_test_of_a_connection_logs_in(document: dict[str, Any], port: int) -> None:
    requires(port, document["type"])
    report = await probed({**document, "host": HOST, "tls": "none"})
    assert report.ok, report.problems
    assert [step.what for step in report.steps][-2:] == ["Encrypting", "Logging in"]


@pytest.mark.slow
@each_server
async def test_a_server_that_breaks_off_at_once_is_told(document: dict[str, Any], port: int) -> None:
    async with Cuttable(port).open() as way:
        way.closed = True
        report = await probed({**document, "host": HOST, "port": way.port, "tls": "none"})
    (problem,) = report.problems
    assert problem.code in ("server.unreachable", "server.lost", "server.timeout")


@pytest.mark.slow
@pytest.mark.parametrize(
    "document",
    [
        {"type": "rabbitmq", "user": "nobody", "secret": "wr0ng/@:word"},
        {"type": "database", "kind": "mysql", "user": "nobody", "secret": "wr0ng/@:word", "database": "test"},
        {"type": "database", "kind": "postgresql", "user": "nobody", "secret": "wr0ng/@:word", "database": "test"},
        {"type": "redis", "user": "nobody", "secret": "wr0ng/@:word"},
    ],
    ids=str,
)
async def test_a_refused_login_is_told_and_the_password_is_not(document: dict[str, Any]) -> None:
    requires(
        {"rabbitmq": 5672, "redis": 6379, "postgresql": 5432, "mysql": 3306}[document.get("kind") or document["type"]], document["type"]
    )
    report = await probed({**document, "host": HOST, "tls": "none"})
    (problem,) = report.problems
    assert problem.code == "server.login"
    assert "wr0ng" not in repr(report)


async def test_a_server_inside_the_own_network_is_reached_only_where_an_administrator_allows_it() -> None:
    for document, port in SERVERS:
        (problem,) = (await probed({**document, "host": HOST, "port": port, "tls": "none"}, AddressGuard())).problems
        assert problem.code == "address.refused"


async def test_a_folder_is_looked_at_and_nothing_is_made_in_it(tmp_path: Path) -> None:
    report = await probed({"type": "folder", "path": str(tmp_path)}, AddressGuard((), [str(tmp_path)]))
    assert report.ok
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240
    (problem,) = (await probed({"type": "folder", "path": str(tmp_path)})).problems
    assert problem.code == "folder.refused"


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (
            {"type": "rabbitmq", "url": "amqps://erp@queue.example.com/shop"},
            {"host": "queue.example.com", "user": "erp", "vhost": "shop", "tls": "tls"},
        ),
        ({"type": "redis", "url": "redis://r.example.com:6380/2"}, {"host": "r.example.com", "port": 6380, "database": 2, "tls": "none"}),
        ({"type": "nats", "url": "nats://n.example.com", "tls": "tls"}, {"host": "n.example.com", "tls": "tls"}),
        (
            {"type": "database", "url": "mysql://erp@db.example.com/shop"},
            {"kind": "mysql", "user": "erp", "database": "shop", "tls": "tls"},
        ),
    ],
)
def test_a_url_stands_for_the_fields_in_it(given: dict[str, Any], fields: dict[str, Any]) -> None:
    kept = parse_connection("one", given).fields()
    assert {name: kept.get(name) for name in fields} == fields


@pytest.mark.parametrize("url", ["http://queue.example.com", "amqp://u:p4ss@queue.example.com", "::", "amqp:"])
def test_a_url_of_another_kind_or_with_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_connection("one", {"type": "rabbitmq", "url": url})
    assert "p4ss" not in str(caught.value)


def test_folders_in_the_settings_are_whole_paths(tmp_path: Path) -> None:
    assert load_settings({"ORDERLOOM_ALLOW_FOLDERS": "/srv/in, /srv/out"}, tmp_path).allow_folders == ("/srv/in", "/srv/out")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings({"ORDERLOOM_ALLOW_FOLDERS": "in"}, tmp_path)
    assert caught.value.problems[0].code == "settings.folder"
