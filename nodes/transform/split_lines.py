"""Split lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from pydantic import Field

from engine.sdk import Example, Item, Params, PlainPath, Sent, get, node, passes, unknown
from nodes.transform.writing import copied, put_at


class SplitLines(Params):
    lines: PlainPath = Field(default="lines", title="List of lines", description="The field that holds the lines.")
    keep: tuple[PlainPath, ...] = Field(
        default=("channel", "shop_id", "channel_order_id"),
        title="Order fields to carry",
        description="Fields of the order that every line takes along.",
    )
    into: PlainPath = Field(default="line", title="Line field", description="The field in which each new item holds its line.")
    number_into: PlainPath | None = Field(
        default="line_number", title="Number field", description="The field for the number of the line, counted from 1. Empty for none."
    )


@node(
    "transform.split_lines",
    version=1,
    label="Split lines",
    reads=("params.lines", "params.keep"),
    writes=("params.into", "params.number_into"),
    outputs={"out": unknown(), "no_lines": passes()},
    many=True,
    icon="split",
    examples=(
        Example(
            {"keep": ["channel_order_id"]},
            [{"channel_order_id": "A1", "lines": [{"sku_code": "X", "qty": 1}, {"sku_code": "Y", "qty": 2}]}],
            {
                "out": [
                    {"channel_order_id": "A1", "line": {"sku_code": "X", "qty": 1}, "line_number": 1},
                    {"channel_order_id": "A1", "line": {"sku_code": "Y", "qty": 2}, "line_number": 2},
                ]
            },
            title="One item a line",
        ),
        Example(
            {"lines": "parcels", "keep": [], "into": "parcel", "number_into": None},
            [{"parcels": [{"weight": 3}]}],
            {"out": [{"parcel": {"weight": 3}}]},
            title="Another list",
        ),
        Example(
            {},
            [{"channel_order_id": "A1", "lines": []}],
            {"no_lines": [{"channel_order_id": "A1", "lines": []}]},
            title="An order without lines",
        ),
    ),
)
def split_lines(item: Item, params: SplitLines) -> Iterator[Sent]:
    """Makes one item of every line, each with the order fields chosen.

    An order without lines leaves by `no_lines`, so that none is lost.
    """
    lines: Any = get(item, params.lines, None)
    if not isinstance(lines, list) or not lines:
        yield "no_lines", item
        return
    carried = copied(item, params.keep)
    for number, line in enumerate(cast("list[Any]", lines), 1):
        made = put_at(carried, params.into, line)
        yield "out", made if params.number_into is None else put_at(made, params.number_into, number)
