"""Aggregate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from engine.sdk import Example, FieldClass, Gathering, Item, Made, PlainPath, batch_node
from nodes.transform.measures import Measure, measured, measured_fields
from nodes.transform.reading import groups
from nodes.transform.writing import copied, put_at


class Aggregate(Gathering):
    by: tuple[PlainPath, ...] = Field(
        default=(), title="Group by", description="One result for each combination of these fields. Empty: one over all items."
    )
    measures: dict[PlainPath, Measure] = Field(min_length=1, title="Measures", description="Which field of the result gets which measure.")

    def gathered_fields(self, fields: Mapping[str, FieldClass]) -> Mapping[str, FieldClass]:
        return measured_fields(self.measures, fields)


@batch_node(
    "transform.aggregate",
    version=1,
    label="Aggregate",
    reads=("params.by", "params.measures"),
    writes=("params.measures",),
    icon="sigma",
    examples=(
        Example(
            {"by": ["shop"], "measures": {"total": {"function": "sum", "of": "paid"}, "orders": {"function": "count"}}},
            [{"shop": "A", "paid": "10.10"}, {"shop": "B", "paid": "5.00"}, {"shop": "A", "paid": "0.20"}],
            {"out": [{"shop": "A", "total": "10.30", "orders": 2}, {"shop": "B", "total": "5.00", "orders": 1}]},
            title="Sales of each shop, exact",
        ),
        Example(
            {"measures": {"pieces": {"function": "sum", "of": "lines[].qty"}, "dearest": {"function": "max", "of": "lines[].price"}}},
            [{"lines": [{"qty": 2, "price": "9.90"}, {"qty": 1, "price": "10.00"}]}],
            {"out": [{"pieces": 3, "dearest": "10.00"}]},
            title="Over all lines",
        ),
        Example(
            {"measures": {"mean": {"function": "avg", "of": "paid"}}},
            [{"paid": "1.00"}, {"paid": "2.00"}, {"paid": "2.00"}],
            {"out": [{"mean": "1.67"}]},
            title="A mean, rounded half up",
        ),
        Example(
            {"measures": {"t": {"function": "sum", "of": "paid"}}},
            [{"paid": "ten"}],
            problem="value.not_a_number",
            title="Text that is no number",
        ),
    ),
)
def aggregate(items: Sequence[Item], params: Aggregate) -> Iterator[Made]:
    """Sums, counts, minima, maxima and means over many items, by group if wanted.

    Amounts are added exactly. Group by currency where several occur: amounts of different currencies are not told apart. Empty values
    are left out.
    """
    for positions in groups(items, params.by):
        made = copied(items[positions[0]], params.by)
        for path, measure in params.measures.items():
            made = put_at(made, path, measured([items[position] for position in positions], measure))
        yield Made(made, positions)
