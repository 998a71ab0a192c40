"""Take stock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, Field

from engine.sdk import (
    ConnectionRef,
    Context,
    DataClass,
    Example,
    FieldClass,
    HttpCall,
    Item,
    NodeError,
    OfType,
    PlainPath,
    adds,
    effect_node,
    get,
    utc_text,
)
from nodes.connector.stock.levels import LevelFields, counts, level_of

MOST_PAGES: Final = 500
MOST_LEVELS: Final = 100_000
_OPEN: Final = FieldClass(DataClass.INTERNAL)
_ROW: Final = {"sku_code": "CUP-01", "warehouse": "HZ1", "quantity": 12, "reserved": 3, "updated_at": "2026-01-16T03:00:00Z"}
_KEPT: Final = {"kept": 1, "changed": 1, "older": 0, "gone": 0}
_PLANNED: Final = {"planned_at": "2026-01-16T03:04:00Z"}
_TAKEN: Final = {**_PLANNED, "stock": {"system": "wms", "skipped": 0, **_KEPT}}


class TakeStock(LevelFields):
    system: Annotated[ConnectionRef, OfType(("wms", "http", "own_shop", "shopify", "woocommerce"))] = Field(
        title="System", description="The warehouse system or shop that lists its stock."
    )
    path: str = Field(default="/stock", max_length=1000, title="Path", description="Below the connection's address.")
    query: dict[str, str] = Field(default_factory=dict[str, str], title="Parameters", description="Of the query, the same for each page.")
    items_path: PlainPath | None = Field(
        default="items",
        title="Where the list is",
        description="The field of the answer with the list. Empty: the answer is the list.",
    )
    next_path: PlainPath | None = Field(
        default="next", title="Where the mark is", description="The field of the answer that holds the mark of the next page."
    )
    cursor_param: str | None = Field(
        default="cursor", max_length=100, title="Mark of the next page", description="The parameter that takes the mark of the page."
    )
    page_param: str | None = Field(
        default=None,
        max_length=100,
        title="Page number",
        description="The parameter for the page's number, from 1. Empty: none.",
    )
    whole: bool = Field(
        default=True, title="The whole stock", description="What the list does not name is not there any more. Off: it lists changes only."
    )
    may_be_empty: bool = Field(
        default=False, title="May be empty", description="Off: an empty list is a fault of the system, and nothing is changed."
    )


class Taken(BaseModel):
    system: Annotated[str, _OPEN]
    kept: Annotated[int, _OPEN]
    changed: Annotated[int, _OPEN]
    older: Annotated[int, _OPEN]
    gone: Annotated[int, _OPEN]
    skipped: Annotated[int, _OPEN]


class WithStock(BaseModel):
    stock: Taken


@effect_node(
    "connector.take_stock",
    version=1,
    label="Take stock",
    outputs={"out": adds(WithStock)},
    icon="package",
    examples=(
        Example(
            {"system": {"connection": "wms"}},
            [_PLANNED],
            {"out": [_TAKEN]},
            answers=({"status": 200, "body": {"items": [_ROW], "next": None}}, _KEPT),
            requests=({"method": "GET", "path": "/stock"}, {"kind": "desk", "task": "stock.keep", "system": "wms", "whole": True}),
            title="All that the warehouse has",
        ),
        Example(
            {
                "system": {"connection": "shop"},
                "path": "/wp-json/wc/v3/products",
                "holds": "offer",
                "items_path": None,
                "next_path": None,
                "cursor_param": None,
                "page_param": "page",
                "sku_path": "sku",
                "quantity_path": "stock_quantity",
            },
            [_PLANNED],
            {"out": [{**_PLANNED, "stock": {"system": "shop", "skipped": 1, **_KEPT}}]},
            answers=(
                {"status": 200, "body": [{"sku": "CUP-01", "stock_quantity": 9}, {"sku": "GIFT", "stock_quantity": None}]},
                {"status": 200, "body": []},
                _KEPT,
            ),
            title="What a WooCommerce shop offers, page by page",
        ),
        Example(
            {"system": {"connection": "wms"}},
            [_PLANNED],
            answers=({"status": 200, "body": {"items": []}},),
            problem="stock.empty",
            title="An empty list is not believed",
        ),
    ),
)
async def take_stock(item: Item, params: TakeStock, context: Context) -> Item:
    """Reads the stock list of a system page by page and keeps it in the hub, by shop, warehouse and SKU.

    Rows without a SKU or a number of units are left out and counted in `stock.skipped`. What is known of a later time stays.
    Page and API *Stock* compare the systems; the alarms *SKU is short* and *SKU is oversold* watch over it.
    """
    levels: list[dict[str, Any]] = []
    skipped = 0
    async for row in _rows(params, context):
        level = level_of(row, params)
        skipped += level is None
        if level is not None:
            levels.append(level)
        if len(levels) > MOST_LEVELS:
            raise NodeError("stock.too_many", limit=MOST_LEVELS)
    if not levels and (skipped or not params.may_be_empty):
        raise _nothing(params, skipped)
    told = {"system": params.system.connection, "holds": params.holds, "at": utc_text(context.scope.event["received_at"])}
    answer = await context.ask_hub("stock.keep", {**told, "whole": params.whole, "levels": levels})
    return {**item, "stock": {"system": params.system.connection, "skipped": skipped, **counts(answer)}}


def _nothing(params: TakeStock, skipped: int) -> NodeError:
    if skipped:
        return NodeError("stock.nothing_read", skipped=skipped, sku=params.sku_path, units=params.quantity_path)
    return NodeError("stock.empty", system=params.system.connection)


async def _rows(params: TakeStock, context: Context) -> AsyncIterator[Item]:
    """All rows, page by page. Raises ``NodeError``: ``poll.no_list``, ``stock.too_many`` for a list that does not end."""
    mark: Any = None
    for page in range(1, MOST_PAGES + 1):
        query = {**params.query, **({params.page_param: str(page)} if params.page_param else {})}
        if params.cursor_param and mark is not None:
            query[params.cursor_param] = str(mark)
        answer = await context.http(params.system, HttpCall("GET", params.path, query=query))
        rows = _list(answer.body, params.items_path)
        for row in rows:
            yield cast("Item", row) if isinstance(row, dict) else {}
        ahead = get(cast("Item", answer.body), params.next_path, None) if params.next_path and isinstance(answer.body, dict) else None
        more = bool(rows) and (params.page_param is not None or (ahead not in (None, "", mark)))
        if not more:
            return
        mark = ahead
    raise NodeError("stock.too_many", limit=MOST_LEVELS)


def _list(body: Any, path: str | None) -> list[Any]:
    found: Any = body
    if path is not None:
        found = get(cast("Item", body), path, None) if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise NodeError("poll.no_list", path=path or "–")
    return cast("list[Any]", found)
