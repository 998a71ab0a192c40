"""Split an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import ORDER, DataClass, Example, FieldClass, Item, Params, Problem, Sent, adds, node
from nodes.rule.goods import Grams, Line, currency_of, lines_of
from nodes.rule.merge_orders import sample_order
from nodes.rule.shares import Shipping, amounts_of, pieces_of
from nodes.rule.splitting import By, Part, Plan, parts_of

Warehouse = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class SplitOrder(Params):
    by: tuple[By, ...] = Field(
        default=("warehouse",),
        min_length=1,
        title="Split by",
        description="warehouse: where the goods lie; presale: what cannot ship yet apart from the rest; weight: no part above the limit.",
        json_schema_extra={"enumTitles": {"warehouse": "by warehouse", "presale": "by presale", "weight": "by weight"}},
    )
    warehouses: dict[str, Warehouse] = Field(
        default_factory=dict, title="Warehouse by SKU", description="Where a SKU lies, where the line itself has no warehouse."
    )
    otherwise: Warehouse | None = Field(
        default=None, title="Warehouse otherwise", description="For goods that the table does not know. Empty: the order is undecided."
    )
    max_grams: Annotated[int, Field(ge=1, le=100_000_000)] | None = Field(
        default=None, title="At most grams", description="For splitting by weight: the heaviest part."
    )
    grams: dict[str, Grams] = Field(
        default_factory=dict, title="Grams by SKU", description="What one piece weighs, where the line itself has no weight_grams."
    )
    shipping: Shipping = Field(
        default="value",
        title="Shipping charge",
        description="value: dealt out by the value of the goods; first: the first part bears it all.",
        json_schema_extra={"enumTitles": {"value": "by value", "first": "the first part bears it"}},
    )

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if "weight" in self.by and self.max_grams is None:
            raise PydanticCustomError("orderloom", "{what}", {"what": "no limit", "problem": Problem("split_order.no_limit")})
        return self

    def plan(self) -> Plan:
        return Plan(self.by, self.warehouses, self.otherwise, self.grams, self.max_grams)


Internal = Annotated[str | None, FieldClass(DataClass.INTERNAL)]


class PartOf(BaseModel):
    of_order: Internal
    number: Annotated[int, FieldClass(DataClass.INTERNAL)]
    of: Annotated[int, FieldClass(DataClass.INTERNAL)]
    warehouse: Internal
    presale: Annotated[bool | None, FieldClass(DataClass.INTERNAL)]


class Housed(BaseModel):
    warehouse: Internal


class Parted(Housed):
    part: PartOf


class Undecided(BaseModel):
    undecided: Internal


_ORDER: Item = sample_order(
    "A1",
    "95.01",
    "SOAP",
    amount={"items": "100.00", "discount_seller": "10.00", "discount_platform": "0.00", "shipping": "5.01", "tax": "0.00", "paid": "95.01"},
    lines=[
        {"channel_line_id": "1", "sku_code": "SOAP", "qty": 2, "unit_price": "20.00", "paid_share": "36.00"},
        {"channel_line_id": "2", "sku_code": "CUP", "qty": 1, "unit_price": "60.00", "paid_share": "54.00"},
    ],
)


def _example_part(number: int, of: int, line: Line, warehouse: str | None, **amount: str) -> Item:
    part = {"of_order": "A1", "number": number, "of": of, "warehouse": warehouse, "presale": None}
    made: Item = {**_ORDER, "channel_order_id": f"A1-{number}", "parent_channel_order_id": "A1", "lines": [line]}
    made = {**made, "amount": {**_ORDER["amount"], **amount}, "part": part}
    return {**made, "warehouse": warehouse} if warehouse else made


@node(
    "rule.split_order",
    version=1,
    label="Split order",
    accepts=ORDER,
    reads=("*",),
    outputs={"part": adds(Parted), "whole": adds(Housed), "undecided": adds(Undecided)},
    many=True,
    icon="scissors",
    examples=(
        Example(
            {"warehouses": {"SOAP": "SZ", "CUP": "HZ"}},
            [_ORDER],
            {
                "part": [
                    _example_part(1, 2, _ORDER["lines"][0], "SZ", items="40.00", discount_seller="4.00", shipping="2.00", paid="38.00"),
                    _example_part(2, 2, _ORDER["lines"][1], "HZ", items="60.00", discount_seller="6.00", shipping="3.01", paid="57.01"),
                ]
            },
            title="Goods of two warehouses",
        ),
        Example(
            {"warehouses": {"SOAP": "SZ"}, "otherwise": "SZ"},
            [_ORDER],
            {"whole": [{**_ORDER, "warehouse": "SZ"}]},
            title="All goods lie in one warehouse",
        ),
        Example(
            {"warehouses": {"SOAP": "SZ"}},
            [_ORDER],
            {"undecided": [{**_ORDER, "undecided": "no_warehouse"}]},
            title="Nobody knows where the cup lies",
        ),
    ),
)
def split_order(order: Item, params: SplitOrder) -> Iterator[Sent]:
    """Makes parts of an order that cannot ship as one. Every piece is in exactly one part, and every amount adds up to the cent.

    A part has a number of its own (`A1-1`, `A1-2`), the order's in `parent_channel_order_id`, and what it is in `part`. What need not be
    split leaves by `whole`. An order with goods of unknown warehouse or weight, or with more than 100 parts, leaves by `undecided` as it
    is. Goods and discounts go with their lines; `bound_to` keeps lines together; gifts of unknown place go with the first line.
    """
    lines = lines_of(order)
    parts = parts_of(lines, params.plan())
    if not isinstance(parts, list):
        yield "undecided", {**order, "undecided": parts}
    elif len(parts) <= 1:
        yield "whole", {**order, "warehouse": parts[0].warehouse} if parts and parts[0].warehouse else order
    else:
        for made in _parts(order, lines, parts, params.shipping):
            yield "part", made


def _parts(order: Item, lines: Sequence[Line], parts: Sequence[Part], shipping: Shipping) -> Iterator[Item]:
    contents = _contents(lines, parts, currency_of(order))
    number_of = order.get("channel_order_id")
    for number, (part, content, amount) in enumerate(zip(parts, contents, amounts_of(order, contents, shipping), strict=True), 1):
        told: dict[str, Any] = {"of_order": number_of, "number": number, "of": len(parts)}
        made: Item = {
            **order,
            "channel_order_id": f"{number_of}-{number}",
            "parent_channel_order_id": number_of,
            "lines": content,
            "amount": amount,
            "part": {**told, "warehouse": part.warehouse, "presale": part.presale},
        }
        yield {**made, "warehouse": part.warehouse} if part.warehouse else made


def _contents(lines: Sequence[Line], parts: Sequence[Part], currency: str) -> list[list[Line]]:
    contents: list[list[Line]] = [[] for _ in parts]
    for position, line in enumerate(lines):
        where = [number for number, part in enumerate(parts) if position in part.pieces]
        for number, piece in zip(where, pieces_of(line, [parts[one].pieces[position] for one in where], currency), strict=True):
            contents[number].append(piece)
    return contents
