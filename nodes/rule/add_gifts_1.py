"""Add gifts to orders, as it was: who is among the first counts within one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import ORDER, DataClass, Example, FieldClass, Item, Made, Params, Problem, adds, batch_node, passes
from nodes.rule.gifts import Campaign, chosen, with_gift
from nodes.rule.merge_orders import sample_order
from nodes.rule.merging import by_payment


class AddGifts(Params):
    campaigns: tuple[Campaign, ...] = Field(
        min_length=1, max_length=100, title="Campaigns", description="Each for itself: an order may get the gifts of several."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [campaign.name for campaign in self.campaigns]
        if doubled := next((name for name in names if names.count(name) > 1), None):
            problem = Problem("add_gifts.same_name", (), {"name": doubled})
            raise PydanticCustomError("orderloom", "{what}", {"what": "a name twice", "problem": problem})
        return self


class GiftLine(BaseModel):
    campaign: Annotated[str, FieldClass(DataClass.INTERNAL)]


class Given(BaseModel):
    lines: list[GiftLine]


_OVER_300 = {"name": "spring", "sku": "GIFT-TOWEL", "title": "毛巾", "threshold": "300", "since": "2026-01-16T00:00:00+08:00"}
_RICH, _POOR, _LATER = sample_order("A1", "300.00", "SOAP"), sample_order("A2", "299.99", "CUP"), sample_order("A3", "500.00", "CUP")
_TOWEL = {
    "channel_line_id": "gift:spring", "sku_code": "GIFT-TOWEL", "title": "毛巾", "spec": None, "qty": 1, "unit_price": "0.00",
    "paid_share": "0.00", "refund_status": "none", "status": "awaiting_fulfillment", "is_gift": True, "campaign": "spring",
}  # fmt: skip
_GIVEN: Item = {**_RICH, "lines": [*_RICH["lines"], _TOWEL]}


@batch_node(
    "rule.add_gifts",
    version=1,
    label="Gift rule",
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
            title="Only the one who paid first",
        ),
        Example({"campaigns": [_OVER_300]}, [_GIVEN], {"none": [_GIVEN]}, title="Never twice"),
    ),
)
def add_gifts(orders: Sequence[Item], params: AddGifts) -> Iterator[Made]:
    """Adds a line at price 0 for every campaign that an order fits: amount paid, time of payment, SKUs bought, channel.

    An order that has the gift already gets no second one. Only what is paid and still to ship gets any. "Only the first" counts
    within the orders that are here together, so it is for batches: those that were paid first get the gift.
    """
    ranks = [by_payment(order) for order in orders]
    made = list(orders)
    for campaign in params.campaigns:
        for position in chosen(made, campaign, ranks):
            made[position] = with_gift(made[position], campaign)
    for position, order in enumerate(made):
        yield Made(order, (position,), "none" if order is orders[position] else "given")
