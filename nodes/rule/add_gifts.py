"""Add gifts to orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import ORDER, Context, Example, Item, Made, NodeError, Params, Problem, adds, effect_node, passes
from nodes.rule.add_gifts_1 import Given
from nodes.rule.gifts import Campaign, fitting_in, has_gift, identity, with_gift
from nodes.rule.merge_orders import sample_order
from nodes.rule.merging import by_payment


class CountedCampaign(Campaign):
    first: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None,
        title="Only the first",
        description="So many orders get it, those that come here first, counted by the campaign's name over all flows. Empty: all.",
    )


class AddGifts(Params):
    campaigns: tuple[CountedCampaign, ...] = Field(
        min_length=1, max_length=100, title="Campaigns", description="Each for itself: an order may get the gifts of several."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [campaign.name for campaign in self.campaigns]
        if doubled := next((name for name in names if names.count(name) > 1), None):
            problem = Problem("add_gifts.same_name", (), {"name": doubled})
            raise PydanticCustomError("orderloom", "{what}", {"what": "a name twice", "problem": problem})
        return self


_OVER_300 = {"name": "spring", "sku": "GIFT-TOWEL", "title": "毛巾", "threshold": "300", "since": "2026-01-16T00:00:00+08:00"}
_RICH, _POOR, _LATER = sample_order("A1", "300.00", "SOAP"), sample_order("A2", "299.99", "CUP"), sample_order("A3", "500.00", "CUP")
_TOWEL = {
    "channel_line_id": "gift:spring", "sku_code": "GIFT-TOWEL", "title": "毛巾", "spec": None, "qty": 1, "unit_price": "0.00",
    "paid_share": "0.00", "refund_status": "none", "status": "awaiting_fulfillment", "is_gift": True, "campaign": "spring",
}  # fmt: skip
_GIVEN: Item = {**_RICH, "lines": [*_RICH["lines"], _TOWEL]}
_ASKED = {"kind": "desk", "task": "campaign.places", "campaign": "spring", "first": 1}


@effect_node(
    "rule.add_gifts",
    version=2,
    label="Gift rule",
    batch=True,
    accepts=ORDER,
    reads=("*",),
    outputs={"given": adds(Given), "none": passes()},
    icon="sparkles",
    examples=(
        Example({"campaigns": [_OVER_300]}, [_RICH, _POOR], {"given": [_GIVEN], "none": [_POOR]}, title="A towel from 300 on"),
        Example(
            {"campaigns": [{**_OVER_300, "first": 1}]},
            [_LATER, _RICH],
            {"given": [_GIVEN], "none": [_LATER]},
            requests=(_ASKED,),
            answers=({"places": [1, 0]},),
            title="Only the one who paid first",
        ),
        Example(
            {"campaigns": [{**_OVER_300, "first": 1}]},
            [_RICH],
            {"none": [_RICH]},
            requests=(_ASKED,),
            answers=({"places": [0]},),
            title="Another order was first",
        ),
        Example({"campaigns": [_OVER_300]}, [_GIVEN], {"none": [_GIVEN]}, title="Never twice"),
    ),
)
async def add_gifts(orders: Sequence[Item], params: AddGifts, context: Context) -> Iterable[Made]:
    """Adds a line at price 0 for every campaign that an order fits: amount paid, time of payment, SKUs bought, channel.

    An order that has the gift already gets no second one. Only what is paid and still to ship gets any. "Only the first" counts over all
    runs: each order once, in however many versions it comes; one that the hub learns is called off before it left gives its place to the
    next. Of orders that are here together, those that were paid first come first. The place is recorded with the run, so that looking
    back shows the same.
    """
    ranks = [by_payment(order) for order in orders]
    made = list(orders)
    for campaign in params.campaigns:
        for position in await _winners(made, campaign, ranks, context):
            made[position] = with_gift(made[position], campaign)
    return [Made(order, (position,), "none" if order is orders[position] else "given") for position, order in enumerate(made)]


async def _winners(orders: Sequence[Item], campaign: CountedCampaign, ranks: Sequence[tuple[str, ...]], context: Context) -> Sequence[int]:
    """Positions of the orders that get the gift."""
    fitting = fitting_in(orders, campaign, ranks)
    if campaign.first is None or not fitting:
        return fitting
    names = _counted(orders, campaign, fitting)
    answer = await context.ask_hub("campaign.places", {"campaign": campaign.name, "first": campaign.first, "orders": names})
    among = {tuple(name) for name, place in zip(names, answer["places"], strict=False) if place}
    return [position for position in fitting if identity(orders[position]) in among]


def _counted(orders: Sequence[Item], campaign: CountedCampaign, fitting: Sequence[int]) -> list[list[str]]:
    """Each order once; those that have their gift already come first. Raises ``NodeError`` (``order.missing_field``)."""
    having = [order for order in orders if has_gift(order, campaign.name)]
    counted = [*having, *(orders[position] for position in fitting)]
    for order in counted:
        if not order.get("channel_order_id"):
            raise NodeError("order.missing_field", path="channel_order_id")
    return [list(name) for name in dict.fromkeys(map(identity, counted))]
