"""Hold order."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from engine.sdk import (
    ORDER,
    OVER,
    Context,
    DataClass,
    Example,
    FieldClass,
    HoldReason,
    Item,
    Params,
    Sent,
    Wait,
    adds,
    effect_node,
    hold_reasons_of,
    passes,
)
from nodes.connector.hub.naming import as_in_hub

_ORDER = {"channel": "own_shop", "shop_id": "s1", "channel_order_id": "OWN-0001", "version": "2026-01-16T03:04:05Z"}
_READY: Item = {**_ORDER, "status": "awaiting_fulfillment", "hold_reasons": []}
_DOUBTFUL: Item = {**_READY, "hold_reasons": ["amount_mismatch"]}


class HoldOrder(Params):
    reason: HoldReason | None = Field(
        default=None,
        title="Reason",
        description="Hold every order that comes here, for this reason. Empty: only orders that bring a reason of their own.",
    )


class Freed(BaseModel):
    hold_reasons: list[Annotated[HoldReason, FieldClass(DataClass.INTERNAL)]]


@effect_node(
    "connector.hold_order",
    version=1,
    label="Hold order",
    accepts=ORDER,
    reads=("channel", "shop_id", "channel_order_id", "version", "updated_at", "status", "hold_reasons"),
    outputs={"out": passes(), "released": adds(Freed), "superseded": passes()},
    waits=True,
    icon="lock",
    examples=(
        Example({}, [_READY], {"out": [_READY]}, title="Nothing speaks against it"),
        Example(
            {},
            [_DOUBTFUL],
            {"released": [_READY]},
            requests=({"wait": "hold"},),
            answers=({"how": "released", "by": "owner"},),
            title="A person has looked at it",
        ),
        Example(
            {"reason": "risk_review"},
            [_READY],
            {"superseded": [_READY]},
            requests=({"wait": "hold"},),
            answers=({"how": "superseded"},),
            title="A newer version came meanwhile",
        ),
    ),
)
async def hold_order(order: Item, params: HoldOrder, context: Context) -> Sent:
    """Keeps back each order that has a reason in `hold_reasons`, or the reason set here, until a person releases it on the page "Held".

    What is released leaves by `released`, without its reasons. When the hub gets a newer version of the order, the one that is held
    leaves by `superseded`: the newer one goes its own way. An order without any reason passes at once, by `out`, and so does one
    that is shipped or over. A state that nobody knows can never be released.
    """
    reasons = (*hold_reasons_of(order), *([params.reason] if params.reason and order.get("status") not in OVER else ()))
    if not reasons:
        return "out", order
    woken = await context.wait(Wait("hold", order=as_in_hub(order), reasons=tuple(dict.fromkeys(reasons))))
    return ("superseded", order) if woken.how == "superseded" else ("released", {**order, "hold_reasons": []})
