"""Files in a folder."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from engine.sdk import Arrival, ConnectionRef, Delivery, Duration, Example, Feed, FileBox, InputInvalid, NodeError, OfType, trigger
from nodes.connector.file import FileRows, file_arrival

FILE = "file"
"""The header under which the name of the file is kept."""


class FolderFiles(FileRows):
    folder: Annotated[ConnectionRef, OfType(("folder",))] = Field(title="Folder", description="The connection that names the folder.")
    every: Duration = Field(
        default=timedelta(seconds=5),
        title="Look every",
        description="How often the folder is looked at. A file that has not changed since the last look is complete.",
    )


async def consume_folder(params: FolderFiles, feed: Feed) -> None:
    """What was being taken when the service ended comes first."""
    async with feed.open(params.folder) as opened:
        box: FileBox = opened
        for name in await box.left_over():
            await _take(box, name, feed)
        while True:
            for name in await box.complete():
                await _take(box, name, feed)
            feed.connected()
            await feed.sleep(params.every.total_seconds())


async def _take(box: FileBox, name: str, feed: Feed) -> None:
    try:
        file = await box.claim(name)
        await feed.take_file(file, file.name)
    except (InputInvalid, NodeError) as error:
        feed.refused(error.problems[0])
        await box.failed(name, error.problems[0])
    else:
        await box.done(name)


@trigger(
    "connector.folder",
    version=1,
    label="Files in a folder",
    starts="file",
    consume=consume_folder,
    keeps_headers=(FILE,),
    icon="file-up",
    examples=(
        Example(
            {"folder": {"connection": "inbox"}, "group_by": "InvoiceNo"},
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
            {"folder": {"connection": "inbox"}},
            [{"sku": "A", "source_row": 7}],
            {"out": [{"sku": "A", "source_row": 7}]},
            headers={"file": "orders.csv"},
            event={"order_id": "orders.csv#7"},
            title="One row",
        ),
    ),
)
def folder(delivery: Delivery, params: FolderFiles) -> Arrival:
    """Starts the flow with the rows of each file that is put into a folder. Taken files go to done, unreadable ones to failed."""
    return file_arrival(delivery, params, delivery.headers.get(FILE))
