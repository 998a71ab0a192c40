"""Telling Pinduoduo that an order was shipped."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, HttpAnswer, Item, NodeError, OfType, effect_node, get
from nodes.connector.arrivals import as_item
from nodes.connector.pinduoduo.calls import code_of, judge, order_call, shipment_call
from nodes.connector.pinduoduo.envelope import order_of
from nodes.connector.shipping import Held, WholeShipment, parcel_of, require_held

_ORDER: Final = {"channel_order_id": "260116-000000000000001", "logistics": {"carrier": "85", "tracking_no": "YT0000000000002"}}
_PARAMS: Final = {"shop": {"connection": "pinduoduo"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}
_SENT: Final = {
    "type": "pdd.logistics.online.send",
    "order_sn": "260116-000000000000001",
    "logistics_id": "85",
    "tracking_number": "YT0000000000002",
}
_REFUSED: Final = {
    "status": 200,
    "body": {"error_response": {"error_code": 50002, "sub_code": "fixture.shipped", "error_msg": "业务服务错误"}},
}


def _shown(waybill: str) -> dict[str, object]:
    order = {"order_sn": "260116-000000000000001", "order_status": 2, "tracking_number": waybill}
    return {"status": 200, "body": {"order_info_get_response": {"order_info": order}}}


class PinduoduoShipped(WholeShipment):
    shop: Annotated[ConnectionRef, OfType(("pinduoduo",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to report parcels."
    )


@effect_node(
    "connector.pinduoduo_shipped",
    version=1,
    label="Tell Pinduoduo: shipped",
    reads=("params.order_number", "params.courier", "params.tracking_no"),
    icon="truck",
    examples=(
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 200, "body": {"logistics_online_send_response": {"is_success": True}}},),
            requests=({"method": "POST", "json": _SENT},),
            title="A whole order",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_REFUSED, _shown("YT0000000000002")),
            title="It was told before: nothing is left to do",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            answers=(_REFUSED, _shown("YT0000000000009")),
            problem="shipment.told_otherwise",
            title="It was shipped under another number",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(
                {"status": 200, "body": {"error_response": {"error_code": 70031}}},
                {"status": 200, "body": {"logistics_online_send_response": {"is_success": True}}},
            ),
            title="Too many calls: it is told again later",
        ),
        Example(
            _PARAMS,
            [{"channel_order_id": "260116-000000000000001", "logistics": {"carrier": "85", "tracking_no": ""}}],
            problem="shipment.incomplete",
            title="No number",
        ),
    ),
)
async def pinduoduo_shipped(item: Item, params: PinduoduoShipped, context: Context) -> Item:
    """Tells Pinduoduo the courier and the waybill number of an order that was shipped. The courier is the platform's own number of it.

    Telling it again does nothing. Where the platform refuses, the order itself is looked at: the same waybill number is as good as done,
    anything else waits for a person.
    """
    parcel = parcel_of(item, params, context.scope)
    answer = await context.http(params.shop, shipment_call(parcel.order, parcel.courier, parcel.tracking_no), judge)
    if not _took(answer):
        require_held(_held(await context.http(params.shop, order_call(parcel.order), judge)), parcel, code_of(answer))
    return item


def _took(answer: HttpAnswer) -> bool:
    return get(as_item(answer.body), "logistics_online_send_response.is_success", False) is True


def _held(answer: HttpAnswer) -> Held | None:
    """How the order stands on the platform; ``None`` where it does not say."""
    try:
        order = order_of(as_item(answer.body))
    except NodeError:
        return None
    return Held(order.get("order_status") in (2, 3), str(order.get("tracking_number") or ""))
