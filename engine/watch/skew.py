"""The clocks of channels beside ours, by the dates of their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from engine.store.ports import Alarm

EVERY: Final = 5.0
"""Seconds between two dates of a connection that are looked at: a busy one would tell nothing more."""
HALF: Final = 0.5
"""A date has whole seconds: on average it is so much older than the answer."""


_GRAVE: Final = "alarm.skew_grave_"
_WRONG: Final = ("alarm.zone_", "alarm.clock_")
CheckState = Literal["ok", "warn", "fail"]


def time_checks(alarms: Iterable[Alarm]) -> dict[str, CheckState]:
    """By the alarms that are open. ``time_skew``: our clock beside those of channels; ``time_consistency``: the times that they write."""
    codes = {alarm.code for alarm in alarms}
    grave, differs = any(code.startswith(_GRAVE) for code in codes), any(code.startswith("alarm.skew_") for code in codes)
    wrong = any(code.startswith(_WRONG) for code in codes)
    return {"time_skew": "fail" if grave else "warn" if differs else "ok", "time_consistency": "fail" if wrong else "ok"}


def fails_time(code: str) -> bool:
    """Whether an alarm makes one of the checks fail."""
    return code.startswith((_GRAVE, *_WRONG))


class SkewWatch:
    """Called with each date. ``tell``: connection, and by how many seconds its clock is ahead of ours."""

    def __init__(self, tell: Callable[[str, float], None]) -> None:
        self._tell = tell
        self._looked: dict[str, datetime] = {}

    def __call__(self, connection: str, date: str, now: datetime) -> None:
        """Raises nothing: a date that cannot be read is passed over."""
        last = self._looked.get(connection)
        if last is not None and 0 <= (now - last).total_seconds() < EVERY:
            return
        self._looked[connection] = now
        try:
            at = parsedate_to_datetime(date)
        except ValueError:
            return
        aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        self._tell(connection, (aware - now).total_seconds() + HALF)
