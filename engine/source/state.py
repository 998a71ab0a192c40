"""How a source is doing, as a person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from engine.errors import Problem

Phase = Literal["connecting", "connected", "held_back", "broken", "elsewhere"]
FIRST: Final = 1.0
LONGEST: Final = 60.0
"""Seconds between two attempts to reach a source."""


@dataclass(slots=True)
class SourceState:
    """``phase``: ``held_back`` while the store or the runs cannot keep up; ``broken`` until the next attempt; ``elsewhere`` while another
    process has it. ``taken``: deliveries kept by this process, duplicates among them; ``refused``: what could not become an event.
    ``problem``: what is wrong now, else what was refused last, else what is wrong although all goes on (``standing``). ``audience``: of the
    connection that it has open (see ``Opened``).
    """

    flow: str
    trigger: str
    use: str
    connections: tuple[str, ...]
    phase: Phase
    since: datetime
    taken: int = 0
    refused: int = 0
    last_at: datetime | None = None
    problem: Problem | None = None
    standing: Problem | None = None
    audience: str | None = None

    def turn(self, phase: Phase, now: datetime, problem: Problem | None = None) -> None:
        if phase != self.phase:
            self.phase, self.since = phase, now
        if problem is not None or phase == "connected":
            self.problem = problem or (self.problem if self.refused else None) or self.standing

    def stand(self, problem: Problem | None) -> bool:
        """What is wrong although all goes on, ``None`` once it is well. Whether that is news."""
        if problem == self.standing:
            return False
        if self.problem in (None, self.standing):
            self.problem = problem
        self.standing = problem
        return True


def backoff(failures: int) -> float:
    """Seconds until the next attempt after so many failures in a row."""
    return min(FIRST * 2.0 ** min(max(failures, 1) - 1, 10), LONGEST)
