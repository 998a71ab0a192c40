"""Keep fields."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field

from engine.sdk import Example, Item, Params, Path, node, passes
from nodes.transform.projection import Tree, project, tree_of


class KeepFields(Params):
    fields: tuple[Path, ...] = Field(
        min_length=1,
        title="Fields to keep",
        description="Field paths such as receiver.city, or lines[].sku_code for a field of every line.",
    )

    @cached_property
    def tree(self) -> Tree:
        return tree_of(self.fields)


@node(
    "transform.keep_fields",
    version=1,
    label="Keep fields",
    reads=("params.fields",),
    outputs={"out": passes()},
    icon="list-filter",
    examples=(
        Example(
            {"fields": ["id", "receiver.city"]},
            [{"id": "1", "receiver": {"city": "杭州市", "phone": "19900000101"}, "note": "x"}],
            {"out": [{"id": "1", "receiver": {"city": "杭州市"}}]},
            title="Two fields of many",
        ),
        Example(
            {"fields": ["lines[].sku_code"]},
            [{"lines": [{"sku_code": "A", "qty": 1}, {"sku_code": "B", "qty": 2}]}],
            {"out": [{"lines": [{"sku_code": "A"}, {"sku_code": "B"}]}]},
            title="One field of every line",
        ),
        Example({"fields": ["absent", "id"]}, [{"id": "1"}], {"out": [{"id": "1"}]}, title="What is absent stays absent"),
    ),
)
def keep_fields(item: Item, params: KeepFields) -> Item:
    """Passes on only the fields named and removes all others, so that the next system gets no more than it needs."""
    return project(item, params.tree)
