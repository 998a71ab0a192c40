"""When so many orders of an operation have drifted that nothing is sent on for now. Pure."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import Final

import msgspec

MOST_MINUTES: Final = 120


class Limit(msgspec.Struct, frozen=True):
    """Beyond ``percent`` of at least ``at_least`` orders over ``minutes``."""

    percent: int
    at_least: int
    minutes: int


class Share(msgspec.Struct, frozen=True):
    orders: int
    drifted: int

    @property
    def percent(self) -> int:
        return self.drifted * 100 // self.orders if self.orders else 0


class Window:
    """Counts by minute."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[datetime, int, int]] = deque(maxlen=MOST_MINUTES)

    def add(self, at: datetime, *, drifted: bool) -> None:
        minute = at.replace(second=0, microsecond=0)
        last = self._minutes[-1] if self._minutes else None
        if last is not None and last[0] >= minute:
            self._minutes[-1] = (last[0], last[1] + 1, last[2] + drifted)
        else:
            self._minutes.append((minute, 1, int(drifted)))

    def share(self, now: datetime, minutes: int) -> Share:
        since = now - timedelta(minutes=minutes)
        kept = [one for one in self._minutes if one[0] >= since]
        return Share(sum(one[1] for one in kept), sum(one[2] for one in kept))

    def forget(self) -> None:
        """From here on anew."""
        self._minutes.clear()


def breaks(share: Share, limit: Limit) -> bool:
    return share.orders >= limit.at_least and share.drifted * 100 >= limit.percent * share.orders
