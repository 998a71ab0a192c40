"""Telling WooCommerce that an order was shipped."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import Cel, ConnectionRef, Context, Example, Item, NodeError, OfType, effect_node
from nodes.connector.arrivals import as_item
from nodes.connector.rest import word_of
from nodes.connector.samples import sample
from nodes.connector.shipping import Held, WholeShipment, parcel_of, require_held
from nodes.connector.woocommerce.calls import judge, order_call, shipped_call
from nodes.connector.woocommerce.status import STATUS
from nodes.connector.woocommerce.tracking import KEY, items_of, waybills_of, with_parcel

_ORDER: Final = {"channel_order_id": "727001", "logistics": {"carrier": "YTO", "tracking_no": "YT0000000000001"}}
_PARAMS: Final = {"shop": {"connection": "woocommerce"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}
_PARCEL: Final = {"tracking_provider": "", "custom_tracking_provider": "YTO", "tracking_number": "YT0000000000001"}
_EARLIER: Final = {**_PARCEL, "tracking_number": "YT0000000000009"}


def _shown(status: str, *numbers: str) -> dict[str, Any]:
    parcels = [{**_PARCEL, "tracking_number": number} for number in numbers]
    return {"status": 200, "body": {**sample("woocommerce"), "status": status, "meta_data": [{"id": 9, "key": KEY, "value": parcels}]}}


class WooCommerceShipped(WholeShipment):
    completes: Cel | None = Field(
        default=None,
        title="Completes the order",
        description=(
            "An expression that is true with the last parcel of an order. Before that its number is added, and the order stays as it is. "
            "Empty: every parcel holds its whole order."
        ),
    )
    further: Cel | None = Field(
        default=None,
        title="A further parcel",
        description="An expression that is true for a parcel that is not the first of its order: its number is added to an order that "
        "is completed, too. Empty: no parcel is one.",
    )
    shop: Annotated[ConnectionRef, OfType(("woocommerce",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to report parcels."
    )


@effect_node(
    "connector.woocommerce_shipped",
    version=1,
    label="Tell WooCommerce: shipped",
    reads=("params.order_number", "params.courier", "params.tracking_no", "params.completes", "params.further"),
    icon="truck",
    examples=(
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("processing"), _shown("completed", "YT0000000000001")),
            requests=(
                {"method": "GET", "path": "/wp-json/wc/v3/orders/727001"},
                {"method": "PUT", "json": {"status": "completed", "meta_data": [{"key": KEY, "value": [_PARCEL]}]}},
            ),
            title="A whole order",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("completed", "YT0000000000001"),),
            requests=({"method": "GET"},),
            title="It was told before: nothing is left to do",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            answers=(_shown("completed", "SF0000000000009"),),
            problem="shipment.told_otherwise",
            title="It was shipped under another number",
        ),
        Example(
            {**_PARAMS, "completes": "false"},
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("processing", "YT0000000000009"), _shown("processing", "YT0000000000009", "YT0000000000001")),
            requests=({"method": "GET"}, {"json": {"meta_data": [{"key": KEY, "value": [_EARLIER, _PARCEL]}]}}),
            title="A parcel that is not the last one",
        ),
        Example(
            {**_PARAMS, "further": "true"},
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("completed", "YT0000000000009"), _shown("completed", "YT0000000000009", "YT0000000000001")),
            requests=({"method": "GET"}, {"json": {"meta_data": [{"key": KEY, "value": [_EARLIER, _PARCEL]}]}}),
            title="One more parcel of an order that is completed",
        ),
        Example(
            {**_PARAMS, "completes": "false"},
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("processing", "YT0000000000001"),),
            requests=({"method": "GET"},),
            title="It is not the last one, and was told before",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 429, "body": {}}, _shown("processing"), _shown("completed", "YT0000000000001")),
            title="Too many calls: it is told again later",
        ),
        Example(
            _PARAMS,
            [{**_ORDER, "logistics": {"carrier": "YTO", "tracking_no": ""}}],
            problem="shipment.incomplete",
            title="No number",
        ),
    ),
)
async def woocommerce_shipped(item: Item, params: WooCommerceShipped, context: Context) -> Item:
    """Completes an order that was shipped, with the courier and the waybill number where the extension Shipment Tracking keeps them.

    Of an order in several parcels each number is added, and the last one completes it; a further one is added after that, too. Telling it
    again does nothing. The order itself is looked at first: one that is closed, or was completed under another waybill number, waits for
    a person.
    """
    parcel = parcel_of(item, params, context.scope)
    if not parcel.order.isdigit():
        raise NodeError("shipment.refused", error="id")
    answer = await context.http(params.shop, order_call(parcel.order), judge)
    order = as_item(answer.body)
    status = str(order.get("status"))
    adds = params.further is not None and params.further.json(item, context.scope) is True and STATUS.get(status) == "completed"
    if answer.status != 200 or not (adds or STATUS.get(status) == "awaiting_fulfillment"):
        said = word_of(answer.body, "code") or status
        require_held(Held(STATUS.get(status) is not None, _numbers(order, status)), parcel, said)
        return item
    completes = not adds and (params.completes is None or params.completes.json(item, context.scope) is not False)
    parcels = order_parcels(order, parcel.courier, parcel.tracking_no)
    if not completes and parcels == items_of(order):
        return item
    answer = await context.http(params.shop, shipped_call(parcel.order, KEY, parcels, completes=completes), judge)
    if not 200 <= answer.status < 300:
        raise NodeError("shipment.refused", error=word_of(answer.body, "code") or str(answer.status))
    return item


def order_parcels(order: Item, courier: str, tracking_no: str) -> list[Item]:
    """The order's parcels with ours, which may be there already although the order is not completed."""
    parcels = with_parcel(order, courier, tracking_no)
    known = {number.casefold() for number in waybills_of(order).split(",")}
    return parcels[:-1] if tracking_no.casefold() in known else parcels


def _numbers(order: Item, status: str) -> str:
    """Only a completed order was shipped under its numbers."""
    return waybills_of(order) if STATUS.get(status) == "completed" else ""
