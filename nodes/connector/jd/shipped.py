"""Telling JD that an order was shipped."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, HttpAnswer, Item, NodeError, OfType, effect_node
from nodes.connector.arrivals import as_item
from nodes.connector.jd.calls import code_of, envelope_of, judge, order_call, shipment_call
from nodes.connector.jd.envelope import order_of, said_yes
from nodes.connector.jd.status import STATUS
from nodes.connector.shipping import Held, WholeShipment, parcel_of, require_held

_ORDER: Final = {"channel_order_id": "300000000001", "logistics": {"carrier": "2087", "tracking_no": "JDX000000000001"}}
_SENT: Final = {"method": "jingdong.pop.order.shipment", "orderId": "300000000001", "logiCoprId": "2087", "logiNo": "JDX000000000001"}
_PARAMS: Final = {"shop": {"connection": "jd"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}


def _said(success: Any, code: str = "") -> dict[str, Any]:
    result = {"success": success, "errorCode": code}
    return {"status": 200, "body": {"jingdong_pop_order_shipment_responce": {"code": "0", "sopjosshipment_result": result}}}


def _shown(waybill: str) -> dict[str, Any]:
    order = {"orderId": "300000000001", "orderState": "WAIT_GOODS_RECEIVE_CONFIRM", "waybill": waybill}
    detail = {"apiResult": {"success": True}, "orderInfo": order}
    return {"status": 200, "body": {"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": detail}}}


class JdShipped(WholeShipment):
    shop: Annotated[ConnectionRef, OfType(("jd",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to report parcels."
    )


@effect_node(
    "connector.jd_shipped",
    version=1,
    label="Tell JD: shipped",
    reads=("params.order_number", "params.courier", "params.tracking_no"),
    icon="truck",
    examples=(
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_said("true"),),
            requests=({"method": "POST", "json": _SENT},),
            title="A whole order",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_said("false", "10400001"), _shown("JDX000000000001,JDX000000000002")),
            title="It was told before: nothing is left to do",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            answers=(_said("false", "10400001"), _shown("JDX000000000009")),
            problem="shipment.told_otherwise",
            title="It was shipped under another number",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 200, "body": {"error_response": {"code": "2"}}}, _said("true")),
            title="Too many calls: it is told again later",
        ),
        Example(
            {**_PARAMS, "courier": '"463|467"', "tracking_no": '"YT0000000000001,YT0000000000002|SF0000000000003"'},
            [_ORDER],
            {"out": [_ORDER]},
            answers=(_said("false", "10400001"), _shown("SF0000000000003,YT0000000000001,YT0000000000002")),
            requests=({"json": {"logiCoprId": "463|467", "logiNo": "YT0000000000001,YT0000000000002|SF0000000000003"}}, {"json": {}}),
            title="An order in several parcels, which it was told of before",
        ),
        Example(
            _PARAMS,
            [{"channel_order_id": "300000000001", "logistics": {"carrier": "2087", "tracking_no": ""}}],
            problem="shipment.incomplete",
            title="No number",
        ),
    ),
)
async def jd_shipped(item: Item, params: JdShipped, context: Context) -> Item:
    """Tells JD the courier and the waybill number of an order that was shipped. The courier is the platform's own number of it.

    JD takes an order once, whole: where it goes in several parcels, tell all numbers together, those of one courier parted by commas,
    couriers and their numbers by bars. Telling it again does nothing. Where the platform refuses, the order itself is looked at: the same
    waybill numbers are as good as done, anything else waits for a person.
    """
    parcel = parcel_of(item, params, context.scope)
    answer = await context.http(params.shop, shipment_call(parcel.order, parcel.courier, parcel.tracking_no), judge)
    result = _result(answer)
    if not said_yes(result.get("success")):
        code = code_of(answer) or result.get("errorCode") or result.get("englishErrCode")
        require_held(_held(await context.http(params.shop, order_call(parcel.order), judge)), parcel, code)
    return item


def _result(answer: HttpAnswer) -> Item:
    return as_item(envelope_of(as_item(answer.body)).get("sopjosshipment_result"))


def _held(answer: HttpAnswer) -> Held | None:
    """How the order stands on the platform; ``None`` where it does not say."""
    try:
        order = order_of(as_item(answer.body))
    except NodeError:
        return None
    return Held(STATUS.get(str(order.get("orderState"))) != "awaiting_fulfillment", str(order.get("waybill") or ""))
