"""Create a parcel label."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, cast

from pydantic import Field

from engine.sdk import (
    ORDER,
    ConnectionRef,
    Context,
    Example,
    HttpAnswer,
    HttpCall,
    Item,
    NodeError,
    OfType,
    Params,
    Verdict,
    adds,
    by_status,
    effect_node,
    put,
)
from orderloom_courier_express.connection import CourierExpress
from orderloom_courier_express.parcel import CARRIER, Labelled
from orderloom_courier_express.waybill import waybill_of

EXISTS: Final = 409
_COURIER: Final = {"courier": {"connection": "courier"}}
_ORDER: Final = {
    "channel": "own_shop",
    "shop_id": "main",
    "channel_order_id": "OWN-0001",
    "status": "awaiting_fulfillment",
    "receiver": {"name": "测试乙", "phone": "19900000505", "city": "深圳市", "address": "示例大道5号3单元502室"},
    "lines": [{"sku_code": "OS-SOAP-LAV", "qty": 2}],
}


def _labelled_order(*, existed: bool) -> Item:
    return {**_ORDER, "logistics": {"carrier": CARRIER, "tracking_no": "CE000000000001", "label": "L-1", "label_existed": existed}}


class CourierLabel(Params):
    courier: Annotated[ConnectionRef, OfType((CourierExpress.type_name,))] = Field(
        title="Courier", description="The connection with the account at the courier."
    )
    service: Literal["standard", "express"] = Field(
        default="standard", title="Service", description="standard: two to four days. express: the next day."
    )


@effect_node(
    "connector.courier_label",
    version=1,
    label="Courier Express: create label",
    accepts=ORDER,
    outputs={"out": adds(Labelled)},
    reads=("channel", "shop_id", "channel_order_id", "status", "hold_reasons", "receiver", "lines[].qty"),
    icon="package",
    examples=(
        Example(
            _COURIER,
            [_ORDER],
            {"out": [_labelled_order(existed=False)]},
            answers=({"status": 201, "body": {"tracking_no": "CE000000000001", "label": "L-1"}},),
            requests=(
                {
                    "method": "POST",
                    "path": "/labels",
                    "json": {
                        "reference": "own_shop/main/OWN-0001",
                        "service": "standard",
                        "receiver": {"name": "测试乙", "phone": "19900000505", "address": "示例大道5号3单元502室", "city": "深圳市"},
                        "printed": {"name": "测**", "phone": "199******05", "address": "示例大道5号****"},
                        "pieces": 2,
                    },
                },
            ),
            title="A new label",
        ),
        Example(
            {**_COURIER, "service": "express"},
            [_ORDER],
            {"out": [_labelled_order(existed=True)]},
            answers=({"status": 409, "body": {"tracking_no": "CE000000000001", "label": "L-1"}},),
            title="The order has a label already, and keeps it",
        ),
        Example(
            _COURIER,
            [_ORDER],
            {"out": [_labelled_order(existed=False)]},
            answers=({"status": 503}, {"status": 201, "body": {"tracking_no": "CE000000000001", "label": "L-1"}}),
            title="A busy courier is asked again",
        ),
        Example(
            _COURIER,
            [{**_ORDER, "receiver": {"name": "测**", "phone": "199****0505", "address": "示例大道5号****"}}],
            problem="courier.masked_receiver",
            title="A masked receiver cannot be delivered to",
        ),
        Example(_COURIER, [{**_ORDER, "status": "unknown"}], problem="courier.may_not_ship", title="An unknown status never ships"),
    ),
)
async def courier_label(order: Item, params: CourierLabel, context: Context) -> Item:
    """Creates a parcel label at Courier Express and adds its tracking number to the order. An order that has a label keeps it.

    The courier gets the receiver in clear, because it delivers there; on the label itself name, phone and address are masked.
    """
    call = HttpCall("POST", "/labels", json=waybill_of(order, params.service))
    return _labelled(order, await context.http(params.courier, call, existing_is_fine))


def existing_is_fine(answer: HttpAnswer) -> Verdict:
    return "done" if answer.status == EXISTS else by_status(answer)


def _labelled(order: Item, answer: HttpAnswer) -> Item:
    made = cast("dict[str, Any]", answer.body) if isinstance(answer.body, dict) else {}
    order = put(order, "logistics.carrier", CARRIER)
    for name in ("tracking_no", "label"):
        value = made.get(name)
        if not isinstance(value, str) or not value:
            raise NodeError("courier.bad_answer", path=name)
        order = put(order, f"logistics.{name}", value)
    return put(order, "logistics.label_existed", answer.status == EXISTS)
