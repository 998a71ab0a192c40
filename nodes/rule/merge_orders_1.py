"""Merge orders, as it was: a part of a split order is named by its own number alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.sdk import ORDER, Item, Made, adds, batch_node, passes
from nodes.rule.merge_orders import EXAMPLES, Merged, MergeOrders, merge
from nodes.rule.merging import named


@batch_node(
    "rule.merge_orders",
    version=1,
    label="Merge orders",
    accepts=ORDER,
    reads=("*",),
    outputs={"merged": adds(Merged), "alone": passes(), "superseded": passes()},
    icon="merge",
    examples=EXAMPLES,
)
def merge_orders(orders: Sequence[Item], params: MergeOrders) -> Iterator[Made]:
    """Makes one order of those of one shop that the same buyer sends to the same receiver with the same invoice.

    The order that was paid first leads. Amounts are added up; `merged_orders` names every source, and each line its own in `from_order`.
    Orders on delivery, in presale, held, with a refund or as a gift to somebody stay alone, and so does what is not to ship or whose
    receiver is not known for certain. Where two versions of one order come, the older leaves by `superseded`.
    """
    return merge(orders, params, named)
