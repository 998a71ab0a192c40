"""Lists over HTTP: by span of time, by page, by mark; from where the last look ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from aiohttp import web

from engine.errors import NodeError
from engine.node.sources import PORTIONS, Feed, Portion, poll
from nodes.connector.http_poll.trigger import HttpList, Passed, after_answer, next_query

from .house import Place, arrived, flow, numbers, phase, until, wrong

NOON = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)


class Shop:
    """Orders by number with the minute of their change; ``asked`` holds the queries. ``failing``: it answers 503."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.failing = False

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        if self.failing:
            return web.json_response({}, status=503)
        page, after = int(request.query.get("page", "1")), int(request.query.get("after", "0"))
        found = self.orders[(page - 1) * 2 : page * 2] if "page" in request.query else self.orders[after : after + 2]
        return web.json_response({"data": {"orders": found, "next": after + len(found)}})


@pytest.fixture
async def shop() -> AsyncIterator[tuple[Shop, Place]]:
    one, app = Shop(), web.Application()
    app.router.add_get("/api/orders", one.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield one, Place({"shop": {"type": "http", "url": f"http://127.0.0.1:{runner.addresses[0][1]}/api"}})
    await runner.cleanup()


def listing(**params: Any) -> bytes:
    given = {"service": {"connection": "shop"}, "path": "/orders", "items_path": "data.orders", "every": "50ms", "key_path": "no", **params}
    return flow("connector.http_list@1", given)


async def test_a_list_is_read_page_by_page_and_what_is_read_twice_is_one_event(shop: tuple[Shop, Place]) -> None:
    one, house = shop
    one.orders = [{"no": f"N{number}"} for number in range(5)]
    async with house.open() as app:
        await app.publish(listing(page_param="page", since_param="since", query={"status": "paid"}), note="", actor="owner")
        assert await arrived(app, 5) == [f"N{number}" for number in range(5)]
        await until(lambda: len(one.asked) > 8)
        assert len(await numbers(app)) == 5
        assert {query["page"] for query in one.asked} == {"1", "2", "3", "4"}
        assert {query["status"] for query in one.asked} == {"paid"}
        one.orders.append({"no": "new"})
        assert (await arrived(app, 6))[-1] == "new"


async def test_a_mark_leads_on_over_a_restart(shop: tuple[Shop, Place]) -> None:
    one, house = shop
    one.orders = [{"no": f"N{number}"} for number in range(5)]
    async with house.open() as app:
        await app.publish(listing(cursor_param="after", next_path="data.next"), note="", actor="owner")
        await arrived(app, 5)
        await until(lambda: one.asked[-1].get("after") == "5")
    one.asked.clear()
    one.orders.append({"no": "N5"})
    async with house.open() as app:
        assert (await arrived(app, 6))[-1] == "N5"
        assert one.asked[0]["after"] == "5"


async def test_a_service_that_fails_is_shown_and_asked_again(shop: tuple[Shop, Place]) -> None:
    one, house = shop
    one.failing, one.orders = True, [{"no": "A"}]
    async with house.open() as app:
        await app.publish(listing(), note="", actor="owner")
        await until(lambda: phase(app) == "broken")
        problem = wrong(app)
        assert (problem.code, problem.fields["status"]) == ("poll.status", 503)
        one.failing = False
        assert await arrived(app, 1) == ["A"]


def params(**more: Any) -> HttpList:
    return HttpList.model_validate({"service": {"connection": "shop"}, **more})


def test_a_span_of_time_begins_before_the_last_one_ended() -> None:
    spans = params(since_param="from", until_param="to", overlap="5m", time_format="seconds", page_param="p")
    query, span = next_query(spans, None, NOON)
    assert query == {"from": str(int(NOON.timestamp()) - 300), "to": str(int(NOON.timestamp())), "p": "1"}
    _, ahead, more = after_answer(spans, span, [{"no": 1}])
    assert more
    query, _ = next_query(spans, ahead, datetime(2026, 1, 16, 12, 30, tzinfo=UTC))
    assert (query["p"], query["to"]) == ("2", str(int(NOON.timestamp())))
    _, ended, more = after_answer(spans, ahead, [])
    assert not more
    query, _ = next_query(spans, ended, datetime(2026, 1, 16, 13, 0, tzinfo=UTC))
    assert query == {"from": str(int(NOON.timestamp()) - 300), "to": str(int(NOON.timestamp()) + 3600), "p": "1"}


def test_everything_is_asked_for_without_a_beginning() -> None:
    assert next_query(params(since_param="from", begin="everything"), None, NOON)[0] == {}


def test_a_mark_within_a_span_of_time_is_forgotten_with_it() -> None:
    marks = params(since_param="from", cursor_param="c", next_path="next", items_path="items")
    _, span = next_query(marks, None, NOON)
    _, ahead, more = after_answer(marks, span, {"items": [1], "next": "x"})
    assert more
    assert next_query(marks, ahead, NOON)[0]["c"] == "x"
    _, ended, more = after_answer(marks, ahead, {"items": [1], "next": ""})
    assert not more
    assert "c" not in next_query(marks, ended, NOON)[0]


MARKS = {"since_param": "from", "cursor_param": "c", "next_path": "next", "items_path": "items"}


def test_a_new_mark_leads_on_behind_an_empty_page_of_a_span_of_time() -> None:
    marks = params(**MARKS)
    _, span = next_query(marks, None, NOON)
    items, ahead, more = after_answer(marks, span, {"items": [], "next": "x"})
    assert (items, more, ahead["mark"]) == ([], True, "x")


def test_without_a_span_of_time_the_look_after_an_empty_page_goes_on_from_its_mark() -> None:
    marks = params(**{**MARKS, "since_param": None})
    _, span = next_query(marks, None, NOON)
    _, ahead, more = after_answer(marks, span, {"items": [], "next": "x"})
    assert not more
    assert next_query(marks, ahead, NOON)[0] == {"c": "x"}


def test_marks_that_go_in_a_circle_end_the_look() -> None:
    marks, passed = params(**MARKS), Passed()
    _, span = next_query(marks, None, NOON)
    asked = []
    for mark in ("A", "B", "A"):
        _, ahead, more = after_answer(marks, span, {"items": [mark], "next": mark}, passed)
        passed.add(span["mark"], [mark])
        asked.append(more)
        span = ahead
    assert asked == [True, True, False]


async def test_a_service_that_heeds_no_page_number_is_asked_twice_a_look(shop: tuple[Shop, Place]) -> None:
    one, house = shop
    one.orders = [{"no": "N0"}, {"no": "N1"}]
    async with house.open() as app:
        await app.publish(listing(page_param="p", every="1h"), note="", actor="owner")
        await arrived(app, 2)
        await asyncio.sleep(0.3)
        assert [query["p"] for query in one.asked] == ["1", "2"]


async def test_what_never_ends_is_looked_at_without_a_pause_only_so_often_and_goes_on_from_there() -> None:
    feed, looked = Pausing(), []

    async def look(cursor: Any) -> Portion:
        looked.append(cursor)
        return Portion([], (cursor or 0) + 1, more=True)

    with pytest.raises(Paused):
        await poll(cast("Feed", feed), 1.0, look)
    assert len(looked) == PORTIONS
    assert feed.kept == PORTIONS


class Paused(Exception):
    """The first pause."""


class Pausing:
    """A feed that ends with the first pause."""

    kept: Any = None

    async def cursor(self) -> Any:
        return self.kept

    def connected(self) -> None:
        """Nobody looks at it."""

    async def take(self, deliveries: Any, *, cursor: Any) -> None:
        del deliveries
        self.kept = cursor

    async def sleep(self, seconds: float) -> None:
        raise Paused(seconds)


async def test_an_item_that_is_nested_too_deep_parks_alone(shop: tuple[Shop, Place]) -> None:
    one, house = shop
    deep: Any = {}
    for _ in range(70):
        deep = {"in": deep}
    one.orders = [{"no": "A"}, {"no": "deep", "more": deep}, {"no": "B"}]
    async with house.open() as app:
        await app.publish(listing(page_param="page"), note="", actor="owner")
        found = await arrived(app, 3)
        assert {"A", "B"} <= set(found)
        assert phase(app) == "connected"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("<html>", "poll.unreadable"),
        ('[{"no": "\\ud800"}]', "poll.unreadable"),
        ('["\ufffd"]', "poll.unreadable"),
        ("[" * 5000 + "]" * 5000, "body.too_deep"),
        ({"data": 1}, "poll.no_list"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_apart_from_one_without_a_list(answer: Any, code: str) -> None:
    _, span = next_query(params(), None, NOON)
    with pytest.raises(NodeError) as caught:
        after_answer(params(), span, answer)
    assert caught.value.problems[0].code == code
