"""What the triggers of database tables share: the table, and how it is looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from engine.sdk import ConnectionRef, Duration, OfType, Params, Problem, Watch, watch_of

NAME = r"^\w[\w$]*$"


class WatchedTable(Params):
    """Which table is looked at, how often, and from where on."""

    database: Annotated[ConnectionRef, OfType(("database",))] = Field(
        title="Database", description="The connection of the database. Its user needs to read the table only."
    )
    table: str = Field(
        pattern=r"^\w[\w$]*(\.\w[\w$]*)?$", max_length=128, title="Table", description="Table or view, such as orders or shop.orders."
    )
    id_column: str = Field(
        default="id",
        pattern=NAME,
        max_length=64,
        title="Id column",
        description="The column that is different in each row. Rows without an id are passed over.",
    )
    time_column: str | None = Field(
        default=None,
        pattern=NAME,
        max_length=64,
        title="Time of change",
        description="The column that says when a row was changed last. Empty: ids only grow, and changed rows are not noticed. "
        "Rows without a time are passed over.",
    )
    every: Duration = Field(default=timedelta(seconds=10), title="Look every", description="How often the table is looked at.")
    page: int = Field(default=500, ge=1, le=5000, title="Rows at once", description="So many rows are read by one query.")
    overlap: Duration = Field(
        default=timedelta(minutes=1),
        title="Look back",
        description="Each look begins so much earlier, for rows that were committed late. Only where the time of change is a time: numbers "
        "and other text are read on from the last one.",
    )
    look_back: int = Field(
        default=100, ge=0, le=100_000, title="Look back, ids", description="The same where there is no time of change: so many ids."
    )
    zone: str = Field(default="UTC", title="Time zone", description="Of times without one, such as Asia/Shanghai.")
    begin: Literal["everything", "now"] = Field(
        default="everything",
        title="Begin with",
        description="Everything that is in the table, or only what comes from now on.",
        json_schema_extra={"enumTitles": {"everything": "with all rows", "now": "with what comes now"}},
    )

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            problem = Problem("schedule.bad_zone", (), {"zone": zone[:60]})
            raise PydanticCustomError("orderloom", "{what}", {"what": problem.code, "problem": problem}) from None
        return zone

    def watch(self) -> Watch:
        return watch_of(self.table, self.id_column, self.time_column, self.overlap, self.look_back, self.page, self.zone, self.begin)
