"""Orders of buyers with whom one does no business."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from engine.sdk import DataClass, Example, FieldClass, HoldReason, Item, NonEmpty, Params, Sent, adds, node, passes
from nodes.rule.goods import part_of
from nodes.rule.reasons import with_reason


class BlacklistParams(Params):
    buyers: tuple[NonEmpty, ...] = Field(
        default=(),
        max_length=5000,
        title="Buyers",
        description="Their ids at the channel, as in `buyer.ref`. No names or telephone numbers: a flow is no place for them.",
    )
    channel: str = Field(default="", max_length=60, title="Channel", description="Where the ids are from, such as taobao. Empty: any.")


class Listed(BaseModel):
    hold_reasons: list[Annotated[HoldReason, FieldClass(DataClass.INTERNAL)]]


_ORDER: Item = {"channel": "own_shop", "channel_order_id": "1", "buyer": {"ref": "u1"}, "hold_reasons": ["risk_review"]}


@node(
    "rule.blacklist",
    version=1,
    label="Blacklist",
    reads=("channel", "buyer.ref", "hold_reasons"),
    outputs={"out": passes(), "listed": adds(Listed)},
    icon="ban",
    examples=(
        Example({"buyers": ["u9"]}, [_ORDER], {"out": [_ORDER]}, title="Nobody knows anything of this buyer"),
        Example(
            {"buyers": ["u1"], "channel": "own_shop"},
            [_ORDER],
            {"listed": [{**_ORDER, "hold_reasons": ["risk_review", "blacklist"]}]},
            title="A buyer who is listed",
        ),
    ),
)
def blacklist(item: Item, params: BlacklistParams) -> Sent:
    """Sends the orders of listed buyers to `listed`, with the reason `blacklist`: the node "Hold order" behind it keeps them back.

    A buyer is known by the id at the channel, which is the same in each of its orders.
    """
    buyer = part_of(item, "buyer").get("ref")
    fits = params.channel in ("", item.get("channel"))
    return ("listed", with_reason(item, "blacklist")) if fits and buyer in params.buyers else ("out", item)
