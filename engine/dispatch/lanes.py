"""The lines of all orders of which something is at work, waits, or holds others back: of the last, only so many are in memory.

The lines of the others are set aside: a filter of a fixed size knows the orders that may have one, and the store knows who holds them.
It may take an order for one of those by chance: that costs a look into the store, no more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Final

from engine.dispatch.hindrance import about
from engine.dispatch.lane import Lane

log = logging.getLogger("orderloom.dispatch")
Key = tuple[str, str]
"""Flow and ordering key."""
Holding = Callable[[str, str], Awaitable[Iterable[int]]]
"""The runs of an order that are parked or wait, as the store says, and let later events wait."""
MOST: Final = 4096
"""Lines in memory in which nothing moves but that later events would have to wait."""
AGAIN_AFTER: Final = 1.0
_BITS: Final = 23
_MASK: Final = (1 << _BITS) - 1
_PROBES: Final = 4
"""A megabyte: of orders that were never set aside, one in fifty is looked up after a million were."""


class Aside:
    """Which orders may have been set aside (a Bloom filter)."""

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_BITS - 3))

    def add(self, key: Key) -> None:
        for bit in _places(key):
            self._bits[bit >> 3] |= 1 << (bit & 7)

    def __contains__(self, key: Key) -> bool:
        return all(self._bits[bit >> 3] >> (bit & 7) & 1 for bit in _places(key))


class Lanes:
    """``holding`` tells from the store who holds an order; without it nothing is set aside. ``go_on`` is told when that is known.

    A line in memory is complete, unless it is ``unsure``: then nobody but who was resumed starts from it.
    """

    def __init__(self, go_on: Callable[[Lane, Key], None], asking: set[asyncio.Task[None]], holding: Holding | None = None) -> None:
        self._go_on, self._asking, self._holding = go_on, asking, holding
        self._lanes: dict[Key, Lane] = {}
        self._resting: dict[Key, None] = {}
        self._aside: Aside | None = None

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes.values())

    def find(self, key: Key) -> Lane | None:
        return self._lanes.get(key)

    def of(self, key: Key) -> Lane:
        """The line of an order in which something moves from now on."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane()
            if self._aside is not None and key in self._aside:
                self._ask(key, lane)
        elif self._resting:
            self._resting.pop(key, None)
        return lane

    def hold(self, key: Key, run: int) -> None:
        """At the start: a run that lets later events wait."""
        lane = self._lanes.get(key)
        if lane is None and self._aside is not None and key in self._aside:
            return  # the store knows all of them
        if lane is None:
            lane = self._lanes[key] = Lane()
        lane.parked.add(run)
        if lane.active is None and not (lane.resumed or lane.waiting):
            self.rest(key)

    def drop(self, key: Key) -> None:
        self._lanes.pop(key, None)
        self._resting.pop(key, None)

    def rest(self, key: Key) -> None:
        """Nothing moves in it. Of too many the one goes that rests longest."""
        self._resting[key] = None
        if self._holding is not None and len(self._resting) > MOST:
            oldest = next(iter(self._resting))
            self.drop(oldest)
            self._aside = self._aside or Aside()
            self._aside.add(oldest)

    def _ask(self, key: Key, lane: Lane) -> None:
        lane.unsure = set()
        task = asyncio.get_running_loop().create_task(self._learn(key, lane))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _learn(self, key: Key, lane: Lane) -> None:
        assert self._holding is not None  # noqa: S101 - else nothing is ever set aside
        while True:
            try:
                found = await self._holding(*key)
                break
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody may overtake meanwhile
                log.warning("order waits", extra=about(error))
                await asyncio.sleep(AGAIN_AFTER)
        lane.parked.update({*found} - (lane.unsure or set()))
        lane.unsure = None
        self._go_on(lane, key)


def _places(key: Key) -> list[int]:
    number = hash(key)
    step = number >> 32 | 1
    return [number + n * step & _MASK for n in range(_PROBES)]
