"""What all rules have: whether they are in use, whom they tell and when."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from engine.watch.hours import Hours, time_of_day

_ADDRESS: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError("zone", "there is no zone of this name") from None
    return name


def _addresses(text: str) -> str:
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not all(_ADDRESS.fullmatch(one) and len(one) < 255 for one in found):
        raise PydanticCustomError("mail_addresses", "mail addresses with commas between are expected")
    return ", ".join(found)


Zone = Annotated[str, AfterValidator(_zone)]
TimeOfDay = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Receivers = tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")], ...]


class Rule(BaseModel):
    """Whom it tells: connections of the family ``message``, and mail servers."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    kind: Any
    code: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str] = "bell"

    enabled: bool = Field(default=True, title="In use", description="A rule that is not in use raises no alarm and ends those it raised.")
    tell: Receivers = Field(default=(), max_length=20, title="Tell", description="Connections that get a message.")
    mail_to: Annotated[str, AfterValidator(_addresses)] = Field(
        default="", max_length=2000, title="Mail to", description="Addresses with commas between, for the mail servers that are told."
    )
    quiet_from: TimeOfDay | None = Field(
        default=None, title="Quiet from", description="Such as 22:00. What happens then is told when the quiet hours are over."
    )
    quiet_to: TimeOfDay | None = Field(default=None, title="Quiet until", description="Such as 08:00.")
    zone: Zone = Field(default="Asia/Shanghai", title="Time zone", description="Of the times of day, such as Asia/Shanghai.")
    escalate_after: int | None = Field(
        default=None, ge=1, le=10_080, title="Escalate after minutes",
        description="When nobody has acknowledged the alarm by then, more people are told. Empty: never.",
    )  # fmt: skip
    escalate_to: Receivers = Field(
        default=(), max_length=20, title="Then tell", description="Connections that get a message then. None: those above once more."
    )

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise PydanticCustomError("quiet_half", "quiet hours need a beginning and an end", {"beside": "quiet_to"})
        return self

    @property
    def called(self) -> str:
        """Its title, where one of its settings makes it another thing to people."""
        return self.title

    @property
    def quiet(self) -> Hours | None:
        if self.quiet_from is None or self.quiet_to is None:
            return None
        return Hours(time_of_day(self.quiet_from), time_of_day(self.quiet_to), self.zone)
