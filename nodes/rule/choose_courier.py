"""Choose a courier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from engine.sdk import ORDER, DataClass, Example, FieldClass, Item, Params, Sent, adds, node, passes
from nodes.rule.goods import Grams, lines_of, order_grams
from nodes.rule.merge_orders import sample_order
from nodes.rule.places import lies_in, place_of

Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Region = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Courier(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Code = Field(title="Courier", description="The code that the warehouse knows, such as SF.")
    regions: tuple[Region, ...] = Field(
        default=(),
        max_length=500,
        title="Serves",
        description="Provinces, cities such as 广东/深圳, or countries such as US. Empty: everywhere.",
    )
    except_regions: tuple[Region, ...] = Field(
        default=(), max_length=500, title="But not", description="Remote areas that this courier does not serve, such as 西藏."
    )
    min_grams: Grams | None = Field(
        default=None, title="From grams", description="Lighter orders go by another one. Empty: from the lightest."
    )
    max_grams: Grams | None = Field(default=None, title="Up to grams", description="Heavier orders go by another one. Empty: no limit.")
    on_delivery: bool = Field(default=True, title="Payment on delivery", description="Whether it takes orders that are paid on delivery.")


class ChooseCourier(Params):
    couriers: tuple[Courier, ...] = Field(
        min_length=1,
        max_length=100,
        title="Couriers",
        description="Tried in order; the first that serves the place and bears the weight is chosen.",
    )
    otherwise: Code | None = Field(
        default=None, title="Otherwise", description="For orders that none of them takes. Empty: they leave by `none`."
    )
    grams: dict[str, Grams] = Field(
        default_factory=dict, title="Grams by SKU", description="What one piece weighs, where the line itself has no weight_grams."
    )


class Choice(BaseModel):
    courier: Annotated[str, FieldClass(DataClass.INTERNAL)]
    courier_by: Annotated[Literal["rule", "otherwise"], FieldClass(DataClass.INTERNAL)]
    grams: Annotated[int | None, FieldClass(DataClass.INTERNAL)]


_COURIERS = [
    {"code": "YTO", "except_regions": ["西藏", "新疆"], "max_grams": 3000},
    {"code": "DB", "except_regions": ["西藏"], "min_grams": 3000},
    {"code": "EMS", "regions": ["西藏", "新疆"], "max_grams": 30000},
]
_WEIGHTS = {"SOAP": 200, "DESK": 40000}
_NEAR = sample_order("A1", "60.00", "SOAP")
_FAR: Item = {**_NEAR, "receiver": {**_NEAR["receiver"], "province": "西藏自治区", "city": "拉萨市"}}
_HEAVY_AND_FAR: Item = {**_FAR, "lines": [{**_FAR["lines"][0], "sku_code": "DESK"}]}
_PARAMS = {"couriers": _COURIERS, "grams": _WEIGHTS}


@node(
    "rule.choose_courier",
    version=1,
    label="Courier rule",
    accepts=ORDER,
    reads=("receiver.country", "receiver.province", "receiver.city", "receiver.district", "payment_status", "lines"),
    outputs={"chosen": adds(Choice), "none": passes()},
    icon="truck",
    examples=(
        Example(
            _PARAMS,
            [_NEAR, _FAR],
            {
                "chosen": [
                    {**_NEAR, "courier": "YTO", "courier_by": "rule", "grams": 200},
                    {**_FAR, "courier": "EMS", "courier_by": "rule", "grams": 200},
                ]
            },
            title="A remote area goes by EMS",
        ),
        Example(_PARAMS, [_HEAVY_AND_FAR], {"none": [_HEAVY_AND_FAR]}, title="Nobody takes a desk to Lhasa"),
        Example(
            {**_PARAMS, "otherwise": "SF"},
            [_HEAVY_AND_FAR],
            {"chosen": [{**_HEAVY_AND_FAR, "courier": "SF", "courier_by": "otherwise", "grams": 40000}]},
            title="What nobody takes goes by SF",
        ),
    ),
)
def choose_courier(order: Item, params: ChooseCourier) -> Sent:
    """Chooses the first courier that serves the receiver's place and bears the weight; else the one for the rest.

    Province names count in their long and short forms. An order of unknown weight only goes by a courier without a limit of weight.
    """
    place, grams = place_of(order), order_grams(lines_of(order), params.grams)
    on_delivery = order.get("payment_status") == "unpaid"
    fitting = next((one.code for one in params.couriers if _takes(one, place, grams, on_delivery=on_delivery)), None)
    code = fitting or params.otherwise
    if code is None:
        return "none", order
    return "chosen", {**order, "courier": code, "courier_by": "rule" if fitting else "otherwise", "grams": grams}


def _takes(courier: Courier, place: Sequence[str], grams: int | None, *, on_delivery: bool) -> bool:
    if on_delivery and not courier.on_delivery:
        return False
    if courier.regions and not lies_in(place, courier.regions):
        return False
    if courier.except_regions and not any(place[1:]):
        return False  # nobody can say that the place is none of them
    return not lies_in(place, courier.except_regions) and _bears(courier, grams)


def _bears(courier: Courier, grams: int | None) -> bool:
    if grams is None:
        return courier.min_grams is None and courier.max_grams is None
    return (courier.min_grams is None or grams >= courier.min_grams) and (courier.max_grams is None or grams <= courier.max_grams)
