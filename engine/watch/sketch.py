"""Durations counted in buckets that grow by 2 %, so that any share of them can be told to 1 %, and counts of several minutes add up.

As in "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees" (Masson, Rim, Lee; VLDB 2019).
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

GROWTH: Final = 1.02
LEAST: Final = 0.001
"""Seconds; whatever is shorter counts as this."""
_LOG: Final = math.log(GROWTH)


class Sketch(msgspec.Struct):
    """``buckets`` by number: up to ``LEAST * GROWTH ** number`` seconds. ``longest`` is exact, and so is whose it was (``order``)."""

    buckets: dict[int, int] = {}
    longest: float = 0.0
    order: str = ""

    def add(self, seconds: float, order: str = "") -> None:
        number = max(math.ceil(math.log(max(seconds, LEAST) / LEAST) / _LOG), 0)
        self.buckets[number] = self.buckets.get(number, 0) + 1
        if seconds >= self.longest or not self.order:
            self.longest, self.order = max(seconds, 0.0), order

    def merge(self, other: Sketch) -> None:
        for number, count in other.buckets.items():
            self.buckets[number] = self.buckets.get(number, 0) + count
        if other.longest >= self.longest:
            self.longest, self.order = other.longest, other.order

    @property
    def count(self) -> int:
        return sum(self.buckets.values())

    def share(self, share: float) -> float | None:
        """Seconds within which that share of all lies (0.95: 95 of 100); ``None`` where nothing was counted."""
        rank, seen = max(math.ceil(share * self.count), 1), 0
        for number, count in sorted(self.buckets.items()):
            seen += count
            if seen >= rank:
                return min(LEAST * GROWTH**number * 2 / (1 + GROWTH), self.longest)
        return None
