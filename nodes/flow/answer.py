"""Answer the flow that called."""

from __future__ import annotations

from engine.sdk import Example, Item, Params, node


class Answer(Params):
    """Nothing to set."""


@node(
    "flow.answer",
    version=1,
    label="Answer",
    answers=True,
    icon="corner-down-right",
    examples=(
        Example({}, [{"waybill": "SF1"}], {"out": [{"waybill": "SF1"}]}, title="A waybill for whoever asked"),
        Example({}, [{"no": 1}, {"no": 2}], {"out": [{"no": 1}, {"no": 2}]}, title="Two items"),
    ),
)
def answer(item: Item, params: Answer) -> Item:
    """The items that come here are the answer to the flow that called this one. They go on unchanged."""
    del params
    return item
