"""Of which parcels of an order its channel was told: as the runs that took their waybills have it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import OrderloomError
from engine.hub.parcels import parcel_id, waybill
from engine.intake.published import PublishedFlows
from engine.node.items import Item
from engine.recompute import recompute
from engine.run.execution import Execution
from engine.store.parcel_records import Identity
from engine.store.ports import Store

_NOTICE = "_shipped"
"""How the nodes are called that tell a channel what was shipped."""


async def told_parcels(store: Store, flows: PublishedFlows, order: Identity) -> dict[str, bool]:
    """By parcel that a warehouse told of: whether the channel has taken a notice of it. Nothing of one whose run has not come to its end,
    or whose data were erased. Told with the last parcel of an order (as JD is) counts for those before.
    """
    found: dict[str, bool] = {}
    told: set[str] = set()
    for parcel, run_id in await store.waybills_of(*order):
        items = await _noticed(store, flows, run_id, order)
        if items is not None:
            found[parcel] = bool(items)
            told |= {one for item in items for one in _parcels_in(item, store.subject_key())}
    return {parcel: went or parcel in told for parcel, went in found.items()}


async def _noticed(store: Store, flows: PublishedFlows, run_id: int, order: Identity) -> list[Item] | None:
    """What of the order left the nodes that tell its channel, in a run that is done."""
    try:
        if (await store.run(run_id)).state != "done":
            return None
        found = await recompute(store, flows, run_id)
    except OrderloomError:  # erased, or a node that has gone since
        return None
    return [item for item in _out_of_notices(found.execution) if _name(item) == order]


def _out_of_notices(execution: Execution) -> Iterable[Item]:
    for step, result in zip(execution.plan.steps, execution.results, strict=True):
        if result is not None and step.type.name.endswith(_NOTICE):
            yield from (item for _, item in result.outputs.get("out", ()))


def _parcels_in(item: Mapping[str, Any], key: bytes) -> Iterable[str]:
    """``tracking_no``: one number, or several parted by commas and bars."""
    for one in re.split("[|,]", str(item.get("tracking_no") or "")):
        if (number := waybill(one)) is not None:
            yield parcel_id(number, key)


def _name(item: Mapping[str, Any]) -> Identity:
    return str(item.get("channel") or ""), str(item.get("shop_id") or ""), str(item.get("channel_order_id") or "")
