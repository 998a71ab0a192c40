"""Set fields."""

from __future__ import annotations

from pydantic import Field

from engine.sdk import Cel, Example, Item, Params, PlainPath, Scope, node, unknown
from nodes.transform.writing import put_at


class SetFields(Params):
    fields: dict[PlainPath, Cel] = Field(
        min_length=1,
        title="Fields",
        description=(
            'Which field gets which value, as an expression over item, event and flow: "CNY" in quotes for a fixed text, item.qty * 2 for '
            "a computed one."
        ),
    )


@node(
    "transform.set_fields",
    version=1,
    label="Set fields",
    reads=("params.fields",),
    writes=("params.fields",),
    outputs={"out": unknown()},
    scope=True,
    icon="pencil",
    examples=(
        Example(
            {"fields": {"currency": '"CNY"', "note.seller": 'item.name + "!"'}},
            [{"name": "Lin"}],
            {"out": [{"name": "Lin", "currency": "CNY", "note": {"seller": "Lin!"}}]},
            title="A fixed text and a computed one",
        ),
        Example(
            {"fields": {"total": "string(money(item.price) * item.qty)"}},
            [{"price": "19.90", "qty": 3}],
            {"out": [{"price": "19.90", "qty": 3, "total": "59.70"}]},
            title="An exact amount",
        ),
        Example(
            {"fields": {"a": "item.b", "b": "item.a"}},
            [{"a": 1, "b": 2}],
            {"out": [{"a": 2, "b": 1}]},
            title="All read the item as it came",
        ),
        Example({"fields": {"a.b": "1"}}, [{"a": "text"}], problem="path.blocked", title="A text has no fields"),
    ),
)
def set_fields(item: Item, params: SetFields, scope: Scope) -> Item:
    """Adds fields to each item or overwrites them. Every expression reads the item as it came, whatever the others set."""
    made = item
    for path, value in params.fields.items():
        made = put_at(made, path, value.json(item, scope))
    return made
