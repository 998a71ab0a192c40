"""Compare a day's orders in all systems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from engine.sdk import ConnectionRef, Context, DataClass, Effect, Example, FieldClass, Item, OfType, Params, Sent, effect_node, replaces

_OPEN: Final = FieldClass(DataClass.INTERNAL)
_SYSTEMS: Final = ("source", "hub", "wms", "finance")
_TARGETS: Final = ("wms", "finance")
_ROW: Final = (
    "channel", "shop_id", "channel_order_id", "kind", "system", "field", "expected", "found", "parcel", "orders", "part", "parts",
)  # fmt: skip
_ASIDE_ROW: Final = ("channel", "shop_id", "channel_order_id", "system", "parcel", "orders", "parts")
_HELD_ROW: Final = ("channel", "shop_id", "channel_order_id", "reasons[]", "since", "systems[]")
RESULT: Final[Mapping[str, FieldClass]] = {
    **dict.fromkeys(("day", "channel", "at", "source", "differences", "held", "not_compared"), _OPEN),
    **dict.fromkeys((f"{group}.{system}" for group in ("counts", "failed") for system in _SYSTEMS), _OPEN),
    **dict.fromkeys((f"{group}.{system}" for group in ("parcels", "parts") for system in _TARGETS), _OPEN),
    **dict.fromkeys((f"rows[].{name}" for name in _ROW), _OPEN),
    **dict.fromkeys((f"held_rows[].{name}" for name in _HELD_ROW), _OPEN),
    **dict.fromkeys((f"not_compared_rows[].{name}" for name in _ASIDE_ROW), _OPEN),
}
_PLANNED: Final = {"planned_at": "2026-01-17T00:30:00Z"}
SAME: Final[dict[str, Any]] = {
    "day": "2026-01-16",
    "channel": "own_shop",
    "at": "2026-01-17T00:30:01Z",
    "counts": {"source": 2, "hub": 2, "wms": 2, "finance": 2},
    "source": "channel",
    "parcels": {"wms": 0, "finance": 0},
    "parts": {"wms": 0, "finance": 0},
    "failed": {},
    "differences": 0,
    "rows": [],
    "held": 0,
    "held_rows": [],
}
_MISSING: Final = {
    **dict.fromkeys(("shop_id", "field", "expected", "found", "parcel"), ""),
    **dict.fromkeys(("orders", "part", "parts"), 0),
    "channel": "own_shop",
    "channel_order_id": "OWN-0002",
    "kind": "missing",
    "system": "wms",
}
DIFFERENT: Final = {**SAME, "counts": {**SAME["counts"], "wms": 1}, "differences": 1, "rows": [_MISSING]}
_PART: Final = {**DIFFERENT, "parts": {"wms": 1, "finance": 0}, "rows": [{**_MISSING, "part": 2, "parts": 2}]}

DaysBack = Annotated[
    int,
    Field(ge=0, le=400, title="Days back", description="1: the orders created yesterday, by UTC, seen from when the flow started."),
]


def same_or_differences(told: Mapping[str, FieldClass]) -> dict[str, Effect]:
    """The two ports of what compares, which send on the same."""
    return dict.fromkeys(("same", "differences"), replaces(told))


class Reconcile(Params):
    channel: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        title="Channel", description="The sales platform whose orders are compared, such as taobao."
    )
    days_back: DaysBack = 1
    source: Annotated[ConnectionRef, OfType(("http",))] | None = Field(
        default=None,
        title="List of the source",
        description=(
            "A system that lists what the channel sold (GET /orders?day=&channel=). "
            "Empty: the channel's own list where its connection can be asked, else what arrived here."
        ),
    )


@effect_node(
    "connector.reconcile",
    version=1,
    label="Reconcile a day",
    reads=("planned_at",),
    outputs=same_or_differences(RESULT),
    icon="git-compare",
    examples=(
        Example(
            {"channel": "own_shop"},
            [_PLANNED],
            {"same": [SAME]},
            answers=(SAME,),
            requests=({"kind": "reconcile", "day": "2026-01-16", "channel": "own_shop"},),
            title="All lists agree",
        ),
        Example(
            {"channel": "own_shop"}, [_PLANNED], {"differences": [DIFFERENT]}, answers=(DIFFERENT,), title="An order is not at the WMS"
        ),
        Example(
            {"channel": "own_shop"}, [_PLANNED], {"differences": [_PART]}, answers=(_PART,), title="A part of an order is not at the WMS"
        ),
    ),
)
async def reconcile(item: Item, params: Reconcile, context: Context) -> Sent:
    """Compares the orders of a day: source, hub, WMS and finance. Missing, doubled and different ones are listed, field by field.

    The list of the source is the channel's own where a connection of the channel can be asked for it; `source` says what it was.
    Orders that were merged count by their parcel, split ones by their parts: a row says so by `parcel`, `part` and `parts`. Orders that
    are held, and are not at the WMS or in finance for that reason, are in `held_rows`, not in `rows`. Parcels and parts of several days
    whose lines could not be compared are in `not_compared_rows`.
    Goes on at `differences` also where a list could not be had. The result is kept and shown on the page Reconciliation.
    """
    day = day_before(item, params.days_back, context)
    found = await context.reconcile(day, params.channel, params.source)
    return ("differences" if found["differences"] or found["failed"] else "same"), dict(found)


def day_before(item: Item, days: int, context: Context) -> str:
    """So many days before the flow was to start, by UTC."""
    return (_started(item, context) - timedelta(days=days)).date().isoformat()


def _started(item: Item, context: Context) -> datetime:
    planned = item.get("planned_at")
    try:
        return datetime.fromisoformat(str(planned)).astimezone(UTC)
    except (ValueError, OverflowError):
        return context.scope.event["received_at"]
