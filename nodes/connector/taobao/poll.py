"""Taobao orders by asking: what changed since the last look, then each trade whole.

The list is newest first, and an order that changes leaves its window: pages are read from the last to the first, as the platform's
documentation advises, so that nothing moves past the reader. A window that fits on one page costs one call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import (
    RAW_ORDER,
    Arrival,
    Asks,
    ConnectionRef,
    Day,
    Delivery,
    Duration,
    Example,
    Feed,
    Item,
    Look,
    NodeError,
    OfType,
    Params,
    Portion,
    instant,
    poll,
    replaces,
    trigger,
    write_json,
)
from nodes.connector.arrivals import first_text, item_of, text_at
from nodes.connector.asking import ask
from nodes.connector.day_list import day_list
from nodes.connector.samples import form, sample
from nodes.connector.taobao.calls import LONGEST, detail_call, has_next, list_call, pages_of, read, rows_of
from nodes.connector.taobao.canonical import taobao_order
from nodes.connector.taobao.fields import KNOWN
from nodes.connector.taobao.trigger import ENVELOPES, RAW, trade_arrival
from nodes.connector.windows import Listed, Rules, Window, window

AT_ONCE: Final = 5
"""Trades that are asked for at the same time."""
_ZONE: Final = "+08:00"


class TaobaoPoll(Params):
    shop: Annotated[ConnectionRef, OfType(("taobao",))] = Field(
        title="Shop", description="The connection of the shop, with App Key, App Secret and session."
    )
    every: Duration = Field(
        default=timedelta(minutes=1), gt=timedelta(0), title="Ask every", description="How often the list is asked for."
    )
    overlap: Duration = Field(
        default=timedelta(minutes=15),
        le=timedelta(hours=12),
        title="Look back",
        description=(
            "Once in a fifth of this time a look goes back so far, those in between go back a minute. "
            "Covers orders that show up late, and a clock that is ahead."
        ),
    )
    begin: Duration = Field(
        default=timedelta(days=1), le=timedelta(days=89), title="Begin with", description="How far back the first look goes, up to 89d."
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A trade as the list shows it."""

    tid: str
    modified: str
    listed: Listed
    shown: Item
    created: str | None = None

    def may_be_of(self, day: Day) -> bool:
        """Whether it was made on the day, or its list does not say when."""
        try:
            made = instant(self.created, _ZONE)
        except NodeError:
            return True
        return made is None or day.since <= made < day.until


async def consume_taobao(params: TaobaoPoll, feed: Feed) -> None:
    await poll(feed, params.every.total_seconds(), looking(params.shop, Rules(params.overlap, params.begin, LONGEST), feed))


def looking(shop: ConnectionRef, rules: Rules, asks: Asks, day: Day | None = None) -> Look:
    """Each trade that has to be fetched is a call: of a ``day`` only those that were made on it are, and that its list does not settle."""

    async def look(cursor: Any) -> Portion:
        now = asks.now()
        span = window(rules, cursor, now)
        rows, page = await _page(shop, asks, span, whole=day is not None)
        wanted = {listed.name for listed in span.unseen(row.listed for row in rows)}
        fresh = [row for row in reversed(rows) if row.listed.name in wanted]
        deliveries = await _details(shop, asks, [row for row in fresh if day is None or row.may_be_of(day)], day)
        span = span.with_taken(row.listed for row in fresh)
        if page > 1:
            return Portion(deliveries, span.at(page - 1), more=True)
        return Portion(deliveries, span.ended(), more=span.behind(now))

    return look


async def _page(shop: ConnectionRef, asks: Asks, span: Window, *, whole: bool) -> tuple[list[_Row], int]:
    """The rows of the page to read now, and its number; the first page comes last."""
    if span.mark is None:
        answer = await ask(asks, shop, list_call(span.since, span.until, 1, whole=whole), read)
        rows = _rows(answer)
        if not has_next(answer, rows):
            return rows, 1
        counted = await ask(asks, shop, list_call(span.since, span.until, 1, counted=True), read)
        page = max(pages_of(counted), 2)
    else:
        page = int(span.mark)
    return _rows(await ask(asks, shop, list_call(span.since, span.until, page, whole=whole), read)), page


def _rows(answer: Item) -> list[_Row]:
    """Raises ``NodeError`` with ``poll.no_list`` for no list, and for a row without number or time: going on would lose it."""
    rows: list[_Row] = []
    for row in rows_of(answer):
        tid, modified = first_text(row, "tid_str", "tid"), text_at(row, "modified")
        changed = instant(modified, _ZONE)
        if tid is None or modified is None or changed is None:
            raise NodeError("poll.no_list", path="trades.trade[].tid, trades.trade[].modified")
        rows.append(_Row(tid, modified, Listed(f"{tid}@{modified}", changed), row, text_at(row, "created")))
    return rows


async def _details(shop: ConnectionRef, asks: Asks, rows: Sequence[_Row], day: Day | None) -> list[Delivery]:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(row: _Row) -> Delivery:
        as_listed: Item = {"trade": row.shown}
        if day is not None and day.settles(as_listed):
            return Delivery(write_json(as_listed))
        async with slots:
            return Delivery(write_json(await _trade(shop, asks, row)))

    return list(await asyncio.gather(*(one(row) for row in rows)))


async def _trade(shop: ConnectionRef, asks: Asks, row: _Row) -> Item:
    """The trade whole. One that the platform does not give becomes an event that says so: it must not hold up or hide the others."""
    try:
        answer = await ask(asks, shop, detail_call(row.tid), read)
    except NodeError as error:
        if error.problem.code != "order.error_response":
            raise
        return {"tid_str": row.tid, "modified": row.modified, "error_response": {"sub_code": error.problem.fields["error"]}}
    return {"trade_fullinfo_get_response": {"trade": answer.get("trade")}}


_REFUSED = {"tid_str": "4012600000000000010", "modified": "2026-01-16 00:02:03", "error_response": {"sub_code": "isv.trade-not-exist"}}


@trigger(
    "connector.taobao_poll",
    version=1,
    label="Taobao orders, fetched",
    starts="source",
    consume=consume_taobao,
    lists=day_list("taobao", looking, taobao_order, LONGEST),
    emits=replaces(RAW, RAW_ORDER),
    form=form("taobao", *ENVELOPES, part="trade", known=KNOWN),
    icon="refresh-cw",
    examples=(
        Example(
            {"shop": {"connection": "taobao"}},
            [sample("taobao")],
            {"out": [sample("taobao")]},
            event={
                "channel": "taobao",
                "shop_id": "示例家居旗舰店",
                "order_id": "4012600000000000010",
                "version": "2026-01-16 00:02:03",
                "passes": False,
            },
            title="A trade that changed, as one event with its push",
        ),
        Example(
            {"shop": {"connection": "taobao"}, "every": "30s"},
            [_REFUSED],
            {"out": [_REFUSED]},
            event={"order_id": "4012600000000000010", "version": "refused-2026-01-16 00:02:03"},
            title="A trade that the platform lists, but does not give",
        ),
    ),
)
def taobao_poll(delivery: Delivery, params: TaobaoPoll) -> Arrival:
    """Starts the flow with each trade that changed, by asking Taobao again and again. How far it was read is kept over restarts.

    It finds what a push missed: a trade that came by both is one event.
    """
    item = item_of(delivery)
    if "error_response" in item:
        version = f"refused-{text_at(item, 'modified')}"
        return Arrival((item,), channel="taobao", shop_id=params.shop.connection, order_id=text_at(item, "tid_str"), version=version)
    return trade_arrival(item, params.shop.connection)
