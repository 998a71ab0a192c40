"""What went wrong beside runs and hindered none: held in memory, for the page of the flow and the figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.errors import Problem

What = Literal["answer", "priority"]


@dataclass(frozen=True, slots=True)
class Note:
    """``count`` since this process took the version up; the rest is about the last time."""

    trigger: str
    what: What
    problem: Problem
    at: datetime
    count: int


@dataclass(slots=True)
class Noted:
    """``counts`` by flow, trigger and what, since the start. Of a flow only the newest version that something was noted of is kept."""

    counts: Counter[tuple[str, str, What]] = field(default_factory=Counter[tuple[str, str, What]])
    _flows: dict[str, tuple[int, dict[tuple[str, What], Note]]] = field(
        default_factory=dict[str, "tuple[int, dict[tuple[str, What], Note]]"]
    )

    def note(self, flow: str, version: int, trigger: str, what: What, problem: Problem, at: datetime) -> None:
        self.counts[flow, trigger, what] += 1
        known, notes = self._flows.get(flow, (0, {}))
        if known != version:
            if known > version:
                return
            notes = {}
            self._flows[flow] = version, notes
        before = notes.get((trigger, what))
        notes[trigger, what] = Note(trigger, what, problem, at, 1 + (before.count if before else 0))

    def of(self, flow: str, version: int | None) -> list[Note]:
        """By trigger."""
        known, notes = self._flows.get(flow, (0, {}))
        return [notes[key] for key in sorted(notes)] if known == version else []
