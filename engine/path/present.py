"""The present way of an order as people draw it: steps by hand and by systems, with what hurts. Kept as a sheet. Pure but for the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import InputInvalid, NotFound, Problem
from engine.json_text import read_json, write_json
from engine.node.validation import reason_of
from engine.store.ports import Sheet, Store

KIND: Final = "present_way"
NAME: Final = "all"
MOST: Final = 40
By = Literal["system", "excel", "mail", "chat", "paper", "phone", "hand"]
BY: Final[tuple[By, ...]] = ("system", "excel", "mail", "chat", "paper", "phone", "hand")


class PresentStep(BaseModel):
    """``by``: how it is done; all but ``system`` are manual. ``owner``: a post or a team, not a person's name."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    title: str = Field(min_length=1, max_length=80)
    by: By = "system"
    system: str = Field(default="", max_length=60)
    owner: str = Field(default="", max_length=60)
    minutes: int | None = Field(default=None, ge=0, le=100_000)
    pain: str = Field(default="", max_length=200)

    @property
    def manual(self) -> bool:
        return self.by != "system"


class PresentWay(BaseModel):
    """Steps in the order in which an order goes through them."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    steps: tuple[PresentStep, ...] = Field(default=(), max_length=MOST)

    @property
    def minutes(self) -> int:
        return sum(step.minutes or 0 for step in self.steps)

    @property
    def manual(self) -> int:
        return sum(step.manual for step in self.steps)

    @property
    def pains(self) -> int:
        return sum(bool(step.pain) for step in self.steps)


@dataclass(frozen=True, slots=True)
class KeptWay:
    """``version`` 0: nobody has drawn it yet."""

    way: PresentWay
    version: int
    actor: str = ""
    at: datetime | None = None


class PresentWays:
    """The book of the present way and its versions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def current(self) -> KeptWay:
        found = await self._store.sheet(KIND, NAME)
        return KeptWay(PresentWay(), 0) if found is None else _kept(found)

    async def version(self, number: int) -> KeptWay:
        """Raises ``NotFound`` (``path.version_unknown``)."""
        found = await self._store.sheet(KIND, NAME, number)
        if found is None:
            raise NotFound(Problem("path.version_unknown", fields={"version": number}))
        return _kept(found)

    async def versions(self) -> Sequence[KeptWay]:
        """Newest first."""
        return [_kept(one) for one in await self._store.sheet_versions(KIND, NAME)]

    async def save(self, way: PresentWay, *, expected: int | None, actor: str) -> int:
        """The new version. Raises ``Conflict`` (``sheet.changed``)."""
        return await self._store.save_sheet(KIND, NAME, write_json(way.model_dump(mode="json")), expected=expected, actor=actor)


def parse_way(document: object) -> PresentWay:
    """Raises ``InputInvalid`` with one ``path.invalid`` a field; where: ``steps``, its number from 1, the field."""
    try:
        return PresentWay.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InputInvalid([_problem(one) for one in found]) from None


def _problem(one: Any) -> Problem:
    where = tuple(str(part + 1) if isinstance(part, int) else str(part) for part in one["loc"])
    return Problem("path.invalid", where, reason_of(one))


def _kept(sheet: Sheet) -> KeptWay:
    return KeptWay(PresentWay.model_validate(read_json(sheet.body)), sheet.version, sheet.actor, sheet.at)
