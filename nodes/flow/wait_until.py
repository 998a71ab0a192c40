"""Wait until a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from engine.sdk import Cel, Context, Example, Item, NodeError, Params, Wait, effect_node, instant, utc_text


class WaitUntil(Params):
    until: Cel = Field(
        title="Time to wait for",
        description='An expression such as timestamp(item.paid_at) + duration("2h"). A time that is past is no wait.',
    )


@effect_node(
    "flow.wait_until",
    version=1,
    label="Wait until",
    reads=("params.until",),
    waits=True,
    icon="clock",
    examples=(
        Example(
            {"until": 'timestamp(item.paid_at) + duration("2h")'},
            [{"paid_at": "2026-01-16T03:04:05Z"}],
            {"out": [{"paid_at": "2026-01-16T03:04:05Z"}]},
            requests=({"wait": "timer", "until": "2026-01-16T05:04:05Z"},),
            title="Two hours after payment",
        ),
        Example({"until": "item.day"}, [{"day": "soon"}], problem="wait.bad_time", title="No time at all"),
    ),
)
async def wait_until(item: Item, params: WaitUntil, context: Context) -> Item:
    """Lets each item rest until a time that is computed from it, then sends it on unchanged."""
    await context.wait(Wait("timer", until=utc_text(_moment(params.until(item, context.scope)))))
    return item


def _moment(value: Any) -> datetime:
    """Raises ``NodeError`` with ``wait.bad_time``. Text without a zone is read as UTC."""
    try:
        moment = instant(value) if isinstance(value, str) else value
    except NodeError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise NodeError("wait.bad_time", value=type(value).__name__)
    return moment
