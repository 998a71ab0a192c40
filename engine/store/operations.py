"""What waits for the next transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from engine.store.connection import Connection
from engine.store.consignments import Consignment
from engine.store.ports import Fact, HubOrder, NewEvent, RunEnd, RunState

ENDS = frozenset({"done", "failed", "cancelled"})
"""The states that a run ends in."""
SHARE = 0
"""The number of the fact that says why an event goes through another version; those of a run begin with 1."""


def may_follow(state: RunState, wanted: RunState) -> bool:
    """Whether a run may come to a state: what has ended is not cancelled any more, and what is being cancelled only ends."""
    if wanted == "cancelling":
        return state not in ENDS
    return state != "cancelling" or wanted in ENDS


def deadline_effect(event_id: int) -> str:
    """The identity of the wait that is a run's deadline."""
    return f"deadline/{event_id}"


class PutFact(msgspec.Struct, array_like=True, tag="fact"):
    """A fact, an end, or both, of one run. ``decision``: a person's, who need not own it. ``sent``: what the fact says was sent."""

    event_id: int
    fact: Fact | None
    end: RunEnd | None
    decision: bool = False
    sent: Sequence[Consignment] = ()


class PutOrder(msgspec.Struct):
    order: HubOrder
    fact: Fact


@dataclass(slots=True)
class Call:
    """A rare write, in a savepoint of its own; what it raises is handed to its caller and undoes it alone."""

    run: Callable[[Connection], object]


Operation = NewEvent | PutFact | PutOrder | Call
