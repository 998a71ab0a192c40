"""How much is held in memory, and what more there is in the store. Whatever arrives, what is held stays bounded."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Final

from engine.dispatch import Dispatch
from engine.errors import Problem
from engine.intake.accept import Busy
from engine.node.triggers import Arrival
from engine.run.plan import Plan
from engine.store.ports import Event, Store

PAGE: Final = 2000
MOST_BYTES: Final = 128 * 1024 * 1024
"""Of bodies that were taken in and are not durable yet."""


class TakeUp:
    """Stands before the dispatcher. ``limit``: runs that may wait in memory, and likewise writes; ``bytes``: of bodies in hand.

    Open runs beyond it rest in the store, and are taken up in the order of their ids when there is room. While there are such runs
    (``behind``), new events rest there too, so that none overtakes an earlier one of its order (rule R5).
    """

    def __init__(self, store: Store, dispatcher: Dispatch, limit: int) -> None:
        self._store, self._dispatcher, self.limit = store, dispatcher, limit
        self._after = self._found = self._rested = 0
        self.behind = False
        self.bytes = 0

    def accepted(self, event: Event, plan: Plan, arrival: Arrival) -> None:
        """A new event, durable since a moment. Without room it rests in the store."""
        if not self.behind and self._dispatcher.waiting < self.limit:
            if event.id > self._found:  # else it was found in the store meanwhile
                self._dispatcher.accepted(event, plan, arrival)
            return
        self._rest(event)

    def unread(self, event: Event) -> None:
        """The same for one whose delivery was not read."""
        if self.behind or self._dispatcher.waiting >= self.limit:
            self._rest(event)
        elif event.id > self._found:
            self._dispatcher.recovered(event)

    def adopted(self, events: Sequence[Event]) -> None:
        """Runs of a process that is gone, oldest first."""
        for event in events:
            if self.behind or self._dispatcher.waiting >= self.limit:
                self._rest(event)
            else:
                self._dispatcher.recovered(event)

    def look_again(self) -> None:
        """Some of what rests in the store may lie before the place that was reached; it is looked over from the beginning."""
        self._after = 0
        self._rested += 1

    async def begin(self) -> int:
        """At the start. Returns how many runs go on at once."""
        self.behind = True
        return await self.go_on()

    async def go_on(self) -> int:
        """Take up what rests in the store, as far as there is room. Returns how many runs that were."""
        count = 0
        while self.behind and (room := self.limit - self._dispatcher.waiting) > 0:
            rested, known = self._rested, self._dispatcher.known()
            page = await self._store.open_runs(after=self._after, limit=min(PAGE, room))
            known |= self._dispatcher.known()  # one that has ended meanwhile was known before
            for event in page:
                self._after, self._found = event.id, max(self._found, event.id)
                if event.id not in known:
                    self._dispatcher.recovered(event)
                    count += 1
            if not page and rested == self._rested:
                self.behind = False
        return count

    def _rest(self, event: Event) -> None:
        self._after = min(self._after, event.id - 1) if self.behind else event.id - 1
        self.behind = True
        self._rested += 1

    def room(self, size: int) -> AbstractContextManager[None]:
        """For a body of so many bytes, until its event is durable. Entering raises ``Busy``: ``intake.full`` or ``intake.busy``."""
        return _Room(self, size)

    def require_room(self, size: int = 0) -> None:
        """Raises ``Busy``: ``intake.full`` where too many runs wait, ``intake.busy`` where too much waits to be written."""
        if self.behind or self._dispatcher.waiting >= self.limit:
            raise Busy(Problem("intake.full", fields={"limit": self.limit}))
        if self._store.journal.backlog() > self.limit or (self.bytes and self.bytes + size > MOST_BYTES):
            raise Busy(Problem("intake.busy"))

    @property
    def full(self) -> bool:
        try:
            self.require_room()
        except Busy:
            return True
        return False


class _Room:
    """By hand, because an order passes here."""

    __slots__ = ("_size", "_take_up")

    def __init__(self, take_up: TakeUp, size: int) -> None:
        self._take_up, self._size = take_up, size

    def __enter__(self) -> None:
        self._take_up.require_room(self._size)
        self._take_up.bytes += self._size

    def __exit__(self, *_: object) -> None:
        self._take_up.bytes -= self._size
