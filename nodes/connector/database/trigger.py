"""Rows of a database."""

from __future__ import annotations

from typing import Any

from engine.sdk import Arrival, Delivery, Example, Feed, Portion, poll, trigger, write_json
from nodes.connector.arrivals import item_of, text_at
from nodes.connector.database.watched import WatchedTable
from nodes.connector.messages import Keyed


class DatabaseRows(WatchedTable, Keyed):
    """Nothing more."""


async def consume_rows(params: DatabaseRows, feed: Feed) -> None:
    async with feed.open(params.database, watch=params.watch()) as table:

        async def look(cursor: Any) -> Portion:
            found = await table.look(cursor, feed.now())
            return Portion([Delivery(write_json(row)) for row in found.rows], found.cursor, found.more)

        await poll(feed, params.every.total_seconds(), look)


@trigger(
    "connector.database_rows",
    version=1,
    label="Database rows",
    starts="source",
    consume=consume_rows,
    icon="database",
    examples=(
        Example(
            {"database": {"connection": "erp"}, "table": "orders", "time_column": "updated_at", "version_path": "updated_at"},
            [{"id": 7, "total": "80.00", "updated_at": "2026-01-16T03:04:05Z"}],
            {"out": [{"id": 7, "total": "80.00", "updated_at": "2026-01-16T03:04:05Z"}]},
            event={"channel": "messages", "order_id": "7", "version": "2026-01-16T03:04:05Z"},
            title="New and changed rows",
        ),
        Example(
            {"database": {"connection": "erp"}, "table": "shop.orders", "id_column": "nr", "key_path": "order_no"},
            [{"nr": 7, "order_no": "A-1"}],
            {"out": [{"nr": 7, "order_no": "A-1"}]},
            event={"order_id": "A-1"},
            title="New rows only",
        ),
    ),
)
def database_rows(delivery: Delivery, params: DatabaseRows) -> Arrival:
    """Starts the flow with new and changed rows of a table in PostgreSQL, MySQL or MariaDB. Amounts are exact text, times in UTC."""
    item = item_of(delivery)
    return Arrival(
        (item,),
        channel=params.channel,
        shop_id=text_at(item, params.shop_path) or "",
        order_id=text_at(item, params.key_path) or text_at(item, params.id_column),
        version=text_at(item, params.version_path),
    )
