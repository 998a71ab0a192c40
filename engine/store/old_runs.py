"""Which runs are old: a pure decision, shared by all stores."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from engine.store.operations import ENDS
from engine.store.retention import OldRuns


class Ended(NamedTuple):
    """A run as retention sees it, with those that it called, and they in turn: they go together (rule R9).

    ``open``: one of them has not ended, or an incident of it waits for a decision; ``ended_at``: when the last of them ended;
    ``called``: it was called itself, so that it goes with its caller.
    """

    id: int
    state: str
    accepted_at: datetime
    ended_at: datetime | None
    open: bool
    called: bool = False


def old_among(runs: Iterable[Ended], before: datetime | None, upto: int, limit: int) -> OldRuns:
    """Of runs in the order of their ids: those that ended before ``before``, or whose id is at most ``upto``.

    A run that has not ended, or has an open incident, or called one of which that is true, never goes. Ids grow with the time of
    acceptance: behind the first run that was accepted later than ``before`` and is above ``upto`` nothing is old. ``limit`` is how many
    were asked for.
    """
    old: list[int] = []
    last, count = 0, 0
    for run in runs:
        last, count = run.id, count + 1
        if run.id > upto and (before is None or run.accepted_at >= before):
            return OldRuns(old, None)
        if run.state not in ENDS or run.open or run.called or run.ended_at is None:
            continue
        if run.id <= upto or (before is not None and run.ended_at < before):
            old.append(run.id)
    return OldRuns(old, last if count == limit else None)
