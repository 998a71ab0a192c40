"""Send to the finance system."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.sdk import ORDER, ConnectionRef, Context, Example, Item, OfType, Params, effect_node
from nodes.connector.delivery import deliver

_ORDER = {
    "channel": "shopify",
    "channel_order_id": "6100000000001",
    "version": "2026-01-16T00:30:05Z",
    "amount": {"paid": "64.30"},
    "currency": "USD",
}


class ToFinance(Params):
    finance: Annotated[ConnectionRef, OfType(("finance",))] = Field(
        title="Finance system", description="The connection of the finance system that takes the orders."
    )


@effect_node(
    "connector.to_finance",
    version=1,
    label="Send to finance",
    accepts=ORDER,
    reads=("*",),
    icon="landmark",
    examples=(
        Example(
            {"finance": {"connection": "finance"}},
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 200, "body": {}},),
            requests=({"method": "POST", "path": "/orders", "headers": {"Orderloom-Version": "2026-01-16T00:30:05Z"}, "json": _ORDER},),
            title="A new order",
        ),
        Example(
            {"finance": {"connection": "finance"}},
            [{"channel": "shopify"}],
            problem="order.no_version",
            title="An order without a version cannot be told from an older one",
        ),
    ),
)
async def to_finance(order: Item, params: ToFinance, context: Context) -> Item:
    """Sends each order to the finance system, which keeps one copy of each version, however often it is sent.

    Mask personal fields first: finance needs amounts, not telephones.
    """
    return await deliver(order, params.finance, context)
