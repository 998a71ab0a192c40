"""Telling Taobao that an order was shipped."""

from __future__ import annotations

from typing import Annotated, Any, Final, cast

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, HttpAnswer, Item, Judge, NodeError, OfType, Verdict, effect_node
from nodes.connector.arrivals import first_text, inside, text_at
from nodes.connector.shipping import Parcel, Shipment, parcel_of
from nodes.connector.taobao.calls import detail_call, judge, read, refusal_of, shipped_call, sub_code
from nodes.connector.taobao.trigger import lines_of

NOT_TO_SHIP: Final = frozenset({"isv.logistics-offline-service-error:B04", "isv.logistics-offline-service-error:B27"})
"""The trade has been shipped already, or was closed: which of the two, only the trade itself says."""


class TaobaoShipped(Shipment):
    shop: Annotated[ConnectionRef, OfType(("taobao",))] = Field(
        title="Shop", description="The connection of the shop, with App Key, App Secret and session."
    )


_ORDER = {"channel_order_id": "4012600000000000010", "logistics": {"carrier": "YTO", "tracking_no": "YT0000000000001"}}
_PARAMS = {"shop": {"connection": "taobao"}, "courier": "item.logistics.carrier", "tracking_no": "item.logistics.tracking_no"}
_SENT = {"logistics_offline_send_response": {"shipping": {"is_success": True}}}
_AGAIN = {"error_response": {"code": 15, "msg": "Remote service error", "sub_code": "isv.logistics-offline-service-error:B04"}}


def _held(number: str) -> dict[str, Any]:
    """The trade as the platform shows it, with a waybill number."""
    line = {"oid_str": "4012600000000000011", "invoice_no": number, "status": "WAIT_BUYER_CONFIRM_GOODS"}
    return {"trade_fullinfo_get_response": {"trade": {"tid_str": "4012600000000000010", "orders": {"order": [line]}}}}


@effect_node(
    "connector.taobao_shipped",
    version=1,
    label="Tell Taobao: shipped",
    reads=("params.order_number", "params.courier", "params.tracking_no", "params.lines"),
    icon="truck",
    examples=(
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 200, "body": _SENT},),
            requests=({"json": {"tid": "4012600000000000010", "company_code": "YTO", "out_sid": "YT0000000000001"}},),
            title="A whole order",
        ),
        Example(
            {**_PARAMS, "courier": '"YTO"', "lines": '["4012600000000000011"]'},
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 200, "body": _SENT},),
            requests=({"json": {"sub_tid": "4012600000000000011", "is_split": "1"}},),
            title="A parcel with a part of the order",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            {"out": [_ORDER]},
            answers=({"status": 200, "body": _AGAIN}, {"status": 200, "body": _held("YT0000000000001")}),
            requests=({"json": {"method": "taobao.logistics.offline.send"}}, {"json": {"method": "taobao.trade.fullinfo.get"}}),
            title="It was told before: nothing is left to do",
        ),
        Example(
            _PARAMS,
            [_ORDER],
            answers=({"status": 200, "body": _AGAIN}, {"status": 200, "body": _held("SF0000000000009")}),
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
async def taobao_shipped(item: Item, params: TaobaoShipped, context: Context) -> Item:
    """Tells Taobao the courier and the waybill number of an order that was shipped, or of a part of it.

    Telling it again does nothing. Where the platform says that the order is not to be shipped (any more), the order itself is looked at:
    the same waybill number is as good as done, anything else waits for a person.
    """
    parcel = parcel_of(item, params, context.scope)
    call = shipped_call(parcel.order, parcel.courier, parcel.tracking_no, parcel.lines)
    answer = await context.http(params.shop, call, _sent)
    if _refused_as(answer) in NOT_TO_SHIP:
        await context.http(params.shop, detail_call(parcel.order), _holds(parcel))
    return item


def _sent(answer: HttpAnswer) -> Verdict:
    """Done, too, where the platform says that it is not to be shipped: that is looked into. Raises what it refuses otherwise."""
    if _refused_as(answer) in NOT_TO_SHIP:
        return "done"
    if judge(answer) == "retry":
        return "retry"
    shipping = read(answer).get("shipping")
    if isinstance(shipping, dict) and cast("Item", shipping).get("is_success") is False:
        raise NodeError("shipment.refused", error="is_success=false")
    return "done"


def _holds(parcel: Parcel) -> Judge:
    """Whether the trade is shipped under our number. Raises ``NodeError`` with ``shipment.told_otherwise`` where it is not."""

    def look(answer: HttpAnswer) -> Verdict:
        if judge(answer) == "retry":
            return "retry"
        lines = [line for line in lines_of(inside(read(answer), "trade")) if _meant(line, parcel)]
        if not lines or any(text_at(line, "invoice_no") != parcel.tracking_no for line in lines):
            raise NodeError("shipment.told_otherwise")
        return "done"

    return look


def _meant(line: Item, parcel: Parcel) -> bool:
    """A parcel with the whole order holds each line that was sent at all."""
    if parcel.lines:
        return first_text(line, "oid_str", "oid") in parcel.lines
    return text_at(line, "invoice_no") is not None or line.get("refund_status") in (None, "NO_REFUND", "CLOSED")


def _refused_as(answer: HttpAnswer) -> str | None:
    refusal = refusal_of(answer)
    return None if refusal is None else sub_code(refusal)
