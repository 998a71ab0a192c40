"""File."""

from __future__ import annotations

from typing import Any, cast

from pydantic import Field

from engine.sdk import Arrival, Delivery, Example, Item, NodeError, Params, PlainPath, clean_order_number, read_json, trigger
from nodes.connector.arrivals import ChannelName, as_item, text_at


class FileRows(Params):
    """What becomes of the rows of a file."""

    group_by: PlainPath | None = Field(
        default=None,
        title="Group rows by",
        description="Rows with the same value in this field form one event. Empty: every row is an event.",
    )
    batch: bool = Field(
        default=False, title="Whole file at once", description="One event for all rows, for reports and lists; limited in size."
    )
    row_number: PlainPath = Field(
        default="source_row",
        title="Row number field",
        description="The field that gets the number of the row, 1 for the first row of data.",
    )
    key_path: PlainPath | None = Field(
        default=None, title="Order number", description="The field that says which order it is. Empty: the group's value or the row number."
    )
    channel: ChannelName = "file"
    shop_id: str = Field(
        default="",
        max_length=200,
        title="Shop",
        description="Set where the rows are orders: events are then known by this shop and the clean order number, as in the hub.",
    )


class File(FileRows):
    """Nothing more."""


def file_arrival(delivery: Delivery, params: FileRows, name: str | None = None) -> Arrival:
    """The rows of one event. ``name``: of the file, which tells its rows from those of others."""
    rows: Any = read_json(delivery.body)
    items = tuple(as_item(row) for row in (cast("list[Any]", rows) if isinstance(rows, list) else [rows]))
    key = _key(items, params, name)
    number = _as_in_hub(key) if params.shop_id and key else key
    return Arrival(items, channel=params.channel, shop_id=params.shop_id, order_id=number)


@trigger(
    "connector.file",
    version=1,
    label="File",
    starts="file",
    icon="file-spreadsheet",
    examples=(
        Example(
            {"group_by": "InvoiceNo"},
            [
                {"InvoiceNo": "536365", "StockCode": "85123A", "source_row": 1},
                {"InvoiceNo": "536365", "StockCode": "71053", "source_row": 2},
            ],
            {
                "out": [
                    {"InvoiceNo": "536365", "StockCode": "85123A", "source_row": 1},
                    {"InvoiceNo": "536365", "StockCode": "71053", "source_row": 2},
                ]
            },
            event={"channel": "file", "order_id": "536365"},
            title="The rows of one invoice",
        ),
        Example(
            {"group_by": "订单编号", "channel": "own_shop", "shop_id": "files"},
            [{"订单编号": "xs８８０１", "source_row": 1}],
            {"out": [{"订单编号": "xs８８０１", "source_row": 1}]},
            event={"channel": "own_shop", "shop_id": "files", "order_id": "XS8801"},
            title="An order of a shop",
        ),
        Example({}, [{"sku": "A", "source_row": 7}], {"out": [{"sku": "A", "source_row": 7}]}, event={"order_id": "7"}, title="One row"),
        Example({"batch": True}, [{"n": 1}, {"n": 2}], {"out": [{"n": 1}, {"n": 2}]}, event={"order_id": None}, title="A whole file"),
    ),
)
def file(delivery: Delivery, params: File) -> Arrival:
    """Starts the flow with the rows of a file (CSV, Excel, JSON): row by row, in groups such as one invoice, or all at once."""
    return file_arrival(delivery, params)


def _as_in_hub(number: str) -> str:
    """One that a spreadsheet has damaged is parked later, under its own words."""
    try:
        return clean_order_number(number) or number
    except NodeError:
        return number


def _key(items: tuple[Item, ...], params: FileRows, name: str | None) -> str | None:
    if params.batch or not items:
        return None
    paths = (params.key_path, params.group_by) if params.key_path or params.group_by else ()
    own = next((found for path in paths if (found := text_at(items[0], path)) is not None), None)
    row = text_at(items[0], params.row_number)
    return own or (row if name is None or row is None else f"{name}#{row}")
