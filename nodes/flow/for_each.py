"""Call a flow for each element of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, cast

from pydantic import Field

from engine.sdk import Call, Called, Calling, Context, DataClass, Example, FieldClass, Item, NodeError, PlainPath, effect_node, get
from nodes.connector.arrivals import as_item
from nodes.transform.writing import copied, put_at

MOST: Final = 10_000
"""Elements (rule R13)."""
_INTERNAL: Final = FieldClass(DataClass.INTERNAL)


class ForEach(Calling):
    path: PlainPath | None = Field(
        default=None, title="List", description="The field that holds the list. Empty: the item itself is the only element."
    )
    carry: tuple[PlainPath, ...] = Field(
        default=(), title="Fields to carry", description="Fields of the item that every element takes along, such as channel_order_id."
    )
    at_once: int = Field(default=10, ge=1, le=100, title="At once", description="How many elements are under way at the same time.")
    into: PlainPath = Field(
        default="results", title="Results field", description="The field that gets all answers, in the order of the elements."
    )
    on_failed: Literal["stop", "collect"] = Field(
        default="stop",
        title="Failed elements",
        description="stop: the item fails with the first of them; collect: the others go on, and the item says which failed.",
        json_schema_extra={"enumTitles": {"stop": "fail with the first", "collect": "go on with the others"}},
    )
    failed_into: PlainPath = Field(
        default="failed", title="Field for failed elements", description="Gets number (from 0) and reason of each failed element."
    )

    def answer_fields(self, answer: Mapping[str, FieldClass]) -> Mapping[str, FieldClass]:
        """The results have the classes of the answer."""
        failed = {f"{self.failed_into}[].{name}": _INTERNAL for name in ("element", "code")} if self.on_failed == "collect" else {}
        return {**{f"{self.into}[].{path}": one for path, one in answer.items()}, **failed}


@effect_node(
    "flow.for_each",
    version=1,
    label="For each",
    reads=("params.path", "params.carry"),
    writes=("params.into", "params.failed_into"),
    icon="list-checks",
    examples=(
        Example(
            {"flow": "weigh", "path": "lines", "carry": ["no"]},
            [{"no": "A1", "lines": [{"sku": "X"}, {"sku": "Y"}]}],
            {"out": [{"no": "A1", "lines": [{"sku": "X"}, {"sku": "Y"}], "results": [{"grams": 200}, {"grams": 350}]}]},
            answers=({"items": [{"grams": 200}]}, {"items": [{"grams": 350}]}),
            requests=({"items": [{"no": "A1", "sku": "X"}]}, {"items": [{"no": "A1", "sku": "Y"}]}),
            title="Each line of an order",
        ),
        Example(
            {"flow": "weigh", "path": "lines", "on_failed": "collect"},
            [{"lines": [{"sku": "X"}, {"sku": "Y"}]}],
            {
                "out": [
                    {
                        "lines": [{"sku": "X"}, {"sku": "Y"}],
                        "results": [{"grams": 350}],
                        "failed": [{"element": 0, "code": "call.failed"}],
                    }
                ]
            },
            answers=({"failed": "call.failed"}, {"items": [{"grams": 350}]}),
            title="One element failed, the others count",
        ),
        Example(
            {"flow": "weigh", "path": "lines"},
            [{"lines": [{"sku": "X"}, {"sku": "Y"}]}],
            answers=({"failed": "call.failed"},),
            problem="call.failed",
            title="One element failed, and so does the item",
        ),
        Example({"flow": "weigh", "path": "lines"}, [{"no": "A1"}], problem="call.no_list", title="No list"),
    ),
)
async def for_each(item: Item, params: ForEach, context: Context) -> Item:
    """Calls a flow once for each element of a list, a few at a time, and puts all answers into the item when the last is there."""
    carried = copied(item, params.carry)
    calls = [Call(params.flow, ({**carried, **as_item(element)},), params.version) for element in _elements(item, params)]
    ends = await context.call_each(calls, params.at_once, stop=params.on_failed == "stop")
    made = put_at(item, params.into, [one for end in ends for one in end.items])
    return made if params.on_failed == "stop" else put_at(made, params.failed_into, _failed(ends))


def _elements(item: Item, params: ForEach) -> Sequence[Any]:
    found = [item] if params.path is None else get(item, params.path, None)
    if not isinstance(found, list):
        raise NodeError("call.no_list", path=params.path or "")
    elements = cast("list[Any]", found)
    if len(elements) > MOST:
        raise NodeError("call.too_many", count=len(elements), limit=MOST)
    return elements


def _failed(ends: Sequence[Called]) -> list[Item]:
    return [{"element": n, "code": end.failed.code} for n, end in enumerate(ends) if end.failed is not None]
