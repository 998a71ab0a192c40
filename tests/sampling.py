"""Which cases run in CI on a machine so slow that all of them would not end in time: of each test over many cases every so-manieth.

On any other machine, and wherever ``CI`` is not set, all of them run.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

MANY = 4
"""Cases of one test, beyond which some may be left out."""
USUAL = 0.028
"""Seconds that the piece of work takes on a machine on which all cases end in two thirds of the time."""
MOST = 4
T = TypeVar("T")


def every() -> int:
    """One: all cases. The machine is measured at its best, as others work on it too."""
    return max(1, min(MOST, round(min(_seconds() for _ in range(12)) / USUAL)))


def turn() -> int:
    """Another one each day, so that every case has its turn."""
    return date.today().toordinal()  # noqa: DTZ011 - any day will do


def chosen(tests: Sequence[tuple[str, T]], step: int, first: int) -> list[T]:
    """Of tests by the name of what they are cases of."""
    cases: defaultdict[str, list[T]] = defaultdict(list)
    for name, test in tests:
        cases[name].append(test)
    return [test for several in cases.values() for test in (several if len(several) <= MANY else several[first % step :: step])]


def _seconds() -> float:
    began = time.perf_counter()
    total = 0
    for number in range(500_000):
        total += number * number
    return time.perf_counter() - began
