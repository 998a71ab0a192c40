"""How long an order may take to each stage of its path, in seconds from when it was accepted; for each channel of its own. A sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import InputInvalid, Problem
from engine.json_text import read_json, write_json
from engine.node.validation import reason_of
from engine.path.stages import TIMED, Timed
from engine.store.ports import Store

KIND: Final = "expected_times"
NAME: Final = "all"
LONGEST: Final = 90 * 86_400
Seconds = Annotated[int, Field(ge=1, le=LONGEST)]
Channel = Annotated[str, Field(min_length=1, max_length=60)]


class Times(BaseModel):
    """Of one channel; ``None``: as of all."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    canonical: Seconds | None = None
    wms: Seconds | None = None
    finance: Seconds | None = None
    shipped: Seconds | None = None


class ExpectedTimes(BaseModel):
    """``all``: of every channel that has none of its own."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    all: Times = Times()
    channels: dict[Channel, Times] = Field(default_factory=dict[str, Times], max_length=100)

    def of(self, channel: str, stage: Timed) -> int:
        """Seconds within which an order of a channel is expected to have reached a stage."""
        own = getattr(self.channels.get(channel, Times()), stage)
        return own or getattr(self.all, stage) or STANDARD[stage]

    def least(self, *stages: Timed) -> int:
        """The shortest of all channels."""
        return min(self.of(channel, stage) for channel in ("", *self.channels) for stage in stages)


STANDARD: Final[Mapping[Timed, int]] = {"canonical": 60, "wms": 300, "finance": 300, "shipped": 2 * 86_400}
"""What holds until somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class KeptTimes:
    times: ExpectedTimes
    version: int = 0


async def kept_times(store: Store) -> KeptTimes:
    found = await store.sheet(KIND, NAME)
    return KeptTimes(ExpectedTimes()) if found is None else KeptTimes(ExpectedTimes.model_validate(read_json(found.body)), found.version)


async def save_times(store: Store, times: ExpectedTimes, *, expected: int | None, actor: str) -> int:
    """The new version. Raises ``Conflict`` (``sheet.changed``)."""
    body = write_json(times.model_dump(mode="json", exclude_none=True))
    return await store.save_sheet(KIND, NAME, body, expected=expected, actor=actor)


def parse_times(document: object) -> ExpectedTimes:
    """Raises ``InputInvalid`` with one ``path.invalid`` a field; where: ``all`` or ``channels`` and its name, then the stage."""
    try:
        return ExpectedTimes.model_validate(document)
    except ValidationError as error:
        raise InputInvalid([_problem(one) for one in error.errors(include_url=False, include_input=False)]) from None


def times_document(times: ExpectedTimes) -> dict[str, Any]:
    """As ``PUT`` takes it, with what holds of all filled in."""
    whole = {stage: times.of("", stage) for stage in TIMED}
    return {"all": whole, "channels": {name: one.model_dump(exclude_none=True) for name, one in times.channels.items()}}


def _problem(one: Any) -> Problem:
    return Problem("path.invalid", tuple(map(str, one["loc"])), reason_of(one))
