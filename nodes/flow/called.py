"""Start when another flow calls."""

from __future__ import annotations

from typing import Literal, cast

from pydantic import Field

from engine.sdk import (
    ORDER,
    Arrival,
    CanonicalOrder,
    DataClass,
    Delivery,
    Effect,
    Example,
    FieldClass,
    Item,
    Params,
    Path,
    declared,
    read_kept,
    replaces,
    trigger,
)
from nodes.connector.arrivals import as_item

Class = Literal["public", "internal", "confidential", "restricted"]


class CalledByFlow(Params):
    takes: Literal["any", "order"] = Field(
        default="any",
        title="What it is called with",
        description="order: canonical orders, so that conditions know all fields; any: other items.",
        json_schema_extra={"enumTitles": {"any": "any items", "order": "canonical orders"}},
    )
    fields: dict[Path, Class] = Field(
        default_factory=dict,
        title="Fields",
        description=(
            "Fields that are not personal, or how personal they are, such as line.sku_code: internal. Fields that stand in neither place "
            "are hidden from people."
        ),
    )

    def declared(self) -> Effect:
        """The fields of what it is called with."""
        named = {path: FieldClass(DataClass(name)) for path, name in self.fields.items()}
        if self.takes == "order":
            order = replaces(CanonicalOrder, ORDER)
            return Effect("replaces", {**order.fields, **named}, ORDER)
        return replaces(named)


@trigger(
    "flow.called",
    version=1,
    label="Called by a flow",
    starts="call",
    emits=declared(),
    icon="corner-down-right",
    examples=(
        Example({}, [{"no": "A1"}], {"out": [{"no": "A1"}]}, event={"channel": "call"}, title="Called with one item"),
        Example(
            {"fields": {"line.sku_code": "internal"}},
            [{"line": {"sku_code": "X"}, "note": "ring twice"}],
            {"out": [{"line": {"sku_code": "X"}, "note": "ring twice"}]},
            title="A field that people may see",
        ),
    ),
)
def called(delivery: Delivery, params: CalledByFlow) -> Arrival:
    """Starts the flow when another one calls it, by a node such as "Call a flow" or "For each". What reaches "Answer" is its answer."""
    del params
    body = read_kept(delivery.body)
    items = cast("list[Item]", body) if isinstance(body, list) else [body]
    return Arrival(
        tuple(as_item(item) for item in items), delivery.query.get("channel", "call"), delivery.query.get("shop_id", ""), content=body
    )
