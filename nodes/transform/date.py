"""Date."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from engine.sdk import Example, Item, NodeError, Params, PlainPath, get, node, unknown
from nodes.transform.date_text import Form, Zone, add_time, read_time, write_time
from nodes.transform.writing import put_at


class Span(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    days: int = Field(default=0, ge=-36_600, le=36_600, title="Days", description="Calendar days in the zone; the time of day stays.")
    hours: int = Field(default=0, ge=-87_600, le=87_600, title="Hours", description="Hours that pass.")
    minutes: int = Field(default=0, ge=-5_256_000, le=5_256_000, title="Minutes", description="Minutes that pass.")


class Date(Params):
    field: PlainPath = Field(title="Field", description="The field that holds the time.")
    read_as: Form = Field(
        default="iso",
        title="Read as",
        description="iso, epoch_seconds, epoch_milliseconds, or a pattern such as %Y-%m-%d %H:%M:%S with %z for an offset.",
    )
    zone: Zone = Field(
        title="Zone",
        description="Where a text without an offset was written, such as Asia/Shanghai or UTC. Days are counted there as well.",
    )
    add: Span | None = Field(default=None, title="Add time", description="A span of time to add; negative numbers go back.")
    write_as: Form = Field(
        default="iso", title="Write as", description="iso (in UTC: 2026-01-15T15:58:12Z), epoch_seconds, epoch_milliseconds or a pattern."
    )
    write_zone: Zone = Field(default="UTC", title="Zone of the result", description="The zone in which a pattern writes the time.")
    into: PlainPath | None = Field(default=None, title="Result field", description="Where the result goes. Empty: into the same field.")


@node(
    "transform.date",
    version=1,
    label="Date",
    reads=("params.field",),
    writes=("params.field", "params.into"),
    outputs={"out": unknown()},
    icon="calendar-clock",
    examples=(
        Example(
            {"field": "created", "read_as": "%Y-%m-%d %H:%M:%S", "zone": "Asia/Shanghai"},
            [{"created": "2026-01-15 23:58:12"}],
            {"out": [{"created": "2026-01-15T15:58:12Z"}]},
            title="Beijing time to UTC",
        ),
        Example(
            {"field": "at", "zone": "UTC", "write_as": "%Y/%m/%d", "write_zone": "Asia/Tokyo", "into": "day"},
            [{"at": "2026-01-15T15:58:12Z"}],
            {"out": [{"at": "2026-01-15T15:58:12Z", "day": "2026/01/16"}]},
            title="The day in Tokyo",
        ),
        Example(
            {"field": "paid_at", "zone": "America/New_York", "add": {"days": 1}, "into": "ship_by"},
            [{"paid_at": "2026-03-07T17:00:00Z"}],
            {"out": [{"paid_at": "2026-03-07T17:00:00Z", "ship_by": "2026-03-08T16:00:00Z"}]},
            title="Noon of the next day, although the clocks changed",
        ),
        Example(
            {"field": "ts", "read_as": "epoch_seconds", "zone": "UTC"},
            [{"ts": 1768532645}],
            {"out": [{"ts": "2026-01-16T03:04:05Z"}]},
            title="Seconds since 1970",
        ),
        Example({"field": "at", "zone": "UTC"}, [{"at": None}], {"out": [{"at": None}]}, title="Empty stays empty"),
        Example({"field": "at", "zone": "UTC"}, [{"at": "soon"}], problem="date.unreadable", title="No time at all"),
    ),
)
def date(item: Item, params: Date) -> Item:
    """Reads a time from one form, adds a span if wanted, and writes it in another form and zone. Empty values stay empty.

    Where clocks are put back and a time occurs twice, the earlier one is meant.
    """
    value: Any = get(item, params.field, None)
    into = params.into or params.field
    if value is None or value == "":
        return put_at(item, into, value)
    try:
        moment = read_time(value, params.read_as, params.zone)
        if params.add is not None:
            moment = add_time(moment, params.zone, days=params.add.days, hours=params.add.hours, minutes=params.add.minutes)
        return put_at(item, into, write_time(moment, params.write_as, params.write_zone))
    except (ValueError, OverflowError):
        raise NodeError("date.unreadable", path=params.field, form=params.read_as) from None
