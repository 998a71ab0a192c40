"""What the watch over runs that stand still asks of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.store.records import NewIncident, RunState

NO_ITEM = ""
"""The item key of an incident about a run as a whole: no item has it, so that no other incident takes its place."""


@dataclass(frozen=True, slots=True)
class Unmoved:
    """A run that should be somebody's work and has not moved since ``moved_at``.

    ``ahead``: the oldest event of the same order in front of it whose run has not ended, and the state of that run.
    """

    run_id: int
    flow: str
    trigger: str
    order_key: str
    state: RunState
    passes: bool
    moved_at: datetime
    ahead: int | None = None
    ahead_state: RunState | None = None


@dataclass(frozen=True, slots=True)
class Resting:
    """A run that is parked or waits and does not pass the others, with what tells whether it lets later events of its order wait."""

    run_id: int
    version: int
    trigger: str
    order_key: str
    state: RunState


class StandingRuns(Protocol):
    async def unmoved_runs(self, before: datetime, *, after: int = 0, limit: int = 200) -> Sequence[Unmoved]:
        """Runs that are ``queued``, ``running`` or ``cancelling`` and have not moved since ``before``, oldest first, ids above ``after``.

        A run moves when it is accepted, a fact is added, or something that it waited for, or an incident, is closed. Of the runs that were
        accepted before then at most ``limit`` are looked at, so there may be more while as many come.
        """
        ...

    async def resting_runs(self, flow: str, order_key: str) -> Sequence[Resting]:
        """Of an order, oldest first."""
        ...

    async def resting_versions(self) -> Mapping[tuple[RunState, str], Sequence[int]]:
        """By state and flow, the versions in which runs are parked or wait."""
        ...

    async def resting_page(self, state: RunState, flow: str, *, after: int = 0, limit: int = 2000) -> Sequence[Resting]:
        """Of a flow, oldest first, those with ids above ``after``."""
        ...

    async def blocked_behind(self, run_ids: Sequence[int]) -> Mapping[int, int]:
        """How many later events of its order stand behind each run that is parked or waits; runs without any are left out."""
        ...

    async def open_incident(self, run_id: int, incident: NewIncident, at: datetime) -> bool:
        """Open an incident of a run that has not ended, whose state stays as it is. False where one is open at that place already."""
        ...

    async def close_by_itself(self, incident_id: int, at: datetime) -> None:
        """Close an incident that is over (``resumed``), without a decision of anybody."""
        ...
