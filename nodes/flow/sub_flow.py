"""Call another flow."""

from __future__ import annotations

from collections.abc import Sequence

from engine.sdk import Call, Calling, Context, Example, Item, answer, effect_node


class SubFlow(Calling):
    """Nothing more to set."""


@effect_node(
    "flow.sub_flow",
    version=1,
    label="Call a flow",
    outputs={"out": answer()},
    many=True,
    drops=True,
    waits=True,
    icon="workflow",
    examples=(
        Example(
            {"flow": "book_courier"},
            [{"no": "A1"}],
            {"out": [{"no": "A1", "waybill": "SF1"}]},
            answers=({"items": [{"no": "A1", "waybill": "SF1"}]},),
            requests=({"flow": "book_courier", "items": [{"no": "A1"}]},),
            title="Book a courier",
        ),
        Example({"flow": "tell_everybody"}, [{"no": "A1"}], answers=({"items": []},), title="No answer"),
        Example(
            {"flow": "book_courier"},
            [{"no": "A1"}],
            answers=({"failed": "call.failed"},),
            problem="call.failed",
            title="The flow that was called failed",
        ),
    ),
)
async def sub_flow(item: Item, params: SubFlow, context: Context) -> Sequence[Item]:
    """Calls another flow with each item, lets the item rest until the answer is there, and sends the answer on instead of it."""
    return await context.call(Call(params.flow, (item,), params.version))
