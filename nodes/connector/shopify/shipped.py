"""Telling Shopify that an order was shipped."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import Cel, ConnectionRef, Context, Example, Item, NodeError, OfType, effect_node
from nodes.connector.arrivals import as_item, inside, text_at
from nodes.connector.marks import items_at
from nodes.connector.rest import settled
from nodes.connector.shipping import Held, Parcel, Shipment, parcel_of, require_held
from nodes.connector.shopify.calls import fulfillments_of, order_call, shipped_call, work_call
from nodes.connector.shopify.stock_calls import judge
from nodes.connector.shopify.tracking import further_call, numbers_of, refusal_of

_OPEN: Final = ("open", "in_progress")
_ORDER: Final = {"channel_order_id": "6100000000001", "logistics": {"carrier": "USPS", "tracking_no": "9400000000000000000001"}}
_PARAMS: Final = {"shop": {"connection": "shopify"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}
_LINE: Final = {"id": 5500000000011, "line_item_id": 8100000000001, "fulfillable_quantity": 2}
_WORK: Final = {
    "status": 200,
    "body": {"fulfillment_orders": [{"id": 5500000000001, "status": "open", "assigned_location_id": 1, "line_items": [_LINE]}]},
}
_SENT: Final = {"status": 201, "body": {"fulfillment": {"id": 4400000000001, "status": "success"}}}

_ADDED: Final = {"status": 200, "body": {"data": {"fulfillmentTrackingInfoUpdate": {"fulfillment": {"id": "gid://shopify/Fulfillment/1"}}}}}
_BOTH: Final = {
    "id": "gid://shopify/Fulfillment/1",
    "info": {"company": "USPS", "numbers": ["9400000000000000000009", "9400000000000000000001"]},
}


def _shown(fulfillment_status: str | None, *numbers: str) -> dict[str, Any]:
    parcels = [{"id": 1, "status": "success", "tracking_number": number, "tracking_numbers": [number]} for number in numbers]
    order = {"id": 6100000000001, "cancelled_at": None, "fulfillment_status": fulfillment_status, "fulfillments": parcels}
    return {"status": 200, "body": {"order": order}}


class ShopifyShipped(Shipment):
    further: Cel | None = Field(
        default=None,
        title="A further parcel",
        description="An expression that is true for one more parcel of goods that were told as shipped. Empty: no parcel is one.",
    )
    shop: Annotated[ConnectionRef, OfType(("shopify",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to report parcels."
    )


@effect_node(
    "connector.shopify_shipped",
    version=1,
    label="Tell Shopify: shipped",
    reads=("params.order_number", "params.courier", "params.tracking_no", "params.lines", "params.further"),
    icon="truck",
    examples=(
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown(None), _WORK, _SENT),
            requests=(
                {"method": "GET"},
                {"method": "GET", "path": "/admin/api/2026-01/orders/6100000000001/fulfillment_orders.json"},
                {"method": "POST", "path": "/admin/api/2026-01/fulfillments.json"},
            ),
            title="A whole order",
        ),
        Example(
            {**_PARAMS, "lines": '["8100000000001"]'},
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown(None), _WORK, _SENT),
            title="A parcel with a part of the order",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("fulfilled", "9400000000000000000001"),),
            requests=({"method": "GET"},),
            title="It was told before: nothing is left to do",
        ),
        Example(
            {**_PARAMS, "further": "true"},
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("fulfilled", "9400000000000000000009"), _ADDED),
            requests=({"method": "GET"}, {"method": "POST", "path": "/admin/api/2026-01/graphql.json", "json": {"variables": _BOTH}}),
            title="One more parcel of an order that was told as shipped",
        ),
        Example(
            {**_PARAMS, "further": "true"},
            [_ORDER],
            answers=(_shown(None),),
            problem="shipment.refused",
            title="One more parcel of an order whose first one was never told",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            answers=(_shown("fulfilled", "9400000000000000000009"),),
            problem="shipment.told_otherwise",
            title="It was shipped under another number",
        ),
        Example(
            _PARAMS,
            [{**_ORDER, "logistics": {"carrier": "USPS", "tracking_no": ""}}],
            problem="shipment.incomplete",
            title="No number",
        ),
    ),
)
async def shopify_shipped(item: Item, params: ShopifyShipped, context: Context) -> Item:
    """Tells Shopify the courier and the waybill number of an order that was shipped, or of a part of it. The buyer gets no mail of it.

    Telling it again does nothing. The order itself is looked at first: one that is cancelled, or was shipped under another waybill number,
    waits for a person. A further parcel adds its number to the newest fulfillment, which goes on naming its first courier.
    """
    parcel = parcel_of(item, params, context.scope)
    if not parcel.order.isdigit():
        raise NodeError("shipment.refused", error="id")
    if params.further is not None and not parcel.lines and params.further.json(item, context.scope) is True:
        await _add(parcel, params, context)
        return item
    if await _is_told(parcel, params, context):
        return item
    answer = await context.http(params.shop, work_call(parcel.order), settled)
    groups = work_of(items_at(answer.body, "fulfillment_orders") or [], parcel)
    if not groups:
        raise NodeError("shipment.refused", error="fulfillment_orders")
    for work in groups:
        answer = await context.http(params.shop, shipped_call(work, parcel), settled)
        if not 200 <= answer.status < 300 and not await _is_told(parcel, params, context):
            raise NodeError("shipment.refused", error=str(answer.status))
    return item


async def _add(parcel: Parcel, params: ShopifyShipped, context: Context) -> None:
    order = await _order(parcel, params, context)
    parcels = fulfillments_of(order)
    if parcel.tracking_no.casefold() in (number.casefold() for number in numbers_of(parcels)):
        return
    if order.get("cancelled_at") or not parcels:
        raise NodeError("shipment.refused", error="fulfillments")
    answer = await context.http(params.shop, further_call(parcels[-1], parcel.tracking_no, parcel.courier), judge)
    if (word := refusal_of(answer)) is not None:
        raise NodeError("shipment.refused", error=word)


async def _order(parcel: Parcel, params: ShopifyShipped, context: Context) -> Item:
    """How far it is shipped."""
    answer = await context.http(params.shop, order_call(parcel.order), settled)
    if answer.status != 200:
        raise NodeError("shipment.refused", error=str(answer.status))
    return inside(as_item(answer.body), "order")


async def _is_told(parcel: Parcel, params: ShopifyShipped, context: Context) -> bool:
    """Whether the order is shipped under our number. Raises ``NodeError`` where it is beyond shipping without it."""
    order = await _order(parcel, params, context)
    numbers = ",".join(numbers_of(fulfillments_of(order)))
    over = bool(order.get("cancelled_at")) or order.get("fulfillment_status") in ("fulfilled", "restocked")
    if not over and parcel.tracking_no.casefold() not in numbers.casefold().split(","):
        return False
    require_held(Held(over, numbers), parcel, order.get("fulfillment_status"))
    return True


def work_of(orders: Iterable[Item], parcel: Parcel) -> list[list[Item]]:
    """What the parcel fulfils, for each place that sends: ``{"fulfillment_order_id", "fulfillment_order_line_items"}``."""
    ready = sorted((one for one in orders if one.get("status") in _OPEN), key=_place)
    groups = [[_part(one, parcel) for one in group] for _, group in groupby(ready, key=_place)]
    return [part for group in groups if (part := [one for one in group if one is not None])]


def _part(order: Item, parcel: Parcel) -> Item | None:
    if not parcel.lines:
        return {"fulfillment_order_id": order.get("id")}
    lines = [line for line in items_at(order, "line_items") or [] if text_at(line, "line_item_id") in parcel.lines]
    wanted = [{"id": line.get("id"), "quantity": line.get("fulfillable_quantity")} for line in lines if line.get("fulfillable_quantity")]
    return {"fulfillment_order_id": order.get("id"), "fulfillment_order_line_items": wanted} if wanted else None


def _place(order: Item) -> str:
    return str(order.get("assigned_location_id"))
