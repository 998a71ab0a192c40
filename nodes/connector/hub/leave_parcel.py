"""Leave a shared parcel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, Field

from engine.sdk import (
    ORDER,
    ConnectionRef,
    Context,
    DataClass,
    Example,
    FieldClass,
    Item,
    NodeError,
    OfType,
    Params,
    Sent,
    Wait,
    adds,
    effect_node,
    passes,
)
from nodes.rule.merge_orders import Merged, sample_order
from nodes.rule.merging import by_payment, merged, named

LOOK_AGAIN: Final = 10.0
TRIES: Final = 60
Internal = Annotated[str, FieldClass(DataClass.INTERNAL)]


class LeaveParcel(Params):
    wms: Annotated[ConnectionRef, OfType(("wms",))] = Field(
        title="WMS", description="The warehouse that has the parcel: the connection that orders are sent to."
    )


class CalledOff(BaseModel):
    channel: Internal
    shop_id: Internal
    channel_order_id: Internal
    version: Internal


class Left(Merged):
    called_off: list[CalledOff]


_VERSION: Final = "2026-01-16T04:00:00Z"
_OFF: Item = {**sample_order("A1", "60.00", "SOAP"), "status": "cancelled", "version": _VERSION}
_REST: Item = sample_order("A2", "40.50", "CUP")
_NAMED: Final = {"channel": "own_shop", "shop_id": "s1", "channel_order_id": "A1", "version": _VERSION}


def left_of(order: Item, answer: Mapping[str, Any]) -> Item:
    """The parcel without the order, under the number that the warehouse knows, as a newer version; called off with the last one. Pure."""
    orders = sorted(cast("list[Item]", answer["orders"]), key=by_payment)
    parcel = merged(orders) if orders else {name: value for name, value in order.items() if name != "merged_orders"}
    off = {name: order.get(name) for name in ("channel", "shop_id", "channel_order_id", "version")}
    number = str(answer["number"])
    return {**parcel, "channel_order_id": number, "display_no": number, "version": answer["version"], "called_off": [off]}


@effect_node(
    "connector.leave_parcel",
    version=1,
    label="Leave a shared parcel",
    accepts=ORDER,
    reads=("*",),
    outputs={"alone": passes(), "parcel": adds(Left), "gone": passes()},
    waits=True,
    icon="package",
    examples=(
        Example({"wms": {"connection": "wms"}}, [_OFF], {"alone": [_OFF]}, answers=({"at": "alone"},), title="It shares no parcel"),
        Example(
            {"wms": {"connection": "wms"}},
            [_OFF],
            {
                "parcel": [
                    {
                        **_REST,
                        "channel_order_id": "A1",
                        "display_no": "A1",
                        "version": _VERSION,
                        "lines": [{**_REST["lines"][0], "from_order": "A2"}],
                        "presentment": None,
                        "ship_by_at": None,
                        "merged_orders": [named(_REST)],
                        "called_off": [_NAMED],
                    }
                ]
            },
            answers=({"at": "parcel", "number": "A1", "version": _VERSION, "orders": [_REST]},),
            requests=({"kind": "desk", "task": "parcels.leave", "channel_order_id": "A1"},),
            title="The other order stays in the parcel, whose number is that of the one that leaves",
        ),
        Example(
            {"wms": {"connection": "wms"}},
            [{**_OFF, "channel_order_id": "A2"}],
            {
                "parcel": [
                    {**_OFF, "display_no": "A1", "called_off": [{**_NAMED, "channel_order_id": "A2"}]},
                ]
            },
            answers=({"at": "parcel", "number": "A1", "version": _VERSION, "orders": []},),
            title="The last order leaves: the parcel is called off",
        ),
        Example(
            {"wms": {"connection": "wms"}},
            [_OFF],
            {"gone": [_OFF]},
            answers=({"at": "gone"},),
            title="It left before: its number is the parcel of others",
        ),
    ),
)
async def leave_parcel(order: Item, params: LeaveParcel, context: Context) -> Sent:
    """Takes an order that was called off out of the parcel that it shares with others, so that those still ship.

    By `parcel` leaves what the warehouse has to hold from now on, under the parcel's number and as a newer version: the other orders,
    merged as before; with the last order that leaves, the parcel called off. `called_off` names the order that left. By `alone` leaves
    an order that shares no parcel, to be sent as it is; by `gone` one that left before, of which the warehouse must not hear again under
    that number. A parcel that is on its way to the warehouse is waited for.
    """
    names = ("channel", "shop_id", "channel_order_id")
    asked = {**{name: str(order.get(name) or "") for name in names}, "version": str(order.get("version") or "")}
    for _ in range(TRIES):
        answer = await context.ask_hub("parcels.leave", {"connection": params.wms.connection, **asked})
        at = answer.get("at", "alone")
        if at == "parcel":
            return "parcel", left_of(order, answer)
        if at != "under_way":
            return ("gone" if at == "gone" else "alone"), order
        await context.wait(Wait("timer", seconds=LOOK_AGAIN))
    raise NodeError("leaving.under_way", order=asked["channel_order_id"])
