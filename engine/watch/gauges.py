"""How much there is of things now: orders in line, orders that stand still, open incidents; and what ends soon."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.store.ports import Store
from engine.watch.observations import Ending, Level, Observation


class Standing(Protocol):
    """What the last look at runs that stand still found; ``at`` is ``None`` before the first one."""

    @property
    def standing(self) -> int: ...
    @property
    def at(self) -> datetime | None: ...


class Late(Protocol):
    """What the last look at orders that are late at a stage found: how many, and the oldest, by stage."""

    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def oldest(self) -> Mapping[str, str]: ...
    @property
    def at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Gauges:
    """``in_line`` is ``None`` where nobody knows. What is not known yet, after a start say, is no level: silence ends no alarm."""

    store: Store
    in_line: Callable[[], int | None]
    standing: Callable[[], Standing]
    late: Callable[[], Late]
    endings: Callable[[], Sequence[Ending]]
    now: Callable[[], datetime]

    async def levels(self) -> Sequence[Observation]:
        now, waiting, standing = self.now(), self.in_line(), self.standing()
        levels: list[Observation] = [*self.endings(), Level("incidents", sum((await self.store.incident_counts()).values()), now)]
        if waiting is not None:
            levels.append(Level("queue", waiting, now))
        if standing.at is not None:
            levels.append(Level("standing", standing.standing, standing.at))
        late = self.late()
        if late.at is not None:
            levels += [Level("stuck", count, late.at, stage, late.oldest.get(stage, "")) for stage, count in late.counts.items()]
        return levels
