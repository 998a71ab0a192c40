"""Begins what the store has work for: one look for all of it, instead of one for each job that mostly finds nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from engine.store.ports import DueKind, Store
from engine.upkeep import Job, Upkeep


class DueJobs:
    """``jobs``: what sees to each kind of work; ``changed`` what takes up a change, until ``mark`` says that it has."""

    def __init__(
        self, store: Store, upkeep: Upkeep, now: Callable[[], datetime], jobs: Mapping[DueKind, Job], changed: Job,
        mark: Callable[[], int | None],
    ) -> None:  # fmt: skip
        self._store, self._upkeep, self._now, self._jobs = store, upkeep, now, jobs
        self._changed, self._mark = changed, mark

    async def look(self) -> None:
        due = await self._store.due(self._now())
        if due.changes != self._mark():
            self._upkeep.begin("take up changes", self._changed)
        for kind in due.kinds:
            self._upkeep.begin(f"see to {kind}", self._jobs[kind])
