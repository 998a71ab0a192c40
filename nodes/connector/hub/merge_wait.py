"""Wait to be merged."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BaseModel, Field

from engine.sdk import (
    MERGE_WAIT,
    ORDER,
    Context,
    DataClass,
    Duration,
    Example,
    FieldClass,
    Item,
    Params,
    Sent,
    Wait,
    adds,
    apart,
    effect_node,
    passes,
)
from nodes.connector.hub.naming import as_in_hub, part_of_order

_FIRST: Item = {
    "channel": "own_shop",
    "shop_id": "s1",
    "channel_order_id": "OWN-0001",
    "version": "2026-01-16T03:04:05Z",
    "status": "awaiting_fulfillment",
    "payment_status": "paid",
    "buyer": {"ref": "u1"},
    "receiver": {"name": "测试乙", "phone": "19900000505", "city": "深圳市", "address": "示例大道5号"},
}
_SECOND: Item = {**_FIRST, "channel_order_id": "OWN-0002"}
_LEADER = {"channel": "own_shop", "shop_id": "s1", "channel_order_id": "OWN-0001", "version": "2026-01-16T03:04:05Z"}
_ON_DELIVERY: Item = {**_FIRST, "payment_status": "unpaid"}
_HOLD = ({"wait": "hold"},)


class MergeWait(Params):
    window: Duration = Field(title="Window", description="How long an order waits for others, from when it comes here, such as 30m.")


Internal = Annotated[str, FieldClass(DataClass.INTERNAL)]


class Leader(BaseModel):
    channel: Internal
    shop_id: Internal
    channel_order_id: Internal
    version: Internal


class Gone(BaseModel):
    merged_into: Leader


@effect_node(
    "connector.merge_wait",
    version=1,
    label="Wait to be merged",
    accepts=ORDER,
    reads=("*",),
    outputs={"alone": passes(), "together": passes(), "merged": adds(Gone), "in_parcel": passes(), "superseded": passes()},
    waits=True,
    many=True,
    icon="hourglass",
    examples=(
        Example(
            {"window": "30m"},
            [_FIRST],
            {"alone": [_FIRST]},
            requests=_HOLD,
            answers=({"how": "due", "body": {"orders": [], "in_parcel": False}},),
            title="Nobody else came",
        ),
        Example(
            {"window": "30m"},
            [_FIRST],
            {"together": [_FIRST, _SECOND]},
            requests=_HOLD,
            answers=({"how": "due", "body": {"orders": [_SECOND], "in_parcel": False}},),
            title="Another order goes along",
        ),
        Example(
            {"window": "30m"},
            [_SECOND],
            {"merged": [{**_SECOND, "merged_into": _LEADER}]},
            requests=_HOLD,
            answers=({"how": "merged", "body": _LEADER},),
            title="It goes along with another one",
        ),
        Example(
            {"window": "30m"},
            [_SECOND],
            {"in_parcel": [_SECOND]},
            answers=({"how": "due", "body": {"orders": [], "in_parcel": True}},),
            title="An earlier version of it is in a shared parcel already",
        ),
        Example({"window": "30m"}, [_ON_DELIVERY], {"alone": [_ON_DELIVERY]}, title="What goes alone does not wait"),
    ),
)
async def merge_wait(order: Item, params: MergeWait, context: Context) -> list[Sent]:
    """Keeps each order for a while, so that other orders of the same buyer to the same receiver can go along in one parcel.

    When the window of the first one is over, it leaves by `together` with all that came meanwhile, ready for "Merge orders"; each of
    those ends by `merged` and ships no more by itself. Alone it leaves by `alone`, and so does, at once, what may not be merged. The page
    "Held" shows who waits; a person may send an order on, alone. A newer version takes the place of the one that waits (`superseded`);
    of an order that is in a shared parcel already, a newer version leaves by `in_parcel`. The orders must be kept in the hub before; parts
    of a split order go alone.
    """
    if apart(order) or part_of_order(order):
        return [("alone", order)]
    woken = await context.wait(Wait("hold", seconds=params.window.total_seconds(), order=as_in_hub(order), reasons=(MERGE_WAIT,)))
    if woken.how == "superseded":
        return [("superseded", order)]
    if woken.how == "merged":
        return [("merged", {**order, "merged_into": woken.body})]
    body = cast("dict[str, Any]", woken.body) if isinstance(woken.body, dict) else {}
    if body.get("in_parcel"):
        return [("in_parcel", order)]
    others = cast("list[Item]", body.get("orders") or [])
    return [("together", one) for one in (order, *others)] if others else [("alone", order)]
