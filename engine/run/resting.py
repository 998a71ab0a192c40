"""Calls that wait for their next attempt: a moment in memory; for longer in the store, and their run leaves the worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from engine.run.effects import Suspended
from engine.run.facts import Recorded
from engine.run.plan import Step
from engine.store.ports import NewWait

PATIENCE: Final = 5.0
"""Seconds that a call waits for its next attempt in memory."""
HELD_BACK: Final = 600.0
"""Seconds that a call rests which is held back for now; a person who lets it go wakes it at once."""


def has_rested(recorded: Recorded, entry: Mapping[str, Any]) -> bool:
    return entry["id"] in recorded.backoffs


def attempt_of(recorded: Recorded, entry: Mapping[str, Any]) -> int:
    """The number of the attempt that comes next: the first, but for a call that has rested."""
    before = recorded.backoffs.get(entry["id"])
    return 1 if before is None else int(before["attempt"])


def require_due(recorded: Recorded, step: Step, entry: Mapping[str, Any], now: datetime) -> None:
    """Raises ``Suspended`` where the time for the next attempt of a call that has rested has not come."""
    before = recorded.backoffs[entry["id"]]
    at = datetime.fromisoformat(before["next_at"])
    if at > now and not before.get("held"):
        raise _suspended(step, entry, int(before["rest"]), at)


def rest(
    recorded: Recorded, step: Step, entry: Mapping[str, Any], attempt: int, at: datetime, *, held: bool = False
) -> tuple[dict[str, Any], Suspended]:
    """What the journal keeps of a rest until that time, and what the run is told. ``held``: people let it go on, whatever the time."""
    number = recorded.rests.get(entry["id"], 0) + 1
    kept = {name: entry[name] for name in ("id", "step", "key")} | {"attempt": attempt, "rest": number, "next_at": at}
    return kept | ({"held": True} if held else {}), _suspended(step, entry, number, at)


def _suspended(step: Step, entry: Mapping[str, Any], number: int, at: datetime) -> Suspended:
    """Each rest is a wait of its own: one that is over is never opened again."""
    return Suspended(NewWait("backoff", f"{entry['id']}/{number}", entry["digest"], step.slug, entry["key"], at))
