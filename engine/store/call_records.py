"""What is noted of each call, out and in: never its content (that of a run is recomputed when somebody looks)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol, TypeAlias

import msgspec

Direction = Literal["out", "in"]
Outcome = Literal["ok", "failed"]
Purpose = Literal["alarm", "token", "probe"]
"""The first word of the key of such a call."""
DIRECTIONS: Final[tuple[Direction, ...]] = ("out", "in")
OUTCOMES: Final[tuple[Outcome, ...]] = ("ok", "failed")
PURPOSES: Final[tuple[Purpose, ...]] = ("alarm", "token", "probe")
CallNote: TypeAlias = tuple[
    datetime,
    Direction,
    str,
    str,
    str,
    int | None,
    str | None,
    float,
    bool,
    int | None,
    str | None,
    str | None,
    str | None,
    int,
    int | None,
    Any,
]
"""A call as it is noted on the hot path: the members of ``CallMade`` behind ``id``, in their order. Its last one may be any JSON still."""


class CallMade(msgspec.Struct, frozen=True):
    """One attempt. ``place``: the connection that was called, or ``flow/trigger`` that was delivered to; ``path`` without a query, and
    as the flow has it where data would stand in it.

    ``code``: why there was no answer, or none of use; ``failed``: whether it did not do what it should; ``run_id``: the run that made
    it, or that came of it; ``effect``: the key under which it was asked; ``size``: bytes of a delivery, where it said so;
    ``excerpt``: of a failed answer, masked.
    """

    id: int
    at: datetime
    direction: Direction
    place: str
    method: str
    path: str
    status: int | None
    code: str | None
    ms: float
    failed: bool
    run_id: int | None = None
    flow: str | None = None
    step: str | None = None
    effect: str | None = None
    attempt: int = 1
    size: int | None = None
    excerpt: str | None = None

    @property
    def purpose(self) -> Purpose | None:
        """What no flow asked for."""
        if self.run_id is not None or self.effect is None:
            return None
        word = self.effect.partition("-")[0]
        return next((one for one in PURPOSES if one == word), None)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """``None`` lets everything through. ``runs``: calls of these runs; ``slow``: that took at least so many milliseconds."""

    direction: Direction | None = None
    place: str | None = None
    outcome: Outcome | None = None
    status: int | None = None
    runs: Sequence[int] | None = None
    since: datetime | None = None
    until: datetime | None = None
    slow: float | None = None


EVERY_CALL: Final = CallFilter()


def fits(call: CallMade, where: CallFilter) -> bool:
    return (
        where.direction in (None, call.direction)
        and where.place in (None, call.place)
        and where.status in (None, call.status)
        and (where.outcome is None or (where.outcome == "failed") == call.failed)
        and (where.runs is None or call.run_id in where.runs)
        and (where.since is None or call.at >= where.since)
        and (where.until is None or call.at < where.until)
        and (where.slow is None or call.ms >= where.slow)
    )


class Scribe(Protocol):
    """Another process that writes the log."""

    def write(self, calls: Sequence[CallNote]) -> bool:
        """All of them, or none. Raises ``OSError`` where it is gone, perhaps with the calls written; nobody is asked twice then."""
        ...
