"""Deduplicate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from engine.sdk import Example, Item, Made, Params, PlainPath, batch_node, canonical_json, passes
from nodes.transform.reading import key_of


class Deduplicate(Params):
    by: tuple[PlainPath, ...] = Field(
        default=(),
        title="Same if equal in",
        description="Items with the same values in all these fields are the same. Empty: only items equal in every field.",
    )
    keep: Literal["first", "last"] = Field(
        default="first",
        title="Which to keep",
        description="The first or the last of those that are the same.",
        json_schema_extra={"enumTitles": {"first": "the first one", "last": "the last one"}},
    )


@batch_node(
    "transform.deduplicate",
    version=1,
    label="Deduplicate",
    reads=("params.by",),
    outputs={"out": passes(), "duplicate": passes()},
    icon="copy-minus",
    examples=(
        Example(
            {"by": ["id"]},
            [{"id": "1", "v": "a"}, {"id": "2", "v": "b"}, {"id": "1", "v": "c"}],
            {"out": [{"id": "1", "v": "a"}, {"id": "2", "v": "b"}], "duplicate": [{"id": "1", "v": "c"}]},
            title="The first of each number",
        ),
        Example(
            {"by": ["id"], "keep": "last"},
            [{"id": "1", "v": "a"}, {"id": "1", "v": "c"}],
            {"duplicate": [{"id": "1", "v": "a"}], "out": [{"id": "1", "v": "c"}]},
            title="The last of each number",
        ),
        Example(
            {},
            [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
            {"out": [{"a": 1, "b": 2}], "duplicate": [{"b": 2, "a": 1}]},
            title="Equal in every field",
        ),
    ),
)
def deduplicate(items: Sequence[Item], params: Deduplicate) -> Iterator[Made]:
    """Finds items that occur more than once within one batch; the repeated ones leave by `duplicate`.

    It knows nothing of earlier batches or runs: deliveries that arrive twice are recognised by the trigger.
    """
    keys = [key_of(item, params.by) if params.by else canonical_json(item) for item in items]
    positions = range(len(keys))
    kept = {keys[position]: position for position in (reversed(positions) if params.keep == "first" else positions)}
    for position, key in enumerate(keys):
        yield Made(items[position], (position,), "out" if kept[key] == position else "duplicate")
