"""Check stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field

from engine.sdk import Context, DataClass, Example, FieldClass, Item, Params, Sent, effect_node, replaces

_OPEN: Final = FieldClass(DataClass.INTERNAL)
_ROW: Final = ("sku_code", "kind", "expected", "found", "system", "place", "open", "free", "quantity", "daily", "cover")
RESULT: Final[Mapping[str, FieldClass]] = dict.fromkeys(("at", "found", *(f"rows[].{name}" for name in _ROW)), _OPEN)
Kind = Literal["oversold", "short", "offered_too_many", "not_offered", "different"]
_SHORT: Final = {
    "sku_code": "CUP-01", "kind": "short", "expected": 10, "found": 4, "system": "", "place": "",
    "open": 2, "free": 4, "quantity": 6, "daily": "1.5", "cover": 2,
}  # fmt: skip
_FOUND: Final[dict[str, Any]] = {"at": "2026-01-16T03:04:05Z", "found": 1, "rows": [_SHORT]}
_NONE: Final[dict[str, Any]] = {"at": "2026-01-16T03:04:05Z", "found": 0, "rows": []}


class CheckStock(Params):
    kinds: list[Kind] = Field(
        default=["oversold", "short", "offered_too_many", "not_offered", "different"],
        min_length=1,
        title="What is looked for",
        description=(
            "oversold: more is sold than there is; short: too few are left; offered_too_many: a channel offers more than is free; "
            "not_offered: it offers none though some are free; different: two systems differ about a warehouse."
        ),
    )
    at_least: int | None = Field(
        default=10, ge=0, le=1_000_000, title="Short below units", description="For SKUs without a limit of their own. Empty: not asked."
    )
    days: int | None = Field(
        default=None,
        ge=1,
        le=365,
        title="Short below days",
        description="For how many days what is free must last, by the sales of the last 14 days. Empty: not asked.",
    )


@effect_node(
    "connector.check_stock",
    version=1,
    label="Check stock",
    outputs={"findings": replaces(RESULT), "fine": replaces(RESULT)},
    icon="list-checks",
    examples=(
        Example(
            {"kinds": ["short"], "at_least": 10},
            [{"planned_at": "2026-01-16T01:00:00Z"}],
            {"findings": [_FOUND]},
            answers=(_FOUND,),
            requests=({"kind": "desk", "task": "stock.check", "at_least": 10, "kinds": ["short"]},),
            title="Too few are left",
        ),
        Example({}, [{"planned_at": "2026-01-16T01:00:00Z"}], {"fine": [_NONE]}, answers=(_NONE,), title="All is well"),
    ),
)
async def check_stock(item: Item, params: CheckStock, context: Context) -> Sent:
    """Looks the hub's stock over, SKU by SKU: what is sold and not shipped against what lies in the warehouses and what channels offer.

    Leaves by `findings` with one row for each SKU and place that something is wrong with, the limits of each SKU counted, else by `fine`.
    """
    del item
    asked = {"kinds": list(params.kinds), "at_least": params.at_least, "days": params.days}
    found = await context.ask_hub("stock.check", asked)
    return ("findings" if found.get("found") else "fine"), dict(found)
