"""A message to any system that takes JSON."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, HttpCall, Item, OfType, Params, Path, Template, effect_node
from nodes.notify.message import rendered
from nodes.transform.projection import project, tree_of


class Webhook(Params):
    receiver: Annotated[ConnectionRef, OfType(("webhook", "http"))] = Field(
        title="Target system", description="The connection of the system to tell."
    )
    message: Template = Field(
        title="Message", description="The text, with places such as {{ item.display_no }}. Personal data in it is masked."
    )
    fields: tuple[Path, ...] = Field(
        default=(), title="Fields to add", description="Fields of the item that go along, masked like the text."
    )


@effect_node(
    "notify.webhook",
    version=1,
    label="Webhook message",
    reads=("params.message", "params.fields"),
    icon="webhook",
    examples=(
        Example(
            {
                "receiver": {"connection": "alerts"},
                "message": "Order {{ item.display_no }} waits",
                "fields": ["display_no", "receiver.phone"],
            },
            [{"display_no": "A1", "receiver": {"phone": "19900000101"}}],
            {"out": [{"display_no": "A1", "receiver": {"phone": "19900000101"}}]},
            answers=({"status": 204},),
            requests=(
                {"method": "POST", "json": {"text": "Order A1 waits", "item": {"display_no": "A1", "receiver": {"phone": "199****0101"}}}},
            ),
            title="A text and two fields",
        ),
        Example(
            {"receiver": {"connection": "alerts"}, "message": "x"},
            [{}],
            answers=({"status": 404},),
            problem="effect.refused",
            title="An address that is gone",
        ),
    ),
)
async def webhook(item: Item, params: Webhook, context: Context) -> Item:
    """Tells another system something: a JSON object with a text, the flow's name and the fields chosen. Personal data is masked."""
    body: dict[str, Any] = {"text": rendered(params.message, item, context), "flow": context.scope.flow.get("name", "")}
    if params.fields:
        body["item"] = project(context.masked(item), tree_of(params.fields))
    await context.http(params.receiver, HttpCall(json=body))
    return item
