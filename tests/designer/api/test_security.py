from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient

from designer.app import create_app
from designer.hosts import is_loopback
from designer.security import COOKIE, Gate, permitted
from engine.access import ACTIONS
from engine.app import Orderloom

Client = AsyncClient
API = [
    "/api/flows",
    "/api/runs",
    "/api/events",
    "/api/incidents",
    "/api/nodes",
    "/api/orders",
    "/api/connections",
    "/api/audit",
    "/api/health",
    "/api/live",
]


def test_every_route_declares_a_known_permission(orderloom: Orderloom) -> None:
    handlers = handlers_of(orderloom)
    assert len(handlers) > 30
    assert [str(handler) for handler in handlers if handler.opt.get("permission") not in ACTIONS] == []


def test_every_route_but_the_hooks_passes_the_guard(orderloom: Orderloom) -> None:
    guards = {handler: [getattr(guard, "func", guard) for guard in handler.resolve_guards()] for handler in handlers_of(orderloom)}
    unguarded = [handler.opt["permission"] for handler, found in guards.items() if permitted not in found]
    assert unguarded == ["hook.deliver"]


def handlers_of(orderloom: Orderloom) -> list[Any]:
    """Of all routes, but for the answers to OPTIONS that the framework makes: they name methods and no more."""
    routes: list[Any] = create_app(orderloom, key="k").routes
    found = [handler for route in routes for handler in getattr(route, "route_handlers", None) or [route.route_handler]]
    return [handler for handler in found if getattr(handler, "http_methods", None) != {"OPTIONS"}]


@pytest.mark.parametrize("path", API)
async def test_the_api_needs_the_key(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["www-authenticate"], answer.json()["type"]) == (401, "Bearer", "access.key_needed")


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic dGhlLWtleQ==", "Bearer 密"])
async def test_a_wrong_key_is_no_key(client: Client, header: str) -> None:
    assert (await client.get("/api/flows", headers={b"Authorization": header.encode()})).status_code == 401


async def test_the_key_in_the_address_is_changed_for_a_cookie(client: Client, bearer: dict[str, str]) -> None:
    key = bearer["Authorization"].removeprefix("Bearer ")
    answer = await client.get("/", params={"key": key}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert key not in cookie
    assert (await client.get("/api/flows")).status_code == 200


async def test_a_wrong_key_in_the_address_sets_no_cookie(client: Client) -> None:
    answer = await client.get("/", params={"key": "wrong"}, follow_redirects=False)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_an_invented_cookie_is_no_session(client: Client) -> None:
    assert (await client.get("/api/flows", headers={"Cookie": f"{COOKIE}=abc"})).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 404),
        ({"Origin": "http://127.0.0.1"}, 404),
    ],
)
async def test_a_write_with_a_cookie_must_come_from_our_own_pages(
    client: Client, bearer: dict[str, str], headers: dict[str, str], status: int
) -> None:
    await client.get("/", params={"key": bearer["Authorization"].removeprefix("Bearer ")}, follow_redirects=False)
    assert (await client.post("/api/runs/1/cancellation", headers=headers)).status_code == status


async def test_a_write_with_the_bearer_key_needs_no_origin(owner: Client) -> None:
    assert (await owner.post("/api/runs/1/cancellation")).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "192.168.1.5", "", "[::1"])
async def test_a_strangers_name_for_this_machine_is_refused(owner: Client, host: str) -> None:
    answer = await owner.get("/api/flows", headers={"Host": host})
    assert (answer.status_code, answer.json()["type"]) == (421, "access.wrong_host")


@pytest.mark.parametrize("host", ["localhost:8420", "127.0.0.1", "[::1]:8420", "LOCALHOST"])
async def test_the_names_of_this_machine_are_served(owner: Client, host: str) -> None:
    assert (await owner.get("/api/flows", headers={"Host": host})).status_code == 200


async def test_hooks_are_served_under_any_name(published: Client) -> None:
    answer = await published.post("/hooks/small/plain", json={"no": "1", "good": True}, headers={"Host": "hooks.example.com"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/flows", "/nowhere", "/health/live", "/static/none.js", "/schema/openapi.json", "/schema/none"])
async def test_every_answer_carries_the_security_headers_once(client: Client, path: str) -> None:
    headers = (await client.get(path, headers={"Accept": "text/html"})).headers
    assert headers.get_list("content-security-policy") == [
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path", ["/schema/none", "/api/none", "/static/none.js", "/static/../app.py", "/hooks", "/hooks/a", "/hooks/a/b/c"]
)
async def test_unknown_paths_get_a_problem_document(owner: Client, path: str) -> None:
    answer = await owner.post(path) if path.startswith("/hooks") else await owner.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert set(answer.json()) == {"type", "title", "status", "detail", "problems"}


async def test_an_unknown_method_names_the_known_ones(owner: Client) -> None:
    answer = await owner.delete("/api/flows")
    assert (answer.status_code, answer.json()["type"]) == (405, "request.method")
    assert "GET" in answer.headers["allow"]


async def test_people_get_a_page_and_programs_a_document(client: Client) -> None:
    assert (await client.get("/nowhere", headers={"Accept": "text/html"})).headers["content-type"].startswith("text/html")
    assert (await client.get("/nowhere")).headers["content-type"] == "application/problem+json"


async def test_a_fault_of_ours_says_a_number_and_nothing_else(owner: Client, orderloom: Orderloom, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(**_: object) -> None:
        raise ValueError("13812345678")

    monkeypatch.setattr(orderloom.store, "flows", broken)
    answer = await owner.get("/api/flows")
    assert (answer.status_code, answer.json()["type"]) == (500, "request.failed")
    assert "13812345678" not in answer.text
    assert "ValueError" not in answer.text


def test_only_this_machines_addresses_are_loopback() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")] == [True] * 5
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", "")] == [False] * 5


def test_another_key_gives_another_session() -> None:
    assert Gate("a").cookie != Gate("b").cookie
