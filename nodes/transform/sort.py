"""Sort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.sdk import Example, Item, Made, NodeError, Params, PlainPath, batch_node, get, passes
from nodes.transform.reading import exact


class SortKey(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    field: PlainPath = Field(title="Field", description="The field to sort by.")
    kind: Literal["money", "number", "text"] = Field(
        default="text",
        title="Kind",
        description="money and number compare by amount, also where it is written as text; text compares character by character.",
        json_schema_extra={"enumTitles": {"money": "money", "number": "number", "text": "text"}},
    )
    order: Literal["asc", "desc"] = Field(
        default="asc",
        title="Direction",
        description="asc: smallest first. desc: largest first.",
        json_schema_extra={"enumTitles": {"asc": "smallest first", "desc": "largest first"}},
    )


class Sort(Params):
    by: tuple[SortKey, ...] = Field(min_length=1, title="Sort by", description="The first counts most; the next decide among equals.")


@batch_node(
    "transform.sort",
    version=1,
    label="Sort",
    reads=("params.by",),
    outputs={"out": passes()},
    icon="arrow-down-wide-narrow",
    examples=(
        Example(
            {"by": [{"field": "paid", "kind": "money", "order": "desc"}]},
            [{"id": "a", "paid": "9.00"}, {"id": "b", "paid": "10.00"}],
            {"out": [{"id": "b", "paid": "10.00"}, {"id": "a", "paid": "9.00"}]},
            title="Highest amount first",
        ),
        Example(
            {"by": [{"field": "city"}, {"field": "qty", "kind": "number"}]},
            [{"city": "B", "qty": 2}, {"city": "A", "qty": 5}, {"city": "B", "qty": 1}],
            {"out": [{"city": "A", "qty": 5}, {"city": "B", "qty": 1}, {"city": "B", "qty": 2}]},
            title="By two fields",
        ),
        Example(
            {"by": [{"field": "n", "kind": "number", "order": "desc"}]},
            [{"id": 1}, {"id": 2, "n": 7}],
            {"out": [{"id": 2, "n": 7}, {"id": 1}]},
            title="Empty values come last",
        ),
    ),
)
def sort(items: Sequence[Item], params: Sort) -> Iterator[Made]:
    """Puts the items of a batch in order. Items that are equal keep their order, and empty values come last either way."""
    order = list(range(len(items)))
    for key in reversed(params.by):
        values = [_value(item, key) for item in items]
        filled = [position for position in order if values[position] is not None]
        filled.sort(key=values.__getitem__, reverse=key.order == "desc")
        order = filled + [position for position in order if values[position] is None]
    return (Made(items[position], (position,)) for position in order)


def _value(item: Item, key: SortKey) -> Any:
    value = get(item, key.field, None)
    if value is None or value == "":
        return None
    if key.kind != "text":
        return exact(value, key.field)
    if isinstance(value, str):
        return value
    raise NodeError("value.not_a_text", path=key.field, type=type(value).__name__)
