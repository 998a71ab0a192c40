"""Telling Pinduoduo that an order was shipped."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import Cel, ConnectionRef, Context, Example, HttpAnswer, Item, NodeError, OfType, effect_node, get
from nodes.connector.arrivals import as_item
from nodes.connector.marks import items_at
from nodes.connector.pinduoduo.calls import code_of, further_call, judge, order_call, shipment_call
from nodes.connector.pinduoduo.envelope import order_of
from nodes.connector.shipping import Held, Parcel, WholeShipment, parcel_of, require_held

_ORDER: Final = {"channel_order_id": "260116-000000000000001", "logistics": {"carrier": "85", "tracking_no": "YT0000000000002"}}
_PARAMS: Final = {"shop": {"connection": "pinduoduo"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}
_FURTHER: Final = {**_PARAMS, "further": "true"}
_TOOK_FURTHER: Final = {"status": 200, "body": {"upload_extra_logistics_response": {"success": True}}}
_SENT: Final = {
    "type": "pdd.logistics.online.send",
    "order_sn": "260116-000000000000001",
    "logistics_id": "85",
    "tracking_number": "YT0000000000002",
}
_SHIPPED: Final = (2, 3)
"""As ``order_status``: sent, received."""
_REFUSED: Final = {
    "status": 200,
    "body": {"error_response": {"error_code": 50002, "sub_code": "fixture.shipped", "error_msg": "业务服务错误"}},
}


def _shown(waybill: str, *further: str, status: int = 2) -> dict[str, Any]:
    parcels = [{"logistics_id": 85, "tracking_number": number} for number in further]
    order = {"order_sn": "260116-000000000000001", "order_status": status, "tracking_number": waybill, "extra_delivery_list": parcels}
    return {"status": 200, "body": {"order_info_get_response": {"order_info": order}}}


class PinduoduoShipped(WholeShipment):
    further: Cel | None = Field(
        default=None,
        title="A further parcel",
        description="An expression that is true for a parcel that is not the first of its order. Empty: every parcel is the first.",
    )
    shop: Annotated[ConnectionRef, OfType(("pinduoduo",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to report parcels."
    )


@effect_node(
    "connector.pinduoduo_shipped",
    version=1,
    label="Tell Pinduoduo: shipped",
    reads=("params.order_number", "params.courier", "params.tracking_no", "params.further"),
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
            _FURTHER,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("YT0000000000001", "YT0000000000009"), _TOOK_FURTHER),
            requests=(
                {"json": {"type": "pdd.order.information.get"}},
                {
                    "json": {
                        "type": "pdd.order.upload.extra.logistics",
                        "extra_track_type": 1,
                        "extra_track_list": [
                            {"shipping_id": 85, "tracking_number": "YT0000000000009"},
                            {"shipping_id": 85, "tracking_number": "YT0000000000002"},
                        ],
                    }
                },
            ),
            title="A further parcel, beside those that are known",
        ),
        Example(
            _FURTHER,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_shown("YT0000000000001", "YT0000000000002"),),
            requests=({"json": {"type": "pdd.order.information.get"}},),
            title="A further parcel that was told before",
        ),
        Example(
            _FURTHER,
            [_ORDER],
            answers=(_shown("", status=1),),
            problem="shipment.refused",
            title="A further parcel of an order whose first one was never told",
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

    The first parcel ships the order; further ones are shown to the buyer beside it. Telling it again does nothing. Where the platform
    refuses, the order itself is looked at: the same waybill number is as good as done, anything else waits for a person.
    """
    parcel = parcel_of(item, params, context.scope)
    if params.further is not None and params.further.json(item, context.scope) is True:
        await _tell_further(parcel, params, context)
        return item
    answer = await context.http(params.shop, shipment_call(parcel.order, parcel.courier, parcel.tracking_no), judge)
    if not _took(answer):
        require_held(_held(await context.http(params.shop, order_call(parcel.order), judge)), parcel, code_of(answer))
    return item


async def _tell_further(parcel: Parcel, params: PinduoduoShipped, context: Context) -> None:
    """The platform gets the list as it is to be: it does not say whether it adds to what it holds, or replaces it."""
    answer = await context.http(params.shop, order_call(parcel.order), judge)
    try:
        order = order_of(as_item(answer.body))
    except NodeError:
        raise NodeError("shipment.refused", error=code_of(answer) or "?") from None
    held = items_at(order, "extra_delivery_list") or []
    if parcel.tracking_no in (order.get("tracking_number"), *(one.get("tracking_number") for one in held)):
        return
    if order.get("order_status") not in _SHIPPED or not parcel.courier.isdigit():
        raise NodeError("shipment.refused", error=f"order_status {order.get('order_status')}")
    ours = {"logistics_id": int(parcel.courier), "tracking_number": parcel.tracking_no}
    answer = await context.http(params.shop, further_call(parcel.order, [*held, ours]), judge)
    if get(as_item(answer.body), "upload_extra_logistics_response.success", False) is not True:
        raise NodeError("shipment.refused", error=code_of(answer) or "success=false")


def _took(answer: HttpAnswer) -> bool:
    return get(as_item(answer.body), "logistics_online_send_response.is_success", False) is True


def _held(answer: HttpAnswer) -> Held | None:
    """How the order stands on the platform; ``None`` where it does not say."""
    try:
        order = order_of(as_item(answer.body))
    except NodeError:
        return None
    return Held(order.get("order_status") in _SHIPPED, str(order.get("tracking_number") or ""))
