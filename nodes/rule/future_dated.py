"""Orders that are dated in the future."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from engine.sdk import DataClass, Duration, Example, FieldClass, HoldReason, Item, Params, Scope, Sent, adds, instant, node, passes
from nodes.rule.reasons import with_reason

_TIMES = ("created_at", "paid_at", "updated_at")


class FutureDatedParams(Params):
    tolerance: Duration = Field(
        default=timedelta(minutes=10), ge=timedelta(0), title="Tolerance", description="Clocks differ: so much ahead is no matter."
    )


class Reasons(BaseModel):
    hold_reasons: list[Annotated[HoldReason, FieldClass(DataClass.INTERNAL)]]


_ORDER: Item = {"channel_order_id": "1", "created_at": "2026-01-16T03:03:00Z", "hold_reasons": []}
_AHEAD: Item = {**_ORDER, "created_at": "2026-01-16T11:03:00Z"}


@node(
    "rule.future_dated",
    version=1,
    label="Dated in the future",
    reads=(*_TIMES, "hold_reasons"),
    outputs={"out": passes(), "ahead": adds(Reasons)},
    scope=True,
    icon="calendar-clock",
    examples=(
        Example({}, [_ORDER], {"out": [_ORDER]}, title="An order of a moment ago"),
        Example({}, [_AHEAD], {"ahead": [{**_AHEAD, "hold_reasons": ["future_dated"]}]}, title="Eight hours ahead: read in a wrong zone"),
    ),
)
def future_dated(item: Item, params: FutureDatedParams, scope: Scope) -> Sent:
    """Sends orders that are dated after their arrival to `ahead`, with the reason `future_dated`: mostly a time was read in a wrong zone.

    Nothing waits here. Behind `ahead`, the node "Hold order" shows them on the page "Held" until a person releases them; or let them
    ship and tell somebody, as the flow "Time check" does. The alarm "Wrong clock or zone" names the mistake.
    """
    arrived = scope.event.get("received_at")
    times = (instant(item.get(name), path=name) for name in _TIMES)
    if isinstance(arrived, datetime) and any(at is not None and at > arrived + params.tolerance for at in times):
        return "ahead", with_reason(item, "future_dated")
    return "out", item
