"""What waits for the next transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from engine.store.ports import Fact, HubOrder, NewEvent, RunEnd

ENDS = frozenset({"done", "failed", "cancelled"})
"""The states that a run ends in."""


@dataclass(slots=True)
class PutFact:
    """A fact, an end, or both, of one run."""

    event_id: int
    fact: Fact | None
    end: RunEnd | None


@dataclass(slots=True)
class PutOrder:
    order: HubOrder
    fact: Fact


@dataclass(slots=True)
class Call:
    """A rare write, in a savepoint of its own; what it raises is handed to its caller and undoes it alone."""

    run: Callable[[sqlite3.Connection], object]


Operation = NewEvent | PutFact | PutOrder | Call
