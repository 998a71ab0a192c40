"""Waits in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.errors import Conflict, Problem
from engine.store.filters import OPEN_WAITS, WaitFilter
from engine.store.memory_journal import Kept, MemoryJournal, check_fact
from engine.store.operations import ENDS
from engine.store.pages import bounds, page
from engine.store.ports import Fact, Page, Run, Wait, WaitKind
from engine.store.problems import not_found


class MemoryWaits:
    _kept: Kept
    _mine: MemoryJournal

    async def waits(self, where: WaitFilter = OPEN_WAITS, *, limit: int = 50, cursor: str | None = None) -> Page[Wait]:
        limit, below = bounds(limit, cursor)
        matching = [
            one
            for one in sorted(self._kept.waits.values(), key=lambda one: one.id, reverse=True)
            if one.id < below
            and where.state in (None, one.state)
            and where.kind in (None, one.kind)
            and where.flow in (None, one.flow)
            and where.run_id in (None, one.run_id)
        ]
        return page(matching, limit, lambda one: one.id, lambda one: one)

    async def wait(self, wait_id: int) -> Wait:
        found = self._kept.waits.get(wait_id)
        if found is None:
            raise not_found("wait.unknown")
        return found

    async def wait_for_effect(self, effect: str) -> Wait:
        found = next((one for one in self._kept.waits.values() if one.effect == effect), None)
        if found is None:
            raise not_found("wait.unknown")
        return found

    async def due_waits(self, until: datetime, *, limit: int = 200) -> Sequence[Wait]:
        due = [(one.due_at, one) for one in self._kept.waits.values() if one.state == "open" and one.due_at is not None]
        return [one for moment, one in sorted(due, key=lambda pair: pair[0]) if moment <= until][:limit]

    async def wait_counts(self) -> Mapping[tuple[str, WaitKind], int]:
        return Counter((one.flow, one.kind) for one in self._kept.waits.values() if one.state == "open")

    async def close_wait(self, wait_id: int, at: datetime, fact: Fact | None = None) -> bool:
        return self._close([wait_id], at, fact)

    async def close_waits(self, wait_ids: Sequence[int], at: datetime, fact: Fact) -> bool:
        return self._close(wait_ids, at, fact)

    def _close(self, wait_ids: Sequence[int], at: datetime, fact: Fact | None) -> bool:
        found = [wait_to_close(self._kept, wait_id, fact) for wait_id in wait_ids]
        run = found[0][1]
        goes_on = run.state not in ENDS
        if goes_on and fact is not None:
            check_fact(self._kept, fact)
            self._kept.facts.setdefault(fact.event_id, {})[fact.number] = fact
        for wait, _ in found:
            self._kept.waits[wait.id] = replace(wait, state="done" if goes_on else "cancelled", closed_at=at)
        if goes_on:
            self._kept.runs[run.id] = replace(run, state="queued", ended_at=None)
            self._kept.claims[run.id] = self._mine.claim
        return goes_on


def wait_to_close(kept: Kept, wait_id: int, fact: Fact | None) -> tuple[Wait, Run]:
    wait = kept.waits.get(wait_id)
    if wait is None or (fact is not None and wait.run_id != fact.event_id):
        raise not_found("wait.unknown")
    if wait.state != "open":
        raise Conflict(Problem("wait.closed", fields={"state": wait.state}))
    return wait, kept.runs[wait.run_id]
