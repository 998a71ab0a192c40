"""File."""

from __future__ import annotations

from typing import Any, cast

from pydantic import Field

from engine.sdk import Arrival, Delivery, Example, Item, Params, PlainPath, read_json, trigger
from nodes.connector.arrivals import as_item, text_at


class File(Params):
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
    channel: str = Field(
        default="file",
        pattern=r"^[a-z][a-z0-9_]*$",
        max_length=40,
        title="Channel",
        description="The name under which these events are known.",
    )


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
        Example({}, [{"sku": "A", "source_row": 7}], {"out": [{"sku": "A", "source_row": 7}]}, event={"order_id": "7"}, title="One row"),
        Example({"batch": True}, [{"n": 1}, {"n": 2}], {"out": [{"n": 1}, {"n": 2}]}, event={"order_id": None}, title="A whole file"),
    ),
)
def file(delivery: Delivery, params: File) -> Arrival:
    """Starts the flow with the rows of a file (CSV, Excel, JSON): row by row, in groups such as one invoice, or all at once."""
    rows: Any = read_json(delivery.body)
    items = tuple(as_item(row) for row in (cast("list[Any]", rows) if isinstance(rows, list) else [rows]))
    return Arrival(items, channel=params.channel, order_id=_key(items, params))


def _key(items: tuple[Item, ...], params: File) -> str | None:
    if params.batch or not items:
        return None
    paths = (params.key_path, params.group_by) if params.key_path or params.group_by else (params.row_number,)
    return next((found for path in paths if (found := text_at(items[0], path)) is not None), None) or text_at(items[0], params.row_number)
