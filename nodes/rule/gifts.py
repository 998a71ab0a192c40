"""Which gifts an order gets. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from engine.sdk import Item, Money, NodeError, format_money, instant
from nodes.rule.goods import Line, currency_of, lines_of, money_at, part_of, quantity

_STATUSES = ("awaiting_fulfillment", "partially_shipped")
_WITH_ZONE = re.compile(r"T.*(?:Z|[+-][0-9]{2}:[0-9]{2})$")
Moment = Annotated[str, StringConstraints(max_length=40)]


class Campaign(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)] = Field(
        title="Name", description="By which an order that has its gift is known. A name is never used for another campaign."
    )
    sku: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        title="SKU of the gift", description="By which the warehouse picks it."
    )
    title: str = Field(default="", max_length=200, title="Title of the gift", description="As it stands on the packing list.")
    qty: int = Field(default=1, ge=1, le=1000, title="Pieces", description="How many of it an order gets.")
    threshold: Money | None = Field(
        default=None, ge=0, title="Paid at least", description="What was paid for the order, shipping included. Empty: any amount."
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(
        default="CNY", title="Currency", description="Orders in another currency get nothing."
    )
    since: Moment | None = Field(
        default=None, title="Paid from", description="Time of payment, with its zone, such as 2026-01-16T00:00:00+08:00. Empty: always."
    )
    until: Moment | None = Field(default=None, title="Paid before", description="Payments from this time on get nothing. Empty: no end.")
    bought: tuple[str, ...] = Field(
        default=(),
        max_length=500,
        title="SKUs bought",
        description="At least one of these must be in the order. Empty: whatever was bought.",
    )
    channels: tuple[str, ...] = Field(default=(), max_length=50, title="Channels", description="Such as taobao. Empty: all.")
    first: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, title="Only the first", description="So many orders of a batch get it, those that were paid first. Empty: all."
    )

    @field_validator("since", "until")
    @classmethod
    def _is_a_moment(cls, value: str | None) -> str | None:
        try:
            if value is None or (_WITH_ZONE.search(value) and instant(value) is not None):
                return value
        except NodeError:
            pass
        raise PydanticCustomError("moment", "write a time with its zone, such as 2026-01-16T00:00:00+08:00")


def deserves(order: Item, campaign: Campaign) -> bool:
    """Whether it fits the campaign, has its gift not yet, and is to ship. Raises ``NodeError`` (``money.invalid``, ``time.invalid``)."""
    if order.get("status") not in _STATUSES or order.get("payment_status") != "paid" or has_gift(order, campaign.name):
        return False
    if campaign.channels and order.get("channel") not in campaign.channels:
        return False
    return _in_time(order, campaign) and _bought(order, campaign) and _paid_enough(order, campaign)


def has_gift(order: Item, name: str) -> bool:
    return any(line.get("campaign") == name for line in lines_of(order))


def with_gift(order: Item, campaign: Campaign) -> Item:
    """The order with one more line, at price 0."""
    return {**order, "lines": [*lines_of(order), _gift(order, campaign)]}


def _gift(order: Item, campaign: Campaign) -> Line:
    nothing = format_money(Decimal(0), currency_of(order))
    return {
        "channel_line_id": f"gift:{campaign.name}",
        "sku_code": campaign.sku,
        "title": campaign.title or None,
        "spec": None,
        "qty": campaign.qty,
        "unit_price": nothing,
        "paid_share": nothing,
        "refund_status": "none",
        "status": "awaiting_fulfillment",
        "is_gift": True,
        "campaign": campaign.name,
    }


def _in_time(order: Item, campaign: Campaign) -> bool:
    if campaign.since is None and campaign.until is None:
        return True
    paid = instant(order.get("paid_at") or order.get("created_at"), path="paid_at")
    since, until = instant(campaign.since), instant(campaign.until)
    return paid is not None and (since is None or paid >= since) and (until is None or paid < until)


def _bought(order: Item, campaign: Campaign) -> bool:
    """A gift and what has been given back do not count as bought."""
    if not campaign.bought:
        return True
    return any(
        line.get("sku_code") in campaign.bought
        and quantity(line) > 0
        and line.get("is_gift") is not True
        and line.get("refund_status") in (None, "none", "refused", "closed")
        for line in lines_of(order)
    )


def _paid_enough(order: Item, campaign: Campaign) -> bool:
    if order.get("currency") != campaign.currency:
        return False
    if campaign.threshold is None:
        return True
    paid = money_at(part_of(order, "amount"), "paid", currency_of(order), "amount")
    return paid is not None and paid >= campaign.threshold


def identity(order: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(order.get(name) or "") for name in ("channel", "shop_id", "channel_order_id"))


def fitting_in(orders: Sequence[Item], campaign: Campaign, ranks: Sequence[Any]) -> list[int]:
    """Positions of the orders that deserve the gift, those of the lowest rank first."""
    return sorted((position for position, order in enumerate(orders) if deserves(order, campaign)), key=lambda one: (ranks[one], one))


def chosen(orders: Sequence[Item], campaign: Campaign, ranks: Sequence[Any]) -> set[int]:
    """Positions of the orders that get the gift. An order counts once, in however many versions it comes."""
    fitting = fitting_in(orders, campaign, ranks)
    if campaign.first is None:
        return set(fitting)
    taken = {identity(order) for order in orders if has_gift(order, campaign.name)}
    names = list(dict.fromkeys(identity(orders[position]) for position in fitting if identity(orders[position]) not in taken))
    winners = set(names[: max(0, campaign.first - len(taken))]) | taken
    return {position for position in fitting if identity(orders[position]) in winners}
