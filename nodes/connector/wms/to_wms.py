"""Send to the WMS."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.sdk import ORDER, ConnectionRef, Context, Example, Item, OfType, Params, effect_node
from nodes.connector.delivery import deliver

_ORDER = {"channel": "own_shop", "channel_order_id": "OWN-0001", "version": "2026-01-16T03:04:05Z", "amount": {"paid": "88.00"}}


class ToWms(Params):
    wms: Annotated[ConnectionRef, OfType(("wms",))] = Field(
        title="WMS", description="The connection of the warehouse system that takes the orders."
    )


@effect_node(
    "connector.to_wms",
    version=1,
    label="Send to WMS",
    accepts=ORDER,
    reads=("*",),
    icon="warehouse",
    examples=(
        Example(
            {"wms": {"connection": "wms"}},
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 201, "body": {}},),
            requests=({"method": "POST", "path": "/orders", "headers": {"Orderloom-Version": "2026-01-16T03:04:05Z"}, "json": _ORDER},),
            title="A new order",
        ),
        Example(
            {"wms": {"connection": "wms"}},
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 409},),
            title="The WMS already holds a newer version: nothing is left to do",
        ),
        Example(
            {"wms": {"connection": "wms"}},
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 503}, {"status": 200}),
            title="A busy WMS is asked again",
        ),
        Example(
            {"wms": {"connection": "wms"}},
            [_ORDER],
            answers=({"status": 422},),
            problem="effect.refused",
            title="An order that the WMS refuses",
        ),
    ),
)
async def to_wms(order: Item, params: ToWms, context: Context) -> Item:
    """Sends each order to the warehouse system, which keeps one copy of each version, however often it is sent.

    A busy or unreachable WMS is asked again; an order that it refuses waits for a person.
    """
    return await deliver(order, params.wms, context)
