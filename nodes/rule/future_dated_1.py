"""Orders that are dated in the future, as it was: their version stays as their time says."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel

from engine.sdk import DataClass, Example, FieldClass, HoldReason, Item, Params, Scope, Sent, adds, node, passes
from nodes.rule.future_dated import TIMES, Tolerance, ahead_of
from nodes.rule.reasons import with_reason


class FutureDatedParams(Params):
    tolerance: Tolerance = timedelta(minutes=10)


class Reasons(BaseModel):
    hold_reasons: list[Annotated[HoldReason, FieldClass(DataClass.INTERNAL)]]


_ORDER: Item = {"channel_order_id": "1", "created_at": "2026-01-16T03:03:00Z", "hold_reasons": []}
_AHEAD: Item = {**_ORDER, "created_at": "2026-01-16T11:03:00Z"}


@node(
    "rule.future_dated",
    version=1,
    label="Dated in the future",
    reads=(*TIMES, "hold_reasons"),
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
    if ahead_of(item, scope, params.tolerance) is None:
        return "out", item
    return "ahead", with_reason(item, "future_dated")
