"""What goes wrong between a channel and us, as a test or a person orders it: one after the other, or by chance from a seed."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

PushFault = Literal["doubled", "lost", "late", "forged"]
"""``late``: not before the next one was sent; ``forged``: with a signature that does not hold, followed by the true one."""


class PushFaults:
    """Which push fares how."""

    def __init__(self) -> None:
        self._next: deque[PushFault] = deque()
        self._shares: Mapping[PushFault, float] = {}
        self._dice = random.Random(0)  # noqa: S311 - chances, not secrets

    def next(self, *faults: PushFault) -> None:
        """The next pushes fare so, one each."""
        self._next.extend(faults)

    def mix(self, shares: Mapping[PushFault, float], seed: int = 0) -> None:
        """From now on such shares (0 to 1) of the pushes fare so; the same seed gives the same faults."""
        self._shares, self._dice = dict(shares), random.Random(seed)  # noqa: S311

    @property
    def shares(self) -> Mapping[PushFault, float]:
        """Those of ``mix``."""
        return self._shares

    def draw(self) -> PushFault | None:
        """How the next push fares; ``None``: well."""
        if self._next:
            return self._next.popleft()
        chance = self._dice.random() if self._shares else 1.0
        for fault, share in self._shares.items():
            if chance < share:
                return fault
            chance -= share
        return None


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer in place of the right one: a status, with the platform's own words as JSON or none."""

    status: int = 503
    body: Mapping[str, Any] | None = None


@dataclass(slots=True)
class CallFaults:
    """Which call fares how. ``limit``: calls that are allowed in a span of time, ``None`` for any number.

    ``delay``: seconds until each answer; ``lost``: so many of the next calls do what they are for, but break off before the answer.
    """

    failures: deque[Failure] = field(default_factory=deque[Failure])
    lost: int = 0
    delay: float = 0.0
    limit: tuple[int, timedelta] | None = None
    _window: tuple[datetime, int] | None = None

    def fail_next(self, times: int = 1, failure: Failure | None = None) -> None:
        self.failures.extend([failure or Failure()] * times)

    def wait(self, now: datetime) -> float:
        """Counts a call; seconds until calls are taken again, 0 where this one is."""
        if self.limit is None:
            return 0.0
        allowed, span = self.limit
        begun, count = self._window or (now, 0)
        if now - begun >= span:
            begun, count = now, 0
        self._window = (begun, count + 1)
        return 0.0 if count < allowed else (begun + span - now).total_seconds()
