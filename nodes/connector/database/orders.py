"""Orders of a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from pydantic import Field

from engine.sdk import Arrival, Delivery, Example, Feed, Item, NodeError, Portion, clean_order_number, instant, poll, trigger, write_json
from nodes.connector.arrivals import ChannelName, ShopPath, item_of, text_at
from nodes.connector.database.watched import NAME, WatchedTable

LINE: Final = "line"
"""Under this name an item holds the row of its line, where lines have a table of their own."""


class DatabaseOrders(WatchedTable):
    channel: ChannelName = "own_shop"
    shop_path: ShopPath = None
    order_column: str = Field(
        pattern=NAME,
        max_length=64,
        title="Order number",
        description="The column with the order number. Rows with the same number are one order.",
    )
    lines_table: str | None = Field(
        default=None,
        pattern=r"^\w[\w$]*(\.\w[\w$]*)?$",
        max_length=128,
        title="Table of lines",
        description="Where lines have a table of their own, such as order_items. Empty: every row of the order table is a line.",
    )
    lines_column: str | None = Field(
        default=None,
        pattern=NAME,
        max_length=64,
        title="Order number there",
        description="The column of that table with the order number. Empty: it is called the same.",
    )
    lines_id: str = Field(
        default="id", pattern=NAME, max_length=64, title="Id column there", description="The column by which lines are sorted."
    )


async def consume_orders(params: DatabaseOrders, feed: Feed) -> None:
    """A row that changed brings its whole order."""
    async with feed.open(params.database, watch=params.watch()) as table:

        async def look(cursor: Any) -> Portion:
            found = await table.look(cursor, feed.now())
            orders = await _whole(table, params, cast("Sequence[Item]", found.rows))
            return Portion([Delivery(write_json({"rows": rows})) for rows in orders], found.cursor, found.more)

        await poll(feed, params.every.total_seconds(), look)


async def _whole(table: Any, params: DatabaseOrders, changed: Sequence[Item]) -> list[list[Item]]:
    """All rows of each order that a changed row belongs to; a row without a number is an order by itself."""
    heads = {number: row for row in changed if (number := text_at(row, params.order_column)) is not None}
    alone = [[row] for row in changed if text_at(row, params.order_column) is None]
    if not heads:
        return alone
    if params.lines_table is None:
        rows = await table.matching(params.table, params.order_column, params.id_column, list(heads))
        found = _grouped(rows, params.order_column, heads)
        return [*(found[number] or [head] for number, head in heads.items()), *alone]
    column = params.lines_column or params.order_column
    lines = _grouped(await table.matching(params.lines_table, column, params.lines_id, list(heads)), column, heads)
    return [*([{**head, LINE: line} for line in lines[number]] or [head] for number, head in heads.items()), *alone]


def _moment(stamp: str) -> tuple[float, str]:
    """Times as times, whatever their fraction; anything else as text."""
    try:
        moment = instant(stamp)
    except NodeError:
        moment = None
    return (0.0 if moment is None else moment.timestamp()), stamp


def _grouped(rows: Iterable[Item], column: str, numbers: Iterable[str]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {number: [] for number in numbers}
    for row in rows:
        number = text_at(row, column)
        if number in found:
            found[number].append(row)
    return found


_HEAD: Final = {"id": 7, "order_no": "A-1", "paid": "80.00", "updated_at": "2026-01-16T03:04:05Z"}
_ROWS: Final[list[Item]] = [{**_HEAD, "sku": "X", "qty": 1}, {**_HEAD, "id": 8, "updated_at": "2026-01-16T03:05:00Z", "sku": "Y", "qty": 2}]
_JOINED: Final[list[Item]] = [{**_HEAD, LINE: {"id": 1, "order_no": "A-1", "sku": "X", "qty": 1}}]
_TABLE: Final = {"database": {"connection": "erp"}, "table": "orders", "order_column": "order_no", "time_column": "updated_at"}


@trigger(
    "connector.database_orders",
    version=1,
    label="Orders in a database",
    starts="source",
    consume=consume_orders,
    icon="database",
    examples=(
        Example(
            _TABLE,
            [{"rows": _ROWS}],
            {"out": _ROWS},
            event={"channel": "own_shop", "order_id": "A-1", "version": "2026-01-16T03:05:00Z"},
            title="Two rows of one order",
        ),
        Example(
            {**_TABLE, "lines_table": "order_items"},
            [{"rows": _JOINED}],
            {"out": _JOINED},
            event={"order_id": "A-1", "version": "2026-01-16T03:04:05Z"},
            title="Lines in a table of their own",
        ),
    ),
)
def database_orders(delivery: Delivery, params: DatabaseOrders) -> Arrival:
    """Starts the flow with new and changed orders in PostgreSQL, MySQL or MariaDB, each whole with all its rows.

    `transform.order_from_rows` makes canonical orders of them by a table of columns. Where lines have a table of their own, each item is
    the order's row with the row of a line in `line`, so that columns of lines are `line.sku` and so on; a change of a line is noticed
    when the order's own row changes too.
    """
    item = item_of(delivery)
    given = item.get("rows", [item])
    rows = [cast("Item", row) for row in cast("list[object]", given) if isinstance(row, dict)] if isinstance(given, list) else []
    first: Mapping[str, Any] = rows[0] if rows else {}
    number = text_at(dict(first), params.order_column)
    stamps = [stamp for row in rows if (stamp := text_at(row, params.time_column)) is not None]
    return Arrival(
        tuple(rows),
        channel=params.channel,
        shop_id=text_at(dict(first), params.shop_path) or "",
        order_id=None if number is None else clean_order_number(number),
        version=max(stamps, key=_moment, default=None),
    )
