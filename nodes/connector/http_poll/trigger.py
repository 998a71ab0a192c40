"""A list that another system offers over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, cast

from pydantic import Field

from engine.sdk import (
    Arrival,
    ConnectionRef,
    Delivery,
    Duration,
    Example,
    Feed,
    HttpCall,
    InputInvalid,
    Item,
    NodeError,
    OfType,
    PlainPath,
    Portion,
    by_status,
    get,
    instant,
    poll,
    read_kept,
    trigger,
    utc_text,
    write_json,
)
from nodes.connector.messages import Keyed, keyed_arrival

MARKS: Final = 10_000
"""So many marks of one look are remembered."""


class HttpList(Keyed):
    service: Annotated[ConnectionRef, OfType(("http", "own_shop", "shopify", "wms"))] = Field(
        title="Service", description="The connection with the address and the secrets of the service."
    )
    path: str = Field(default="", max_length=1000, title="Path", description="Below the connection's address, such as /orders.")
    query: dict[str, str] = Field(
        default_factory=dict[str, str], title="Parameters", description="Of the query, the same each time, such as status: paid."
    )
    items_path: PlainPath | None = Field(
        default=None, title="Where the list is", description="The field of the answer that holds the list. Empty: the answer is the list."
    )
    every: Duration = Field(default=timedelta(minutes=1), title="Ask every", description="How often the list is asked for.")
    since_param: str | None = Field(
        default=None, max_length=100, title="From when", description="The parameter that says from which time of change on. Empty: none."
    )
    until_param: str | None = Field(
        default=None, max_length=100, title="Until when", description="The parameter that says until which time of change. Empty: none."
    )
    time_format: Literal["iso", "seconds", "milliseconds"] = Field(
        default="iso",
        title="Times as",
        description="As 2026-01-16T03:04:05Z, or as seconds or milliseconds since 1970.",
        json_schema_extra={"enumTitles": {"iso": "ISO 8601", "seconds": "seconds since 1970", "milliseconds": "milliseconds since 1970"}},
    )
    overlap: Duration = Field(
        default=timedelta(minutes=5), title="Look back", description="Each span of time begins so much earlier, for what shows up late."
    )
    begin: Literal["everything", "now"] = Field(
        default="now",
        title="Begin with",
        description="Everything that the service has, or only what changes from now on.",
        json_schema_extra={"enumTitles": {"everything": "with the whole list", "now": "with what comes now"}},
    )
    page_param: str | None = Field(
        default=None,
        max_length=100,
        title="Page number",
        description="The parameter for the number of the page, 1 for the first. Empty: none.",
    )
    cursor_param: str | None = Field(
        default=None,
        max_length=100,
        title="Mark of the next page",
        description="The parameter that takes the mark of the page. Empty: none.",
    )
    next_path: PlainPath | None = Field(
        default=None, title="Where the mark is", description="The field of the answer that holds the mark of the next page."
    )


def next_query(params: HttpList, cursor: Mapping[str, Any] | None, now: datetime) -> tuple[dict[str, str], dict[str, Any]]:
    """The query of the next request, and the span of time that it belongs to: ``since``, ``until``, ``page``, ``mark``. Pure."""
    known: dict[str, Any] = dict(cursor or {"ended": True, "mark": None})
    if known.get("ended"):
        earlier = instant(known["until"]) if "until" in known else now if params.begin == "now" else None
        since = None if earlier is None else utc_text(earlier - params.overlap)
        known = {"since": since, "until": utc_text(now), "page": 1, "mark": known["mark"]}
    query = dict(params.query)
    if params.since_param and known["since"]:
        query[params.since_param] = _time(known["since"], params)
    if params.until_param:
        query[params.until_param] = _time(known["until"], params)
    if params.page_param:
        query[params.page_param] = str(known["page"])
    if params.cursor_param and known["mark"] is not None:
        query[params.cursor_param] = str(known["mark"])
    return query, known


@dataclass(slots=True)
class Passed:
    """What the pages of one look showed so far: the marks that they were asked with, and the items of the last one."""

    marks: set[str] = field(default_factory=set[str])
    items: list[Any] | None = None

    def add(self, mark: Any, items: list[Any]) -> None:
        if len(self.marks) >= MARKS:
            self.marks.clear()
        self.marks.add(str(mark))
        self.items = items


def after_answer(
    params: HttpList, span: Mapping[str, Any], body: Any, passed: Passed | None = None
) -> tuple[list[Any], dict[str, Any], bool]:
    """The items of an answer, how far the list is read with it, and whether there is another page. Raises ``NodeError``. Pure.

    ``passed``: what the pages before it showed. Without a span of time the last mark leads on from round to round.
    """
    read = _read(body)
    answer = cast("Item", read) if isinstance(read, dict) else {}
    items = _as_list(read if params.items_path is None else get(answer, params.items_path, None))
    if items is None:
        raise NodeError("poll.no_list", path=params.items_path or "–")
    mark = (get(answer, params.next_path, None) or None) if params.next_path else None
    more = _has_next_page(params, items, passed or Passed()) or _leads_on(params, span, mark, items, passed or Passed())
    if more:
        ahead = {**span, "page": span["page"] + 1, "mark": mark}
    else:
        ahead = {**span, "ended": True, "mark": None if params.since_param else mark or span["mark"]}
    return items, ahead, more


def _has_next_page(params: HttpList, items: list[Any], passed: Passed) -> bool:
    """Page numbers end with an empty page, or with the page before once more: the service does not heed them."""
    return params.page_param is not None and bool(items) and items != passed.items


def _leads_on(params: HttpList, span: Mapping[str, Any], mark: Any, items: list[Any], passed: Passed) -> bool:
    """A new mark leads on behind an empty page too. Where the mark is kept from look to look, the next look goes on from there."""
    if params.cursor_param is None or mark is None or str(mark) in {*passed.marks, str(span["mark"])}:
        return False
    return bool(items) or params.since_param is not None


def _read(body: Any) -> Any:
    """Text is an answer that could not be read as a whole. One that is only too deep is read: an odd item holds up no other."""
    if not isinstance(body, str):
        return body
    if "\ufffd" in body:
        raise NodeError("poll.unreadable", reason="not UTF-8", rule="json_utf8")
    try:
        return read_kept(body.removeprefix("\ufeff"))
    except InputInvalid as error:
        problem = error.problems[0]
        if problem.code == "body.too_deep":
            raise NodeError(problem.code, **problem.fields) from None
        raise NodeError("poll.unreadable", **problem.fields) from None


def _as_list(value: Any) -> list[Any] | None:
    return cast("list[Any]", value) if isinstance(value, list) else None


async def consume_list(params: HttpList, feed: Feed) -> None:
    passed = Passed()

    async def look(cursor: Any) -> Portion:
        nonlocal passed
        if cursor is None or cursor.get("ended"):
            passed = Passed()
        query, span = next_query(params, cursor, feed.now())
        answer = await feed.http(params.service, HttpCall("GET", params.path, query=query))
        if by_status(answer) != "done":
            raise NodeError("poll.status", status=answer.status)
        items, ahead, more = after_answer(params, span, answer.body, passed)
        passed.add(span["mark"], items)
        return Portion([Delivery(write_json(item)) for item in items], ahead, more)

    await poll(feed, params.every.total_seconds(), look)


def _time(text: str, params: HttpList) -> str:
    moment = instant(text)
    if params.time_format == "iso" or moment is None:
        return text
    seconds = int(moment.timestamp())
    return str(seconds if params.time_format == "seconds" else seconds * 1000)


@trigger(
    "connector.http_list",
    version=1,
    label="List over HTTP",
    starts="source",
    consume=consume_list,
    icon="refresh-cw",
    examples=(
        Example(
            {"service": {"connection": "erp"}, "path": "/orders", "items_path": "orders", "since_param": "updated_since", "key_path": "no"},
            [{"no": "A-1", "total": "80.00"}],
            {"out": [{"no": "A-1", "total": "80.00"}]},
            event={"channel": "messages", "order_id": "A-1"},
            title="What changed since the last time",
        ),
        Example(
            {"service": {"connection": "erp"}, "path": "/events", "cursor_param": "after", "next_path": "next", "key_path": "id"},
            [{"id": 7}],
            {"out": [{"id": 7}]},
            event={"order_id": "7"},
            title="From mark to mark",
        ),
    ),
)
def http_list(delivery: Delivery, params: HttpList) -> Arrival:
    """Starts the flow with each item of a list that another system offers. How far it was read is kept; what is read twice is one event."""
    return keyed_arrival(delivery, params)
