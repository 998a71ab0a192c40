"""Take a waybill: which orders of which channels were shipped by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, cast

from pydantic import BaseModel, Field

from engine.sdk import Context, DataClass, Example, FieldClass, Item, Params, Sent, adds, effect_node

FIELDS: Final = ("channel", "shop_id", "channel_order_id", "tracking_no", "carrier", "shipped_at")
Manner = Literal["lines", "each", "last", "further", "first"]
MANNERS: Final[Mapping[str, Manner]] = {
    "taobao": "lines",
    "shopify": "lines",
    "own_shop": "lines",
    "woocommerce": "each",
    "jd": "last",
    "pinduoduo": "further",
}
"""What each platform takes for an order that was split; their READMEs say why."""

_Internal = Annotated[str, FieldClass(DataClass.INTERNAL)]
_TOLD: Final[Item] = {
    "shipment_no": "S-1",
    "channel": "own_shop",
    "shop_id": "s1",
    "channel_order_id": "OWN-0001",
    "carrier": "YTO",
    "tracking_no": "YT0000000000001",
    "shipped_at": "2026-01-16T08:00:00Z",
}
_WAYBILL: Final = {"carrier": "yto", "tracking_no": "YT0000000000001"}
_ORDER: Final[dict[str, Any]] = {
    "channel": "own_shop", "shop_id": "s1", "channel_order_id": "OWN-0001", "display_no": "OWN-0001", "version": "2026-01-16T03:04:05Z",
    "status": "awaiting_fulfillment", "doubt": None, "known": False, "again": False, "part": 0, "parts": 0, "first": True, "last": True,
    "lines": None, "waybill": _WAYBILL, "waybills": [_WAYBILL],
}  # fmt: skip
_MADE: Final[Item] = {
    **_TOLD,
    "display_no": "OWN-0001",
    "version": "2026-01-16T03:04:05Z",
    "status": "awaiting_fulfillment",
    "doubt": None,
    "at_warehouse": "OWN-0001",
    "lines": None,
    "completes": True,
    "further": False,
    "waybills": [_WAYBILL],
}
_SECOND: Final = {"channel_order_id": "OWN-0002", "display_no": "OWN-0002"}
_PART: Final[Item] = {**_TOLD, "channel_order_id": "OWN-0001-2", "tracking_no": "YT0000000000002"}
_OTHER: Final = {"carrier": "yto", "tracking_no": "YT0000000000002"}
_LAST: Final = {**_ORDER, "part": 2, "parts": 2, "first": False, "lines": ["2"], "waybill": _OTHER, "waybills": [_WAYBILL, _OTHER]}


class TakeWaybill(Params):
    split: dict[str, Manner] = Field(
        default=dict(MANNERS),
        title="Orders in several parcels",
        description=(
            "What a channel is told of an order that was split. lines: each parcel with its lines; each: every waybill number, and with "
            "the last one that the order is complete; last: all numbers together, with the last parcel; further: the first number, then "
            "each one as a further one; first: the first number only. A channel that is not named: first."
        ),
    )
    further_parcels: tuple[Annotated[str, Field(min_length=1, max_length=60)], ...] = Field(
        default=(),
        max_length=50,
        title="Told of further parcels",
        description=(
            "Channels that are told of a further waybill number of the same goods, too: a warehouse may pack one order in several parcels. "
            "Pinduoduo, Shopify, WooCommerce and the own shop take such a number; for any other channel the parcel is followed, not told."
        ),
    )


class Waybill(BaseModel):
    carrier: _Internal
    tracking_no: Annotated[str, FieldClass(DataClass.CONFIDENTIAL)]


class Shipped(BaseModel):
    channel: _Internal
    shop_id: _Internal
    channel_order_id: _Internal
    display_no: _Internal
    version: _Internal
    status: _Internal
    at_warehouse: _Internal
    doubt: Annotated[Literal["cancelled", "refunding", "unpaid", "unmapped", "missing"] | None, FieldClass(DataClass.INTERNAL)]
    lines: list[_Internal] | None
    completes: Annotated[bool, FieldClass(DataClass.INTERNAL)]
    further: Annotated[bool, FieldClass(DataClass.INTERNAL)]
    waybills: list[Waybill]


@effect_node(
    "connector.take_waybill",
    version=1,
    label="Take waybill",
    reads=FIELDS,
    outputs={"tell": adds(Shipped), "later": adds(Shipped), "extra": adds(Shipped), "known": adds(Shipped), "doubtful": adds(Shipped)},
    many=True,
    icon="package",
    examples=(
        Example(
            {},
            [_TOLD],
            {"tell": [_MADE]},
            answers=({"orders": [_ORDER]},),
            requests=({"kind": "desk", "task": "shipments.take", "event": "1", "tracking_no": "YT0000000000001"},),
            title="An order was shipped",
        ),
        Example(
            {},
            [_TOLD],
            {"tell": [_MADE, {**_MADE, **_SECOND}]},
            answers=({"orders": [_ORDER, {**_ORDER, **_SECOND}]},),
            title="Two orders in one parcel: each of their channels is told",
        ),
        Example(
            {},
            [_PART],
            {
                "tell": [
                    {
                        **_MADE,
                        **_PART,
                        "channel_order_id": "OWN-0001",
                        "at_warehouse": "OWN-0001-2",
                        "lines": ["2"],
                        "further": True,
                        "waybills": [_OTHER],
                    }
                ]
            },
            answers=({"orders": [_LAST]},),
            title="The second part of an order, with its lines",
        ),
        Example(
            {"split": {"own_shop": "last"}},
            [_TOLD],
            {"later": [{**_MADE, "completes": False}]},
            answers=({"orders": [{**_ORDER, "part": 1, "parts": 2, "last": False, "lines": ["1"]}]},),
            title="A channel that wants all numbers at once hears of it with the last part",
        ),
        Example(
            {"split": {"own_shop": "first"}},
            [_PART],
            {
                "extra": [
                    {**_MADE, **_PART, "channel_order_id": "OWN-0001", "at_warehouse": "OWN-0001-2", "further": True, "waybills": [_OTHER]}
                ]
            },
            answers=({"orders": [_LAST]},),
            title="A channel that knows one number only: the second parcel is followed, not told",
        ),
        Example(
            {"further_parcels": ["own_shop"]},
            [{**_TOLD, "tracking_no": "YT0000000000002"}],
            {"tell": [{**_MADE, "tracking_no": "YT0000000000002", "completes": False, "further": True, "waybills": [_OTHER]}]},
            answers=({"orders": [{**_ORDER, "again": True, "first": False, "last": False, "waybill": _OTHER}]},),
            title="A warehouse packed one order in two parcels, and the channel takes the second number",
        ),
        Example(
            {},
            [_TOLD],
            {"known": [_MADE]},
            answers=({"orders": [{**_ORDER, "known": True}]},),
            title="Another message has told of it: nothing is left to do",
        ),
        Example(
            {},
            [_TOLD],
            {"doubtful": [{**_MADE, "status": "cancelled", "doubt": "cancelled"}]},
            answers=({"orders": [{**_ORDER, "status": "cancelled", "doubt": "cancelled"}]},),
            title="It was shipped although it was cancelled",
        ),
    ),
)
async def take_waybill(item: Item, params: TakeWaybill, context: Context) -> list[Sent]:
    """Finds the orders that a warehouse has shipped under a waybill number, keeps the parcel for tracking, and sends each order on.

    The item says what was shipped: `channel`, `shop_id` and `channel_order_id` as the warehouse got them, `carrier`, `tracking_no`,
    `shipped_at`. For a merged parcel every order leaves, for a part its order. By `tell` leaves what the channel is to be told now, with
    `waybills`, `lines` (null: the whole order) and whether it `completes` the order or is a `further` parcel; by `later` what it hears
    of with the last part; by `extra` a number that it does not take, or a second one of the same goods where it is not to be told; by
    `known` what another message has told of. An order that is cancelled, refunding, unpaid, in an unknown state or missing from the hub
    leaves by `doubtful`, and `doubt` says which. A number that no order has is a problem.
    """
    asked = {name: item[name] for name in FIELDS if item.get(name) is not None}
    answer = await context.ask_hub("shipments.take", {"event": str(context.scope.event["id"]), **asked})
    return list(_sent(item, cast("list[Item]", answer["orders"]), params))


def _sent(item: Item, orders: list[Item], params: TakeWaybill) -> Iterator[Sent]:
    for order in orders:
        channel = str(order["channel"])
        port, told = port_of(order, params.split.get(channel, "first"), takes_further=channel in params.further_parcels)
        names = {name: order[name] for name in ("channel", "shop_id", "channel_order_id", "display_no", "version", "status", "doubt")}
        yield port, {**item, **names, "at_warehouse": item["channel_order_id"], **told}


def port_of(order: Item, manner: Manner, *, takes_further: bool = False) -> tuple[str, Item]:
    """Where an order goes, and what its channel is told of it: ``lines``, whether that ``completes`` it, whether it is a ``further``
    parcel, ``waybills``. ``takes_further``: the channel is told of a second number of the same goods, too. Pure.

    A part whose lines have no ids is told as for a channel that knows one number.
    """
    if order["again"] and takes_further:
        told: Item = {"lines": None, "completes": False, "further": True, "waybills": [order["waybill"]]}
        return "known" if order["known"] else "doubtful" if order["doubt"] else "tell", told
    if manner == "lines" and order["part"] and order["lines"] is None:
        manner = "first"
    port = _manner_port(order, manner)
    waybills = order["waybills"] if manner == "last" and not order["again"] else [order["waybill"]]
    lines = order["lines"] if manner == "lines" else None
    told = {"lines": lines, "completes": order["last"] or manner == "first", "further": not order["first"], "waybills": waybills}
    if order["known"]:
        return "known", told
    return ("doubtful" if order["doubt"] and port == "tell" else port), told


def _manner_port(order: Item, manner: Manner) -> str:
    if order["again"] or (manner == "lines" and order["lines"] == []) or (manner == "first" and not order["first"]):
        return "extra"
    return "later" if manner == "last" and not order["last"] else "tell"
