"""Orders that are dated in the future."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, Field

from engine.sdk import (
    OVER,
    DataClass,
    Duration,
    Example,
    FieldClass,
    HoldReason,
    Item,
    NodeError,
    Params,
    Scope,
    Sent,
    adds,
    instant,
    node,
    passes,
    utc_text,
    version_for,
)
from nodes.rule.reasons import with_reason

TIMES: Final = ("created_at", "paid_at", "updated_at")
Tolerance = Annotated[Duration, Field(ge=timedelta(0), title="Tolerance", description="Clocks differ: so much ahead is no matter.")]


class FutureDatedParams(Params):
    tolerance: Tolerance = timedelta(minutes=10)
    hold: bool = Field(
        default=True,
        title="Hold",
        description="Give such an order the reason `future_dated`, unless nothing of it is to ship. Off: only its version is set right.",
    )


class Corrected(BaseModel):
    hold_reasons: list[Annotated[HoldReason, FieldClass(DataClass.INTERNAL)]]
    version: Annotated[str, FieldClass(DataClass.INTERNAL)]


_ORDER: Item = {"channel_order_id": "1", "created_at": "2026-01-16T03:03:00Z", "version": "2026-01-16T03:03:00Z", "hold_reasons": []}
_AHEAD: Item = {**_ORDER, "created_at": "2026-01-16T11:03:00Z", "version": "2026-01-16T11:03:00Z"}
_RIGHT: Final = "2026-01-16T03:02:59Z"


@node(
    "rule.future_dated",
    version=2,
    label="Dated in the future",
    reads=(*TIMES, "version", "status", "hold_reasons"),
    outputs={"out": passes(), "ahead": adds(Corrected)},
    scope=True,
    icon="calendar-clock",
    examples=(
        Example({}, [_ORDER], {"out": [_ORDER]}, title="An order of a moment ago"),
        Example(
            {},
            [_AHEAD],
            {"ahead": [{**_AHEAD, "version": _RIGHT, "hold_reasons": ["future_dated"]}]},
            title="Eight hours ahead: read in a wrong zone",
        ),
        Example(
            {"hold": False},
            [_AHEAD],
            {"ahead": [{**_AHEAD, "version": _RIGHT}]},
            title="It is not to be held: only its version is set right",
        ),
    ),
)
def future_dated(item: Item, params: FutureDatedParams, scope: Scope) -> Sent:
    """Sends orders that are dated after their arrival to `ahead`, with the reason `future_dated`: mostly a time was read in a wrong zone.

    A version from the future would make everything that comes next with a right time look older: to the hub, and to a warehouse that has
    taken the order. So it becomes the time that it stands for, less a second: zones differ by whole half hours, and it cannot be later
    than its arrival. The order's own times stay as the channel wrote them. Place this node before "Keep in hub".

    Nothing waits here. Further on the node "Hold order" shows such orders on the page "Held" until a person releases them; or let them
    ship and tell somebody, as the flow "Time check" does. The alarm "Wrong clock or zone" names the mistake.
    """
    arrived = ahead_of(item, scope, params.tolerance)
    if arrived is None:
        return "out", item
    order = with_reason(item, "future_dated") if params.hold and item.get("status") not in OVER else item
    at = _time_of(item.get("version") or item.get("updated_at"))
    if at is not None and at > arrived + params.tolerance:
        order = {**order, "version": utc_text(version_for(at, arrived))}
    return "ahead", order


def ahead_of(item: Item, scope: Scope, tolerance: timedelta) -> datetime | None:
    """When an order arrived that is dated after that; ``None`` for any other. Raises ``NodeError`` with ``time.invalid``."""
    arrived = scope.event.get("received_at")
    times = (instant(item.get(name), path=name) for name in TIMES)
    ahead = isinstance(arrived, datetime) and any(at is not None and at > arrived + tolerance for at in times)
    return arrived if isinstance(arrived, datetime) and ahead else None


def _time_of(version: object) -> datetime | None:
    """A version may be a digest."""
    try:
        return instant(version) if isinstance(version, str) else None
    except NodeError:
        return None
