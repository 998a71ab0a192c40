"""Telling one's own shop that an order was shipped."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import Cel, ConnectionRef, Context, Example, Item, OfType, effect_node
from nodes.connector.own_shop.calls import held_of, judge, shipped_call
from nodes.connector.rest import word_of
from nodes.connector.shipping import Shipment, parcel_of, require_held

_ORDER: Final = {"channel_order_id": "OWN-0001", "logistics": {"carrier": "YTO", "tracking_no": "YT0000000000001"}}
_PARAMS: Final = {"shop": {"connection": "own_shop"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}
_SENT: Final = {"method": "POST", "path": "/orders/OWN-0001/shipments", "json": {"carrier": "YTO", "tracking_no": "YT0000000000001"}}


def _refused(*numbers: str) -> dict[str, Any]:
    return {"status": 409, "body": {"error": "already_shipped", "tracking_nos": list(numbers)}}


class OwnShopShipped(Shipment):
    further: Cel | None = Field(
        default=None,
        title="A further parcel",
        description="An expression that is true for one more parcel of goods that were told as shipped. Empty: no parcel is one.",
    )
    shop: Annotated[ConnectionRef, OfType(("own_shop",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to report parcels."
    )


@effect_node(
    "connector.own_shop_shipped",
    version=1,
    label="Tell the own shop: shipped",
    reads=("params.order_number", "params.courier", "params.tracking_no", "params.lines", "params.further"),
    icon="truck",
    examples=(
        Example(_PARAMS, [_ORDER], {"out": [_ORDER]}, answers=({"status": 201, "body": {}},), requests=(_SENT,), title="A whole order"),
        Example(
            {**_PARAMS, "lines": '["1"]'},
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 201, "body": {}},),
            requests=({"json": {"lines": ["1"]}},),
            title="A parcel with a part of the order",
        ),
        Example(
            {**_PARAMS, "further": "true"},
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 201, "body": {}},),
            requests=({"json": {"further": True}},),
            title="One more parcel of an order that was told as shipped",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_refused("YT0000000000001"),),
            title="It was told before: nothing is left to do",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            answers=(_refused("SF0000000000009"),),
            problem="shipment.told_otherwise",
            title="It was shipped under another number",
        ),
        Example(
            _PARAMS,
            [{**_ORDER, "logistics": {"carrier": "YTO", "tracking_no": ""}}],
            problem="shipment.incomplete",
            title="No number",
        ),
    ),
)
async def own_shop_shipped(item: Item, params: OwnShopShipped, context: Context) -> Item:
    """Tells one's own shop the courier and the waybill number of an order that was shipped, or of a part of it.

    The shop takes `POST /orders/{order_no}/shipments`. Telling it again does nothing; an order that is closed, or was shipped under another
    waybill number, waits for a person.
    """
    parcel = parcel_of(item, params, context.scope)
    further = params.further is not None and not parcel.lines and params.further.json(item, context.scope) is True
    answer = await context.http(params.shop, shipped_call(parcel, further=further), judge)
    if not 200 <= answer.status < 300:
        require_held(held_of(answer), parcel, word_of(answer.body, "error") or answer.status)
    return item
