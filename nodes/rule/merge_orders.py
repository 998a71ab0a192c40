"""Merge orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from engine.sdk import ORDER, DataClass, Example, FieldClass, Item, Made, Params, adds, apart, batch_node, parcel_key, passes
from nodes.rule.goods import Grams, lines_of, order_grams
from nodes.rule.merging import Naming, by_payment, merged, named_with_part, overtaken


class MergeOrders(Params):
    max_grams: Grams | None = Field(
        default=None,
        title="At most grams",
        description="No parcel gets heavier than this by merging; an order of unknown weight then stays alone. Empty: no limit.",
    )
    grams: dict[str, Grams] = Field(
        default_factory=dict, title="Grams by SKU", description="What one piece weighs, where the line itself has no weight_grams."
    )


def sample_order(number: str, paid: str, sku: str, **more: Any) -> Item:
    """An order as the examples of the rules show it."""
    return {
        "channel": "own_shop", "shop_id": "s1", "channel_order_id": number, "display_no": number, "version": "2026-01-16T03:04:05Z",
        "status": "awaiting_fulfillment", "payment_status": "paid", "paid_at": f"2026-01-16T03:0{number[-1]}:00Z", "currency": "CNY",
        "amount": {"items": paid, "discount_seller": "0.00", "discount_platform": "0.00", "shipping": "0.00", "tax": "0.00", "paid": paid},
        "buyer": {"ref": "u1"},
        "receiver": {"name": "测试乙", "phone": "19900000505", "province": "广东省", "city": "深圳市", "address": "示例大道5号"},
        "lines": [{"channel_line_id": "1", "sku_code": sku, "qty": 1, "unit_price": paid, "paid_share": paid}],
        "note": {"buyer": None, "seller": None}, "hold_reasons": [],
        **more,
    }  # fmt: skip


Internal = Annotated[str | None, FieldClass(DataClass.INTERNAL)]


class MergedLine(BaseModel):
    from_order: Internal


class SourceOrder(BaseModel):
    channel: Internal
    shop_id: Internal
    channel_order_id: Internal
    display_no: Internal
    version: Internal
    paid: Internal
    lines: Annotated[int, FieldClass(DataClass.INTERNAL)]


class SourcePart(BaseModel):
    of_order: Internal
    number: Annotated[int, FieldClass(DataClass.INTERNAL)]
    of: Annotated[int, FieldClass(DataClass.INTERNAL)]


class Source(SourceOrder):
    part: SourcePart | None


class Merged(BaseModel):
    lines: list[MergedLine]
    merged_orders: list[SourceOrder]


class MergedParts(BaseModel):
    lines: list[MergedLine]
    merged_orders: list[Source]


_A, _B = sample_order("A1", "60.00", "SOAP"), sample_order("A2", "40.50", "CUP")
_TOGETHER: Item = {
    **_A,
    "lines": [{**_A["lines"][0], "from_order": "A1"}, {**_B["lines"][0], "from_order": "A2"}],
    "amount": {**_A["amount"], "items": "100.50", "paid": "100.50"},
    "presentment": None,
    "ship_by_at": None,
    "merged_orders": [
        {
            "channel": "own_shop",
            "shop_id": "s1",
            "channel_order_id": number,
            "display_no": number,
            "version": "2026-01-16T03:04:05Z",
            "paid": paid,
            "lines": 1,
        }
        for number, paid in (("A1", "60.00"), ("A2", "40.50"))
    ],
}
_ON_DELIVERY: Item = {**_B, "payment_status": "unpaid"}
_PART_OF = {"of_order": "A2", "number": 1, "of": 2}
_PART: Item = {**_B, "channel_order_id": "A2-1", "part": {**_PART_OF, "warehouse": None, "presale": None}}
_WITH_PART: Item = {
    **_TOGETHER,
    "lines": [_TOGETHER["lines"][0], {**_B["lines"][0], "from_order": "A2-1"}],
    "merged_orders": [_TOGETHER["merged_orders"][0], {**_TOGETHER["merged_orders"][1], "channel_order_id": "A2-1", "part": _PART_OF}],
}
EXAMPLES = (
    Example({}, [_A, _B], {"merged": [_TOGETHER]}, title="Two orders to one receiver"),
    Example({}, [_A, _ON_DELIVERY], {"alone": [_A, _ON_DELIVERY]}, title="Payment on delivery is never merged"),
    Example(
        {"max_grams": 1500, "grams": {"SOAP": 1000, "CUP": 600}},
        [_A, _B],
        {"alone": [_A, _B]},
        title="Together they would be too heavy",
    ),
    Example(
        {},
        [_A, {**_A, "version": "2026-01-16T04:00:00Z"}],
        {"alone": [{**_A, "version": "2026-01-16T04:00:00Z"}], "superseded": [_A]},
        title="Two versions of one order are no two orders",
    ),
)


@batch_node(
    "rule.merge_orders",
    version=2,
    label="Merge orders",
    accepts=ORDER,
    reads=("*",),
    outputs={"merged": adds(MergedParts), "alone": passes(), "superseded": passes()},
    icon="merge",
    examples=(*EXAMPLES, Example({}, [_A, _PART], {"merged": [_WITH_PART]}, title="An order and a part of another one")),
)
def merge_orders(orders: Sequence[Item], params: MergeOrders) -> Iterator[Made]:
    """Makes one order of those of one shop that the same buyer sends to the same receiver with the same invoice.

    The order that was paid first leads. Amounts are added up; `merged_orders` names every source, a part of a split order with its order
    in `part`, and each line its own in `from_order`.
    Orders on delivery, in presale, held, with a refund or as a gift to somebody stay alone, and so does what is not to ship or whose
    receiver is not known for certain. Where two versions of one order come, the older leaves by `superseded`.
    """
    return merge(orders, params, named_with_part)


def merge(orders: Sequence[Item], params: MergeOrders, naming: Naming) -> Iterator[Made]:
    """What each version of the node makes, which differ in how they name sources."""
    older = overtaken(orders)
    for position in sorted(older):
        yield Made(orders[position], (position,), "superseded")
    for positions in _parcels(orders, older, params):
        members = [orders[position] for position in positions]
        yield Made(merged(members, naming), positions, "merged") if len(members) > 1 else Made(members[0], positions, "alone")


def _parcels(orders: Sequence[Item], older: set[int], params: MergeOrders) -> list[tuple[int, ...]]:
    """Positions by parcel, those of a parcel by payment; parcels in the order of their first arrival."""
    groups: dict[bytes | int, list[int]] = {}
    for position, order in enumerate(orders):
        if position in older:
            continue
        groups.setdefault(position if apart(order) else parcel_key(order), []).append(position)
    parcels = [parcel for group in groups.values() for parcel in _by_weight(orders, group, params)]
    return sorted(parcels, key=min)


def _by_weight(orders: Sequence[Item], group: Sequence[int], params: MergeOrders) -> list[tuple[int, ...]]:
    """Parcels of a group, filled in the order of payment."""
    in_order = sorted(group, key=lambda position: (by_payment(orders[position]), position))
    if params.max_grams is None:
        return [tuple(in_order)]
    parcels: list[tuple[int, ...]] = []
    open_parcel: list[int] = []
    load = 0
    for position in in_order:
        grams = order_grams(lines_of(orders[position]), params.grams)
        if grams is None:
            parcels.append((position,))
            continue
        if open_parcel and load + grams > params.max_grams:
            parcels.append(tuple(open_parcel))
            open_parcel, load = [], 0
        open_parcel.append(position)
        load += grams
    return [*parcels, tuple(open_parcel)] if open_parcel else parcels
