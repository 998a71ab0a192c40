"""Which cases run in CI, whose time is limited: of each test over many every fourth, the others on the next three days.

Wherever ``CI`` is not set, all of them run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

MANY = 3
"""Cases of one test, beyond which some may be left out."""
EVERY = 4
T = TypeVar("T")


def turn() -> int:
    """Another one each day, so that every case has its turn."""
    return date.today().toordinal()  # noqa: DTZ011 - any day will do


def chosen(tests: Sequence[tuple[str, T]], step: int, first: int) -> list[T]:
    """Of tests by the name of what they are cases of."""
    cases: defaultdict[str, list[T]] = defaultdict(list)
    for name, test in tests:
        cases[name].append(test)
    return [test for several in cases.values() for test in (several if len(several) <= MANY else several[first % step :: step])]
