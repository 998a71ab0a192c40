"""Which line a run waits in for a place. Whatever its priority depends on may have to be read first."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from engine.dispatch.hindrance import about
from engine.dispatch.port import Load
from engine.dispatch.ready import ReadyLines
from engine.run.plan import Plan
from engine.run.priority import USUAL, fixed_priority, priority_of
from engine.run.world import World
from engine.store.ports import Event

log = logging.getLogger("orderloom.dispatch")


class Ranking:
    """Lines runs up in ``ready``. ``load`` and ``at_hand`` are the dispatcher's."""

    def __init__(
        self, world: World, ready: ReadyLines, load: Callable[[Event], Awaitable[Load]], at_hand: Callable[[str, int], Plan | None]
    ) -> None:  # fmt: skip
        self._world, self._ready, self._load, self._at_hand = world, ready, load, at_hand
        self._unranked: deque[Event] = deque()
        self._reading: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def busy(self) -> bool:
        """Whether something that waits may yet change its line."""
        return self._reading is not None

    def line_up(self, event: Event, load: Load | None) -> None:
        """Until its priority is known it counts as normal."""
        plan = load.plan if load is not None else self._at_hand(event.flow, event.version)
        fixed = None if plan is None else fixed_priority(plan, event.trigger)
        if fixed is None and load is not None:
            fixed = self._rank(event, load)
        self._ready.put(event, fixed or USUAL)
        if fixed is None:
            self._unranked.append(event)
            if self._reading is None:
                self._reading = asyncio.ensure_future(self._rank_all())

    def stop(self) -> None:
        self._stopped = True
        if self._reading is not None:
            self._reading.cancel()

    async def _rank_all(self) -> None:
        while self._unranked and not self._stopped:
            event = self._unranked.popleft()
            try:
                self._ready.move(event, self._rank(event, await self._load(event)))
            except Exception as error:  # noqa: BLE001 - what hinders the run is told when its turn comes
                log.info("priority not read", extra={"run": str(event.id), **about(error)})
        self._reading = None

    def _rank(self, event: Event, load: Load) -> str:
        priority, problem = priority_of(load.plan, event, load.items, load.channel, load.shop_id)
        if problem is not None:
            self._world.noted.note(event.flow, event.version, event.trigger, "priority", problem, self._world.now())
        return priority
