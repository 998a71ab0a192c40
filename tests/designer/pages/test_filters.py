"""Filters of lists: what the address says, what is meant, and what the pages show."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from httpx import AsyncClient

from designer.pages.clock import UTC_CLOCK, clock_of, length
from designer.pages.filters import Given, period
from engine.app import Orderloom

from .test_pages import HTML, get

Client = AsyncClient
Sell = Callable[..., Awaitable[int]]
NOW = datetime(2026, 1, 5, 20, 30, tzinfo=UTC)
SHANGHAI = clock_of("Asia/Shanghai")


def test_a_quick_choice_begins_so_long_ago() -> None:
    assert period("hour", None, None, now=NOW, clock=UTC_CLOCK).since == NOW - timedelta(hours=1)
    assert period("week", "2020-01-01T00:00", None, now=NOW, clock=UTC_CLOCK).since == NOW - timedelta(days=7)


def test_today_is_the_readers_day() -> None:
    assert period("today", None, None, now=NOW, clock=UTC_CLOCK).since == datetime(2026, 1, 5, tzinfo=UTC)
    assert period("today", None, None, now=NOW, clock=SHANGHAI).since == datetime(2026, 1, 5, 16, tzinfo=UTC)


def test_a_period_of_ones_own_is_read_on_the_readers_clock() -> None:
    span = period(None, "2026-01-05T08:00", "2026-01-05T00:00:00Z", now=NOW, clock=SHANGHAI)
    assert span.since == span.until == datetime(2026, 1, 5, tzinfo=UTC)
    assert span.filters == {"within": "own", "since": "2026-01-05T08:00", "until": "2026-01-05T08:00"}
    assert span.shown(SHANGHAI) == "2026-01-05 08:00 – 2026-01-05 08:00"


@pytest.mark.parametrize("written", ["yesterday", "2026-13-01T00:00", "9999-12-31T23:59:59-23:00", ""])
def test_a_time_that_cannot_be_read_narrows_nothing(written: str) -> None:
    span = period("own", written, None, now=NOW, clock=UTC_CLOCK)
    assert (span.since, span.until) == (None, None)
    assert not Given("/runs", span.filters).narrowed


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "../../etc/passwd", "/etc/localtime", "x" * 500, "A\x00B"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert clock_of(name) is UTC_CLOCK


def test_one_filter_is_taken_away_and_the_others_stay() -> None:
    given = Given("/runs", {"flow": "a b", "order": None, "within": "own", "since": "2026-01-05T08:00", "until": None})
    assert given.less("flow") == "/runs?within=own&since=2026-01-05T08%3A00"
    assert given.less("within") == "/runs?flow=a+b"
    assert (given.cleared, given.narrowed) == ("/runs", True)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0784, ("ms", 78)),
        (-5, ("ms", 0)),
        (3.26, ("s", 3.3)),
        (54.04, ("s", 54)),
        (150, ("min", 2)),
        (7300, ("h", 2)),
        (200_000, ("d", 2)),
    ],
)
def test_a_duration_is_told_in_the_unit_that_says_it_best(seconds: float, shown: tuple[str, float]) -> None:
    assert length(timedelta(seconds=seconds)) == shown


async def rows(client: Client, path: str) -> int:
    return (await get(client, path)).count('class="tight lead-cell"')


async def test_runs_events_and_orders_are_narrowed_by_time(hub: Client, sell: Sell) -> None:
    await sell()
    for path in ("/runs", "/events", "/orders"):
        assert [await rows(hub, f"{path}?within={choice}") for choice in ("hour", "today", "week")] == [1, 1, 1]
        assert await rows(hub, f"{path}?since=2020-01-01T00:00&until=2020-01-02T00:00") == 0
        assert await rows(hub, f"{path}?since=2020-01-01T00:00") == 1


async def test_filters_hold_together(hub: Client, sell: Sell) -> None:
    await sell(1)
    await sell(2)
    key = re.findall(r"OWN-\d+", await get(hub, "/orders"))[0]
    assert await rows(hub, f"/runs?flow=hub_only&status=done&order={key}&within=hour") == 1
    assert await rows(hub, f"/events?flow=hub_only&trigger=shop&order={key}") == 1
    assert await rows(hub, "/events?trigger=shop&mark=conflict") == 0
    assert await rows(hub, "/orders?channel=own_shop&priority=urgent") == 0


async def test_what_is_set_is_shown_with_a_way_to_take_it_away(hub: Client, sell: Sell) -> None:
    await sell()
    text = await get(hub, "/runs?flow=hub_only&status=done&order=")
    assert re.findall(r'class="taken" href="([^"]+)"', text) == ["/runs?status=done", "/runs?flow=hub_only"]
    assert 'class="clear" href="/runs"' in text
    assert 'class="taken"' not in await get(hub, "/runs?flow=&status=odd")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/runs?status=failed", "No run fits"),
        ("/events?mark=conflict", "No event fits"),
        ("/orders?priority=urgent", "No order fits"),
        ("/incidents?code=http", "No incident fits"),
    ],
)
async def test_an_empty_list_says_why_and_offers_to_clear(hub: Client, sell: Sell, path: str, says: str) -> None:
    await sell()
    text = await get(hub, path)
    assert says in text
    assert re.search(rf'class="button" href="{path.partition("?")[0]}[^"]*">', text)


async def test_incidents_are_narrowed_by_flow_node_code_and_order(published: Client, orderloom: Orderloom) -> None:
    await published.post("/hooks/small/plain", json={"no": "A1"})
    await orderloom.dispatcher.idle()
    (incident,) = (await orderloom.store.incidents()).items
    run = await orderloom.store.run(incident.run_id)
    for query in ("flow=small", "step=good", f"code={incident.code}", f"order={run.order_key.replace('|', '%7C')}"):
        assert 'class="incident"' in await get(published, f"/incidents?{query}"), query
    for query in ("flow=other", "step=bad", "code=nothing", "order=B2", "flow=small&show=skipped"):
        assert 'class="incident"' not in await get(published, f"/incidents?{query}"), query


async def test_an_incident_leads_to_its_node_on_the_canvas(published: Client, orderloom: Orderloom) -> None:
    await published.post("/hooks/small/plain", json={"no": "A1"})
    await orderloom.dispatcher.idle()
    (incident,) = (await orderloom.store.incidents()).items
    link = f"/flows/small/canvas?run={incident.run_id}&amp;step=good"
    assert link in await get(published, "/incidents")
    assert link in await get(published, f"/runs/{incident.run_id}")


async def test_the_tabs_of_incidents_keep_the_other_filters(published: Client) -> None:
    assert 'href="/incidents?show=skipped&amp;flow=small"' in await get(published, "/incidents?flow=small")


async def test_htmx_is_told_the_address_without_empty_fields(owner: Client) -> None:
    answer = await owner.get("/runs?flow=&status=done&order=&within=", headers={**HTML, "HX-Request": "true"})
    assert answer.headers["hx-push-url"] == "/runs?status=done"
    assert "hx-push-url" not in (await owner.get("/runs?status=done", headers=HTML)).headers


async def test_times_are_those_of_the_readers_zone(hub: Client, sell: Sell, orderloom: Orderloom) -> None:
    run = await orderloom.store.run(await sell())
    hub.cookies.set("zone", "Asia%2FShanghai")
    text = await get(hub, "/runs")
    assert SHANGHAI.time(run.accepted_at) in text
    assert 'data-zone="Asia/Shanghai"' in text
    assert "Times are those of Asia/Shanghai." in text


async def test_a_zone_that_nobody_knows_does_no_harm(owner: Client) -> None:
    owner.cookies.set("zone", '"><script>')
    text = await get(owner, "/runs")
    assert "All times are UTC." in text
    assert '"><script>' not in text.replace('"></script>', "")
