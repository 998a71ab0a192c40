"""Manual start."""

from __future__ import annotations

from pydantic import Field

from engine.sdk import Arrival, Delivery, Example, Params, PlainPath, trigger
from nodes.connector.arrivals import item_of, text_at


class Manual(Params):
    key_path: PlainPath | None = Field(
        default=None,
        title="Order number",
        description="The field that says which order it is. Empty: every different content is an event of its own.",
    )


@trigger(
    "connector.manual",
    version=1,
    label="Manual start",
    starts="manual",
    icon="hand",
    examples=(
        Example(
            {"key_path": "no"},
            [{"no": "A1"}],
            {"out": [{"no": "A1"}]},
            event={"channel": "manual", "order_id": "A1"},
            title="An order typed by hand",
        ),
        Example({}, [{"reason": "trial"}], {"out": [{"reason": "trial"}]}, event={"order_id": None}, title="Anything else"),
    ),
)
def manual(delivery: Delivery, params: Manual) -> Arrival:
    """Starts the flow with one object that a person types in, for trials and single cases."""
    item = item_of(delivery)
    return Arrival((item,), channel="manual", order_id=text_at(item, params.key_path))
