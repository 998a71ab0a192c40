"""The log of calls in memory."""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

from engine.store.call_log import excerpt_of, safe
from engine.store.call_records import EVERY_CALL, CallFilter, CallMade, CallNote, fits
from engine.store.pages import bounds, page
from engine.store.problems import not_found
from engine.store.records import Page


class MemoryCallLog:
    def __init__(self, most: int = 10_000) -> None:
        self.lost = 0
        self._calls: deque[CallMade] = deque(maxlen=most)
        self._last = 0

    def note(self, call: CallNote) -> None:
        self._last += 1
        at, direction, place, method, path, *rest, excerpt = call
        made: list[Any] = [self._last, at, direction, safe(place), method, safe(path), *rest, excerpt_of(excerpt)]
        self._calls.append(CallMade(*made))

    async def calls(self, where: CallFilter = EVERY_CALL, *, limit: int = 50, cursor: str | None = None) -> Page[CallMade]:
        limit, below = bounds(limit, cursor)
        found = [call for call in reversed(self._calls) if call.id < below and fits(call, where)]
        return page(found[: limit + 1], limit, lambda call: call.id, lambda call: call)

    async def call(self, call_id: int) -> CallMade:
        found = next((call for call in self._calls if call.id == call_id), None)
        if found is None:
            raise not_found("call_log.unknown")
        return found

    async def call_places(self) -> list[str]:
        return sorted({call.place for call in self._calls})

    async def forget_answers(self, run_id: int) -> None:
        kept = [msgspec.structs.replace(call, excerpt=None) if call.run_id == run_id else call for call in self._calls]
        self._calls = deque(kept, maxlen=self._calls.maxlen)

    async def close(self) -> None:
        """What is noted stays readable."""
