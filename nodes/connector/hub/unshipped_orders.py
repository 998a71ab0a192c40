"""Orders not shipped in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from engine.sdk import Context, DataClass, Example, FieldClass, Item, Params, Sent, effect_node, replaces

_OPEN: Final = FieldClass(DataClass.INTERNAL)
_ROW: Final = ("channel", "shop_id", "channel_order_id", "status", "ship_by_at", "promised", "hours_late")
RESULT: Final[Mapping[str, FieldClass]] = dict.fromkeys(("at", "found", *(f"rows[].{name}" for name in _ROW)), _OPEN)
_LATE: Final[dict[str, Any]] = {
    "channel": "pinduoduo",
    "shop_id": "s1",
    "channel_order_id": "260116-000000000000001",
    "status": "awaiting_fulfillment",
    "ship_by_at": "2026-01-18T00:05:00Z",
    "promised": True,
    "hours_late": 2,
}
_FOUND: Final[dict[str, Any]] = {"at": "2026-01-18T02:30:00Z", "found": 1, "rows": [_LATE]}
_NONE: Final[dict[str, Any]] = {"at": "2026-01-18T02:30:00Z", "found": 0, "rows": []}


class UnshippedOrders(Params):
    channel: Annotated[str, StringConstraints(max_length=60)] = Field(
        default="", title="Channel", description="Such as pinduoduo. Empty: all of them."
    )
    hours: int = Field(
        default=48,
        ge=1,
        le=2160,
        title="Hours to ship",
        description="For orders whose channel tells no time: so long after the order was made. Many platforms promise 48 hours.",
    )
    minutes_ahead: int = Field(
        default=0,
        ge=0,
        le=10_080,
        title="Minutes ahead",
        description="Find orders so long before their time, while they can still make it.",
    )


@effect_node(
    "connector.unshipped_orders",
    version=1,
    label="Orders not shipped in time",
    outputs={"late": replaces(RESULT), "fine": replaces(RESULT)},
    icon="hourglass",
    examples=(
        Example(
            {"channel": "pinduoduo"},
            [{"planned_at": "2026-01-18T02:30:00Z"}],
            {"late": [_FOUND]},
            answers=(_FOUND,),
            requests=({"kind": "desk", "task": "orders.unshipped", "channel": "pinduoduo", "hours": 48, "minutes_ahead": 0},),
            title="One is two hours late",
        ),
        Example({}, [{"planned_at": "2026-01-18T02:30:00Z"}], {"fine": [_NONE]}, answers=(_NONE,), title="None is late"),
    ),
)
async def unshipped_orders(item: Item, params: UnshippedOrders, context: Context) -> Sent:
    """Finds the hub's paid orders that are not shipped by the time that the platform promised its buyers.

    Leaves by `late` with one row for each of them, the latest first, else by `fine`.
    """
    del item
    asked = {"channel": params.channel, "hours": params.hours, "minutes_ahead": params.minutes_ahead}
    found = await context.ask_hub("orders.unshipped", asked)
    return ("late" if found.get("found") else "fine"), dict(found)
