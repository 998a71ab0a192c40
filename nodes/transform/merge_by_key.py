"""Merge by key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, cast

from pydantic import Field

from engine.sdk import Example, Item, Made, Params, PlainPath, batch_node, get, passes
from nodes.transform.reading import groups
from nodes.transform.writing import put_at


class MergeByKey(Params):
    by: tuple[PlainPath, ...] = Field(
        min_length=1, title="Merge by", description="Items with the same values in all these fields become one."
    )
    prefer: Literal["first", "last"] = Field(
        default="first",
        title="Which value wins",
        description="Where items disagree, the value of the first or of the last one stands. Empty values never win.",
        json_schema_extra={"enumTitles": {"first": "the first one", "last": "the last one"}},
    )
    append: tuple[PlainPath, ...] = Field(
        default=(), title="Lists to join", description="List fields, such as lines, that are joined instead of chosen from."
    )


@batch_node(
    "transform.merge_by_key",
    version=1,
    label="Merge by key",
    reads=("*",),
    outputs={"out": passes()},
    icon="merge",
    examples=(
        Example(
            {"by": ["id"]},
            [{"id": "1", "paid": "10.00", "city": None}, {"id": "1", "city": "杭州市", "paid": "9.00"}, {"id": "2"}],
            {"out": [{"id": "1", "paid": "10.00", "city": "杭州市"}, {"id": "2"}]},
            title="Two sources of one order",
        ),
        Example(
            {"by": ["id"], "append": ["lines"], "prefer": "last"},
            [{"id": "1", "s": "a", "lines": [{"n": 1}]}, {"id": "1", "s": "b", "lines": [{"n": 2}]}],
            {"out": [{"id": "1", "s": "b", "lines": [{"n": 1}, {"n": 2}]}]},
            title="Lines joined, the last value wins",
        ),
    ),
)
def merge_by_key(items: Sequence[Item], params: MergeByKey) -> Iterator[Made]:
    """Makes one item of several with the same key. Objects are merged field by field; empty values are filled from the other items."""
    for positions in groups(items, params.by):
        members = [items[position] for position in positions]
        yield Made(_merged(members, params), positions)


def _merged(members: Sequence[Item], params: MergeByKey) -> Item:
    made = members[0]
    for other in members[1:]:
        made = _filled(made, other) if params.prefer == "first" else _filled(other, made)
    for path in params.append:
        lists: list[Any] = [get(member, path, None) for member in members]
        joined = [part for found in lists if isinstance(found, list) for part in cast("list[Any]", found)]
        if joined:
            made = put_at(made, path, joined)
    return made


def _filled(preferred: Item, other: Item) -> Item:
    """The preferred item with what it lacks taken from the other."""
    made = dict(preferred)
    for name, value in other.items():
        mine: Any = made.get(name)
        if mine is None or mine == "":
            made[name] = mine if value is None and name in made else value
        elif isinstance(mine, dict) and isinstance(value, dict):
            made[name] = _filled(cast("Item", mine), cast("Item", value))
    return made
