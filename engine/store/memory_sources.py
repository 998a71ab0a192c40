"""Sources of events in memory."""

from __future__ import annotations

from engine.errors import Conflict, Problem
from engine.store.memory_journal import Kept, MemoryJournal
from engine.store.owners import Claim


class MemorySources:
    _kept: Kept
    _mine: MemoryJournal

    async def hold_source(self, flow: str, trigger: str) -> bool:
        holder = self._kept.sources.get((flow, trigger))
        if holder not in (None, self._mine.claim) and self._is_there(holder):
            return False
        self._kept.sources[flow, trigger] = self._mine.claim
        return True

    async def free_source(self, flow: str, trigger: str) -> None:
        if self._kept.sources.get((flow, trigger)) == self._mine.claim:
            del self._kept.sources[flow, trigger]

    async def source_cursor(self, flow: str, trigger: str) -> bytes | None:
        return self._kept.cursors.get((flow, trigger))

    async def move_cursor(self, flow: str, trigger: str, cursor: bytes) -> None:
        if self._kept.sources.get((flow, trigger)) != self._mine.claim:
            raise Conflict(Problem("source.lost", (flow, trigger)))
        self._kept.cursors[flow, trigger] = cursor

    def _is_there(self, holder: Claim | None) -> bool:
        return holder is not None and holder.owner not in self._kept.gone and self._kept.holds(holder)
