"""Start at times."""

from __future__ import annotations

from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import (
    Arrival,
    DataClass,
    Delivery,
    Duration,
    Example,
    FieldClass,
    OrderloomError,
    Params,
    Problem,
    read_cron,
    read_json,
    replaces,
    trigger,
)

PLANNED = {"planned_at": FieldClass(DataClass.INTERNAL)}


class Schedule(Params):
    cron: str | None = Field(
        default=None,
        title="At (cron)",
        description="Minute, hour, day of month, month, day of week, such as 30 8 * * mon-fri: at half past eight from Monday to Friday. "
        "As numbers, days of the week go from 0 (Sunday) to 6 (Saturday), and 7 is Sunday too.",
    )
    every: Duration | None = Field(
        default=None, title="Every", description="Such as 15m or 1d, from midnight UTC. Either this or a cron text."
    )
    zone: str = Field(default="UTC", title="Time zone", description="Of the cron text, such as Asia/Shanghai. Daylight saving is kept.")
    missed: Literal["once", "all", "skip"] = Field(
        default="once",
        title="Missed times",
        description="What becomes of times at which the service did not run: once: one start, with the last of them; all: each, up to the "
        "newest thousand; skip: none. A time counts as missed when it is more than 60 seconds old: skip starts what is noticed sooner.",
        json_schema_extra={"enumTitles": {"once": "one start for all", "all": "one start for each", "skip": "no start"}},
    )

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise _fault("schedule.bad_zone", zone=zone[:60]) from None
        return zone

    @field_validator("cron")
    @classmethod
    def _readable(cls, cron: str | None) -> str | None:
        if cron is not None:
            try:
                read_cron(cron)
            except OrderloomError as error:
                raise _finding(error.problems[0]) from None
        return cron

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.cron is None) == (self.every is None):
            raise _fault("schedule.one_of_both")
        if self.every is not None and self.every.total_seconds() < 1:
            raise _fault("schedule.too_often")
        return self


def _fault(code: str, **fields: str) -> PydanticCustomError:
    return _finding(Problem(code, (), fields))


def _finding(problem: Problem) -> PydanticCustomError:
    return PydanticCustomError("orderloom", "{what}", {"what": problem.code, "problem": problem})


@trigger(
    "flow.schedule",
    version=1,
    label="Schedule",
    starts="schedule",
    emits=replaces(PLANNED),
    icon="calendar-clock",
    examples=(
        Example(
            {"cron": "30 8 * * mon-fri", "zone": "Asia/Shanghai"},
            [{"planned_at": "2026-01-16T00:30:00Z", "trigger": "morning"}],
            {"out": [{"planned_at": "2026-01-16T00:30:00Z"}]},
            event={"channel": "schedule", "shop_id": "morning", "order_id": "2026-01-16T00:30:00Z"},
            title="On workdays at half past eight in Shanghai",
        ),
        Example(
            {"every": "15m", "missed": "skip"},
            [{"planned_at": "2026-01-16T00:15:00Z", "trigger": "often"}],
            {"out": [{"planned_at": "2026-01-16T00:15:00Z"}]},
            title="Every quarter of an hour",
        ),
    ),
)
def schedule(delivery: Delivery, params: Schedule) -> Arrival:
    """Starts the flow at times, with the planned time as its item. No time is ever used twice, over restarts too."""
    del params
    body = read_json(delivery.body)
    planned = str(body.get("planned_at", ""))
    return Arrival(({"planned_at": planned},), "schedule", str(body.get("trigger", "")), planned, planned)
