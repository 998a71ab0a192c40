"""The page of a replay, of a rerun, and the button that moves a run."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from designer.pages.clock import clock_of
from designer.pages.replays import Asked, span_of
from engine.app import Orderloom
from engine.errors import InputInvalid

Client = AsyncClient
HTML = {"Accept": "text/html", "Accept-Language": "en"}
PHONE = "19900001234"


@pytest.fixture
async def day(published: Client, orderloom: Orderloom, flow: dict[str, Any]) -> Client:
    """Two orders; the second is parked, which the draft would not do."""
    for item in ({"no": "1", "good": True, "phone": PHONE}, {"no": "2", "phone": PHONE}):
        await published.post("/hooks/small/plain", json=item)
    await orderloom.dispatcher.idle()
    flow["nodes"]["good"]["params"]["when"] = "!has(item.good) || item.good"
    await published.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})
    return published


async def show(client: Client, path: str, **more: Any) -> str:
    answer = await client.get(path, headers={**HTML, **more})
    assert answer.status_code == 200, answer.text
    return answer.text


async def replayed(client: Client, **form: str) -> str:
    answer = await client.post("/flows/small/replays", data=form, headers=HTML)
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    for _ in range(500):
        text = await show(client, place)
        if "every 1s" not in text:
            return text
        await asyncio.sleep(0.01)
    raise AssertionError("the replay did not end")


async def parked_run(client: Client) -> str:
    return (await client.get("/api/runs?state=parked")).json()["items"][0]["id"]


async def test_the_orders_that_differ_are_listed_with_what_they_were_and_would_be(day: Client) -> None:
    text = await replayed(day, within="today", against="draft")
    assert re.search(r"<b>1</b><span>the same", text)
    assert re.search(r"<b>1</b><span>different", text)
    assert f"/runs/{await parked_run(day)}" in text
    assert text.count('class="box"') == 2
    assert "expression.no_such_field" in text
    assert PHONE not in text


async def test_a_version_in_which_nothing_differs_says_so(day: Client) -> None:
    assert "No order would become anything else" in await replayed(day, within="today", against="1")


async def test_the_form_comes_back_with_what_is_wrong(day: Client) -> None:
    answer = await day.post("/flows/small/replays", data={"within": "own", "since": "soon", "against": "draft"}, headers=HTML)
    assert answer.status_code == 422
    assert "replay.bad_span" in answer.text


async def test_a_faulty_draft_is_told_with_all_problems(day: Client, flow: dict[str, Any]) -> None:
    flow["nodes"]["good"]["params"]["when"] = "item."
    await day.put("/api/flows/small/draft", json=flow, headers={"If-Match": "*"})
    answer = await day.post("/flows/small/replays", data={"within": "today"}, headers=HTML)
    assert answer.status_code == 422
    assert "expression.syntax" in answer.text


async def test_the_page_of_a_flow_leads_there_and_the_last_replay_is_found_again(day: Client) -> None:
    assert "/flows/small/replays" in await show(day, "/flows/small")
    assert "Nothing compared yet" in await show(day, "/flows/small/replays")
    await replayed(day, within="today", against="draft")
    assert "Orders that differ" in await show(day, "/flows/small/replays")
    assert "有差异的订单" in await show(day, "/flows/small/replays", **{"Accept-Language": "zh"})


async def test_a_step_of_a_run_is_tried_with_an_edited_item(day: Client) -> None:
    run = await parked_run(day)
    assert f"/runs/{run}/rerun?step=good" in await show(day, f"/runs/{run}")
    assert "Nothing differs" in await show(day, f"/runs/{run}/rerun?step=good")
    form = {"step": "good", "against": "own", "item": "1", "edit": json.dumps({"good": True, "phone": "13900001111"})}
    answer = await day.post(f"/runs/{run}/rerun", data=form, headers=HTML)
    assert answer.status_code == 200
    assert answer.text.count('class="box"') >= 2
    assert PHONE not in answer.text
    wrong = await day.post(f"/runs/{run}/rerun", data={**form, "edit": "{"}, headers=HTML)
    assert (wrong.status_code, "body.unreadable" in wrong.text) == (422, True)


async def test_a_parked_run_is_moved_by_a_button_once_there_is_another_version(day: Client, orderloom: Orderloom) -> None:
    run = await parked_run(day)
    assert "Move to version" not in await show(day, f"/runs/{run}")
    assert (await day.post("/api/flows/small/publication", json={})).status_code == 201
    assert "Move to version 2" in await show(day, f"/runs/{run}")
    answer = await day.post(f"/runs/{run}/move", data={"version": "2"}, headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/runs/{run}")
    await orderloom.dispatcher.idle()
    assert "Moved to version 2." in await show(day, f"/runs/{run}")
    again = await day.post(f"/runs/{run}/move", data={"version": "1"}, headers=HTML)
    assert (again.status_code, "run.not_movable" in again.text) == (409, True)


def test_yesterday_is_a_whole_day_of_the_readers_clock() -> None:
    clock = clock_of("Asia/Shanghai")
    span = span_of(Asked("yesterday"), clock)
    assert span.since is not None
    assert span.until is not None
    assert (clock.time(span.since), clock.time(span.until)) == ("00:00:00", "00:00:00")
    assert span.until - span.since == timedelta(days=1)
    assert span.until <= datetime.now(UTC)


def test_a_span_of_ones_own_needs_a_beginning_and_may_have_no_end() -> None:
    clock = clock_of("Asia/Shanghai")
    span = span_of(Asked("own", "2026-01-16T08:00"), clock)
    assert str(span.since) == "2026-01-16 00:00:00+00:00"
    with pytest.raises(InputInvalid):
        span_of(Asked("own"), clock)
