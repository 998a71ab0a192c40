"""How well a simulated channel behaves, as a person sets it: its limit on calls, its clock, shares of pushes that go wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

from engine.errors import InputInvalid, Problem
from engine.testing.channel.faults import PushFault

ALL: Final = 100.0
LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "calls": (0, 1_000_000),
    "seconds": (0.1, 86_400),
    "clock": (-86_400, 86_400),
    **dict.fromkeys(("doubled", "lost", "late", "forged"), (0, ALL)),
}
"""From and to, of each field of a form."""
FAULTS: Final[tuple[PushFault, ...]] = ("doubled", "lost", "late", "forged")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """``calls`` that are taken in so many ``seconds``, 0 for any number; ``clock``: seconds that it is ahead; ``shares``: in per cent.

    Raises ``InputInvalid`` with every problem: ``simulate.setting`` for a number out of its limits, ``simulate.shares`` for too much.
    """

    calls: int = 0
    seconds: float = 60.0
    clock: float = 0.0
    shares: Mapping[PushFault, float] = field(default_factory=dict[PushFault, float])

    def __post_init__(self) -> None:
        given = {"calls": self.calls, "seconds": self.seconds, "clock": self.clock, **self.shares}
        problems = [
            Problem("simulate.setting", (name,), {"value": value, "least": LIMITS[name][0], "most": LIMITS[name][1]})
            for name, value in given.items()
            if not LIMITS[name][0] <= value <= LIMITS[name][1]
        ]
        total = sum(self.shares.values())
        if total > ALL and not problems:
            problems.append(Problem("simulate.shares", ("shares",), {"total": total}))
        if problems:
            raise InputInvalid(problems)


def behaviour_of(form: Mapping[str, str]) -> Behaviour:
    """Of a form's fields; one that is missing or empty is as from the beginning. Raises ``InputInvalid``, for what is no number too."""
    numbers = {name: _number(name, form[name]) for name in LIMITS if form.get(name, "").strip()}
    shares: dict[PushFault, float] = {fault: numbers[fault] for fault in FAULTS if fault in numbers}
    return Behaviour(int(numbers.get("calls", 0)), numbers.get("seconds", 60.0), numbers.get("clock", 0.0), shares)


def _number(name: str, text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    least, most = LIMITS[name]
    if not isfinite(found):
        raise InputInvalid(Problem("simulate.setting", (name,), {"value": text[:20], "least": least, "most": most}))
    return found
