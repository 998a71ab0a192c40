"""Ids that grow with time and never collide between the processes that share a store.

63 bits: 42 of milliseconds since 2020 (until 2159), 8 of the owner's slot, 13 of a counter.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

EPOCH_MS = 1_577_836_800_000
SLOT_BITS = 8
COUNT_BITS = 13
_LAST_COUNT = (1 << COUNT_BITS) - 1


def id_at(moment: datetime) -> int:
    """The least id that is given at or after an aware time; 0 for times before the first."""
    since_epoch = round(moment.timestamp() * 1000) - EPOCH_MS
    return max(0, min(since_epoch, (1 << 42) - 1)) << (SLOT_BITS + COUNT_BITS)


class IdSequence:
    """The ids of one owner; each is greater than the one before and than ``floor``, even when the clock steps back.

    Not for use by several threads at once.
    """

    def __init__(self, slot: int, floor: int = 0, clock: Callable[[], int] = time.time_ns) -> None:
        self.slot = slot
        self._clock = clock
        self._ms = (floor >> (SLOT_BITS + COUNT_BITS)) + 1 if floor else 0
        self._count = -1

    @property
    def last(self) -> int:
        """The one that was given last; 0 before the first."""
        return self._ms << (SLOT_BITS + COUNT_BITS) | self.slot << COUNT_BITS | self._count if self._count >= 0 else 0

    def follow(self, last: int) -> None:
        """The next one is greater than an id that was given elsewhere."""
        if last > self.last:
            self._ms, self._count = last >> (SLOT_BITS + COUNT_BITS), last & _LAST_COUNT

    def next(self) -> int:
        now = self._clock() // 1_000_000 - EPOCH_MS
        if now > self._ms:
            self._ms, self._count = now, 0
        elif self._count < _LAST_COUNT:
            self._count += 1
        else:
            self._ms, self._count = self._ms + 1, 0
        return self._ms << (SLOT_BITS + COUNT_BITS) | self.slot << COUNT_BITS | self._count
