"""Keep stock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from engine.sdk import Context, Example, Item, Made, effect_node, passes, utc_text
from nodes.connector.stock.levels import PATHS, LevelFields, level_of

_ROW: Final = {"sku_code": "CUP-01", "quantity": 12, "warehouse": "HZ1"}
_ODD: Final = {"sku_code": "", "quantity": "many"}
_KEPT: Final = {"kept": 1, "changed": 1, "older": 0, "gone": 0}


class KeepStock(LevelFields):
    system: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)] = Field(
        title="System", description="Whose stock it is, such as wms or taobao; pages show it under this name."
    )
    whole: bool = Field(
        default=False,
        title="The whole stock",
        description="Everything that reaches the node at once is all that the system has; what it does not name is not there any more.",
    )


@effect_node(
    "connector.keep_stock",
    version=1,
    label="Keep stock",
    batch=True,
    reads=PATHS,
    outputs={"out": passes(), "unreadable": passes()},
    icon="package",
    examples=(
        Example(
            {"system": "erp"},
            [_ROW, _ODD],
            {"out": [_ROW], "unreadable": [_ODD]},
            answers=(_KEPT,),
            requests=({"kind": "desk", "task": "stock.keep", "system": "erp", "holds": "goods", "whole": False},),
            title="Rows of a file, one of which cannot be read",
        ),
        Example(
            {"system": "taobao", "holds": "offer", "sku_path": "outer_id", "quantity_path": "num", "shop_path": "seller"},
            [{"outer_id": "CUP-01", "num": "7", "seller": "s1"}],
            {"out": [{"outer_id": "CUP-01", "num": "7", "seller": "s1"}]},
            answers=(_KEPT,),
            title="What a channel tells of by a hook",
        ),
    ),
)
async def keep_stock(items: Sequence[Item], params: KeepStock, context: Context) -> Iterable[Made]:
    """Keeps stock levels that a file, a hook or a queue brings in the hub: one item a SKU, all that reach the node at once.

    An item without a SKU or a whole number of units leaves by `unreadable`. What is known of a later time stays.
    """
    levels: list[dict[str, Any]] = []
    made: list[Made] = []
    for number, item in enumerate(items):
        level = level_of(item, params)
        if level is not None:
            levels.append(level)
        made.append(Made(item, (number,), "unreadable" if level is None else "out"))
    if levels:
        told = {"system": params.system, "holds": params.holds, "at": utc_text(context.scope.event["received_at"])}
        await context.ask_hub("stock.keep", {**told, "whole": params.whole, "levels": levels})
    return made
