"""Runs that call runs, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine.store.memory_journal import Kept, check_fact, open_incident
from engine.store.memory_waits import wait_to_close
from engine.store.operations import ENDS, deadline_effect
from engine.store.pages import bounds, page
from engine.store.ports import ChildRun, Fact, NewIncident, Page, Run, Wait


class MemoryCalls:
    _kept: Kept

    async def call_of(self, child: int) -> ChildRun | None:
        return self._kept.calls.get(child)

    async def children(self, parent: int, *, limit: int = 50, cursor: str | None = None) -> Page[Run]:
        limit, below = bounds(limit, cursor)
        found = sorted((child for child in self._children(parent) if child < below), reverse=True)
        return page([self._kept.runs[child] for child in found], limit, lambda run: run.id, lambda run: run)

    async def open_children(self, parent: int) -> Sequence[int]:
        return sorted(child for child in self._children(parent) if self._kept.runs[child].state not in ENDS)

    async def unanswered(self, parent: int | None = None, *, limit: int = 500) -> Sequence[tuple[ChildRun, Wait]]:
        waits = {one.effect.partition("/")[0]: one for one in self._kept.waits.values() if one.state == "open" and one.kind == "child"}
        ended = [one for one in self._kept.calls.values() if self._kept.runs[one.child].state in ENDS and parent in (None, one.parent)]
        return [(one, waits[one.effect]) for one in ended if one.effect in waits][:limit]

    async def orphans(self, *, limit: int = 500) -> Sequence[int]:
        runs = self._kept.runs
        found = [one.child for one in self._kept.calls.values() if runs[one.parent].state in ENDS]
        return [child for child in found if runs[child].state not in ENDS][:limit]

    async def pass_deadline(self, wait_id: int, at: datetime, fact: Fact, incident: NewIncident) -> bool:
        wait, run = wait_to_close(self._kept, wait_id, fact)
        goes_on = run.state not in ENDS
        if goes_on:
            check_fact(self._kept, fact)
            self._kept.facts.setdefault(fact.event_id, {})[fact.number] = fact
            open_incident(self._kept, run, incident, at)
        self._kept.waits[wait_id] = replace(wait, state="done" if goes_on else "cancelled", closed_at=at)
        return goes_on

    async def deadline_of(self, run_id: int) -> datetime | None:
        name = deadline_effect(run_id)
        return next((one.due_at for one in self._kept.waits.values() if one.effect == name), None)

    def _children(self, parent: int) -> list[int]:
        return [one.child for one in self._kept.calls.values() if one.parent == parent]
