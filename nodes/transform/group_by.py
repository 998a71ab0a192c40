"""Group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from engine.sdk import Example, FieldClass, Gathering, Item, Made, PlainPath, batch_node
from nodes.transform.measures import Measure, measured, measured_fields
from nodes.transform.reading import groups
from nodes.transform.writing import copied, put_at


class GroupBy(Gathering):
    by: tuple[PlainPath, ...] = Field(
        min_length=1, title="Group by", description="Items with the same values in all these fields form one group."
    )
    into: PlainPath = Field(
        default="items", title="List field", description="The field in which the group holds its items, in their order."
    )
    carry: tuple[PlainPath, ...] = Field(
        default=(), title="Fields of the first item", description="Further fields that the group takes from its first item."
    )
    measures: dict[PlainPath, Measure] = Field(
        default_factory=dict,
        title="Measures",
        description="Which further field of the group gets which measure over its items, such as a total.",
    )

    def gathered_fields(self, fields: Mapping[str, FieldClass]) -> Mapping[str, FieldClass]:
        """Each member of the list as it came."""
        members = {f"{self.into}[].{path}": found for path, found in fields.items()}
        return {**members, **measured_fields(self.measures, fields)}


@batch_node(
    "transform.group_by",
    version=1,
    label="Group",
    reads=("*",),
    writes=("params.into", "params.measures"),
    icon="group",
    examples=(
        Example(
            {"by": ["invoice"], "into": "lines"},
            [{"invoice": "1", "sku": "A"}, {"invoice": "2", "sku": "B"}, {"invoice": "1", "sku": "C"}],
            {
                "out": [
                    {"invoice": "1", "lines": [{"invoice": "1", "sku": "A"}, {"invoice": "1", "sku": "C"}]},
                    {"invoice": "2", "lines": [{"invoice": "2", "sku": "B"}]},
                ]
            },
            title="Lines of one invoice",
        ),
        Example(
            {"by": ["receiver.city"], "carry": ["warehouse"]},
            [{"receiver": {"city": "杭州市"}, "warehouse": "W1"}],
            {"out": [{"receiver": {"city": "杭州市"}, "warehouse": "W1", "items": [{"receiver": {"city": "杭州市"}, "warehouse": "W1"}]}]},
            title="By a field inside, carrying another",
        ),
        Example(
            {"by": ["no"], "into": "lines", "measures": {"amount.items": {"function": "sum", "of": "total"}}},
            [{"no": "1", "total": "9.90"}, {"no": "1", "total": "0.20"}],
            {"out": [{"no": "1", "lines": [{"no": "1", "total": "9.90"}, {"no": "1", "total": "0.20"}], "amount": {"items": "10.10"}}]},
            title="With a total",
        ),
    ),
)
def group_by(items: Sequence[Item], params: GroupBy) -> Iterator[Made]:
    """Gathers items with the same key into one item with a list.

    Groups come in the order of their first item; an absent field counts as empty.
    """
    for positions in groups(items, params.by):
        head = copied(items[positions[0]], (*params.by, *params.carry))
        members = [items[position] for position in positions]
        made = put_at(head, params.into, members)
        for path, measure in params.measures.items():
            made = put_at(made, path, measured(members, measure))
        yield Made(made, positions)
