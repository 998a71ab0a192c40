"""Finds open runs that nobody works on: of events whose sender went away, or whose acknowledgement died with the writer's process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.dispatch import Dispatch
from engine.store.ports import Event, Store
from engine.take_up import PAGE, TakeUp

log = logging.getLogger("orderloom.left_behind")
LEFT_BEHIND: Final = timedelta(seconds=60)
"""An open run so old that this process does not know was left behind: by a sender that went away, or by a process that is gone."""
MOST_KNOWN: Final = 1000
"""Where more runs than this wait for their turn, nothing is looked for."""


class LeftBehind:
    """``look`` and ``look_after_a_loss`` are called again and again, and wait for each other: none takes up a run twice."""

    def __init__(self, store: Store, dispatcher: Dispatch, take_up: TakeUp, now: Callable[[], datetime], max_running: int) -> None:
        self._store, self._dispatcher, self._take_up, self._now = store, dispatcher, take_up, now
        self._most = 2 * MOST_KNOWN + max_running
        self._one = asyncio.Lock()
        self._seen = self._looked = 0

    async def look(self) -> int:
        """Take up what is old and unknown. Returns how many runs that were."""
        async with self._one:
            if self._take_up.behind or self._dispatcher.waiting > MOST_KNOWN:
                return 0
            known = self._dispatcher.known()
            found = await self._store.open_runs(limit=self._most)
            old = [event for event in found if self._now() - event.received_at > LEFT_BEHIND]
            return self._go_on(old, known)

    async def look_after_a_loss(self) -> int:
        """Take up what was kept without an acknowledgement when the writer's process died.

        What was acknowledged before is known by the look after the one that notices the death.
        """
        async with self._one:
            upto = self._store.journal.unheard()
            if upto != self._seen or upto == self._looked:
                self._seen = upto
                return 0
            if self._take_up.behind:
                self._take_up.look_again()
                self._looked = upto
                return 0
            known = self._dispatcher.known()
            count = self._go_on(await self._open_upto(upto), known)
            self._looked = upto
            return count

    async def _open_upto(self, last: int) -> list[Event]:
        found: list[Event] = []
        after = 1
        while page := await self._store.open_runs(after=after, limit=PAGE):
            found += [event for event in page if event.id <= last]
            after = page[-1].id
            if after > last:
                break
        return found

    def _go_on(self, found: Sequence[Event], known: set[int]) -> int:
        """``known``: before they were read, as one of them may have ended since."""
        known |= self._dispatcher.known()
        left = [event for event in found if event.id not in known]
        for event in left:
            log.warning("run taken up", extra={"run": str(event.id)})
        self._take_up.adopted(left)
        return len(left)
