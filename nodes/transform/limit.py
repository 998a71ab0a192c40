"""Limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field

from engine.sdk import Example, Item, Made, Params, batch_node, passes


class Limit(Params):
    count: int = Field(ge=0, le=10_000, title="How many", description="This many items leave by `out`, the others by `rest`.")


@batch_node(
    "transform.limit",
    version=1,
    label="Limit",
    outputs={"out": passes(), "rest": passes()},
    icon="scissors",
    examples=(
        Example({"count": 2}, [{"n": 1}, {"n": 2}, {"n": 3}], {"out": [{"n": 1}, {"n": 2}], "rest": [{"n": 3}]}, title="The first two"),
        Example({"count": 5}, [{"n": 1}], {"out": [{"n": 1}]}, title="Fewer than allowed"),
    ),
)
def limit(items: Sequence[Item], params: Limit) -> Iterator[Made]:
    """Lets the first items of a batch through and sends the others to `rest`. Leave `rest` without a wire if they are not needed."""
    for position, item in enumerate(items):
        yield Made(item, (position,), "out" if position < params.count else "rest")
