"""What a connection can do, tried without changing anything: the API read, tables counted, the other side's clock compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, cast

from yarl import URL

from engine.connection.addresses import join_url
from engine.connection.channels import BEIJING, Channel, OwnShop, Shopify, Taobao, WooCommerce
from engine.connection.http import HttpRequest, HttpResponse
from engine.connection.probe.answers import Tools, ask
from engine.connection.probe.course import Course, ProbeFailed
from engine.connection.probe.platform import require_taken
from engine.connection.probe.reach import reach_url
from engine.connection.servers import Database
from engine.json_text import write_json
from engine.order.time import utc_text

CLOCK_OFF: Final = 5.0
"""Seconds by which clocks may differ without a word: an answer's date has whole seconds."""
_PATHS: Final[Mapping[type[Channel], tuple[str, tuple[str, str], Mapping[str, str]]]] = {
    Shopify: ("admin/api/2026-01/orders.json", ("updated_at_min", "updated_at_max"), {"limit": "1", "status": "any", "fields": "id"}),
    WooCommerce: (
        "wp-json/wc/v3/orders",
        ("modified_after", "modified_before"),
        {"per_page": "1", "status": "any", "dates_are_gmt": "true", "_fields": "id"},
    ),
    OwnShop: ("orders", ("updated_since", "updated_until"), {"limit": "1"}),
}


async def read_api(course: Course, connection: Channel, tools: Tools) -> None:
    """A list of one order, where the connection has what such a call needs; the answer's status is looked at, its orders are not."""
    now = tools.now()
    request = reading(connection, now)
    if request is None:
        course.tell("API", "not tried: the connection has no address or no token for calls")
        return
    await reach_url(course, request.url, tools.guard, now)
    answer = await ask(course, connection, request, tools)
    with course.step("API", timed=False) as told:
        if answer.status in (401, 403):
            raise ProbeFailed("probe.credentials_refused", status=answer.status)
        if answer.status >= 300:
            raise ProbeFailed("probe.status", status=answer.status)
        if isinstance(connection, Taobao):
            require_taken(answer)
        told("orders can be read")
    tell_clock(course, answer, tools.now())


def reading(connection: Channel, now: datetime) -> HttpRequest | None:
    """A call that lists at most one order and changes nothing; ``None`` where the connection lacks what it needs."""
    if isinstance(connection, Taobao):
        if connection.app_key is None or connection.session is None:
            return None
        span = {"start_modified": _beijing(now - timedelta(minutes=1)), "end_modified": _beijing(now), "page_no": 1, "page_size": 1}
        body = {"method": "taobao.trades.sold.increment.get", "fields": "tid", **span}
        return HttpRequest("POST", connection.address, {}, write_json(body))
    found = _PATHS.get(type(connection))
    token = getattr(connection, "consumer_key", None) if isinstance(connection, WooCommerce) else getattr(connection, "access_token", None)
    if found is None or not connection.address or token is None:
        return None
    path, (since, until), query = found
    window = {since: utc_text(now - timedelta(minutes=1)), until: utc_text(now)}
    return HttpRequest("GET", str(URL(join_url(connection.address, path)).update_query({**window, **query})))


async def read_tables(course: Course, database: Database, tools: Tools) -> None:
    """How many tables the login sees. No row is read."""
    with course.step("Tables") as told:
        async with database.client(tools.guard, glance=True) as client:
            rows = await client.glance()
        told("{count} tables can be read", count=int(rows["tables"]), caution=not rows["tables"])
    _tell_offset(course, cast("datetime", rows["at"]), tools.now())


def tell_clock(course: Course, answer: HttpResponse, now: datetime) -> None:
    """The date of an answer beside our own clock; nothing where the answer has none."""
    try:
        at = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return
    _tell_offset(course, at, now)


def _tell_offset(course: Course, at: datetime, now: datetime) -> None:
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    offset = round((aware - now).total_seconds())
    detail = "{seconds} s from ours" if abs(offset) > CLOCK_OFF else "agrees with ours"
    course.tell("Clock", detail, caution=abs(offset) > CLOCK_OFF, seconds=offset)


def _beijing(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
