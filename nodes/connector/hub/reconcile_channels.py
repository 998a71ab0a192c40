"""Compare a day's orders of several channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from engine.sdk import Context, DataClass, Example, FieldClass, Item, Params, Sent, effect_node
from nodes.connector.hub.reconcile import DIFFERENT, RESULT, SAME, DaysBack, day_before, same_or_differences

_OPEN: Final = FieldClass(DataClass.INTERNAL)
SHOWN: Final = 100
"""Rows of a channel that go on with the item; the page shows all."""
ALL: Final = ("taobao", "jd", "pinduoduo", "shopify", "woocommerce", "own_shop")
_TOLD: Final[Mapping[str, FieldClass]] = {
    **dict.fromkeys(("day", "differences", "held", "failed"), _OPEN),
    **{f"channels[].{name}": one for name, one in RESULT.items()},
}
_PLANNED: Final = {"planned_at": "2026-01-17T00:30:00Z"}
_JD: Final[dict[str, Any]] = {**SAME, "channel": "jd"}
_HELD: Final[dict[str, Any]] = {**_JD, "failed": {"finance": "http.unreachable"}, "held": 1}


class ReconcileChannels(Params):
    channels: tuple[Annotated[str, StringConstraints(min_length=1, max_length=60)], ...] = Field(
        default=ALL, min_length=1, max_length=50, title="Channels", description="The sales platforms whose orders are compared."
    )
    days_back: DaysBack = 1


@effect_node(
    "connector.reconcile_channels",
    version=1,
    label="Reconcile a day of all channels",
    reads=("planned_at",),
    outputs=same_or_differences(_TOLD),
    icon="git-compare",
    examples=(
        Example(
            {"channels": ["own_shop", "jd"]},
            [_PLANNED],
            {"same": [{"day": "2026-01-16", "differences": 0, "held": 0, "failed": 0, "channels": [SAME, _JD]}]},
            answers=(SAME, _JD),
            requests=(
                {"kind": "reconcile", "day": "2026-01-16", "channel": "own_shop"},
                {"kind": "reconcile", "day": "2026-01-16", "channel": "jd"},
            ),
            title="All lists of both channels agree",
        ),
        Example(
            {"channels": ["own_shop", "jd"]},
            [_PLANNED],
            {"differences": [{"day": "2026-01-16", "differences": 1, "held": 1, "failed": 1, "channels": [DIFFERENT, _HELD]}]},
            answers=(DIFFERENT, _HELD),
            title="An order is not at the WMS, and finance gave no list of the other channel",
        ),
    ),
)
async def reconcile_channels(item: Item, params: ReconcileChannels, context: Context) -> Sent:
    """Compares the orders of a day of several channels, one after the other, as "Reconcile a day" does each; the item tells of all.

    `differences`, `held` and `failed` count over all channels; `failed` is the number of lists that could not be had, with which the item
    goes on at `differences` too. Of each channel the first 100 rows go along; the page Reconciliation shows all.
    """
    day = day_before(item, params.days_back, context)
    found = [dict(await context.reconcile(day, channel)) for channel in dict.fromkeys(params.channels)]
    told = {
        "day": day,
        "differences": sum(one["differences"] for one in found),
        "held": sum(one.get("held", 0) for one in found),
        "failed": sum(len(one["failed"]) for one in found),
        "channels": [_short(one) for one in found],
    }
    return ("differences" if told["differences"] or told["failed"] else "same"), told


def _short(found: Item) -> Item:
    return {**found, **{name: list(found[name])[:SHOWN] for name in ("rows", "held_rows", "not_compared_rows") if name in found}}
