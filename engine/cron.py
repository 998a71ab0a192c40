"""Reads cron texts: five parts, in which a week goes from Sunday (0) to Saturday (6), and 7 is Sunday too.

Source: crontab(5), whose numbers of weekdays are not those of APScheduler (there 0 is Monday). Unlike there, a day has to fit
both its number in the month and its weekday, where both are given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from engine.errors import OrderloomError, Problem

DAYS_IN_WEEK: Final = 7
LAST: Final = 32
"""The last day of a month, whichever that is."""
_LONGEST: Final = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
"""Days of the months that have fewer than 31, in the years in which they have most."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PIECE: Final = re.compile(r"(?:\*|([a-z]+|\d{1,2})(?:-([a-z]+|\d{1,2}))?)(?:/(\d{1,2}))?", re.ASCII | re.IGNORECASE)
_SHOWN: Final = 60


class Cron(NamedTuple):
    """The five parts as APScheduler reads them: its weekdays go from Monday (0) to Sunday (6)."""

    minute: str
    hour: str
    day: str
    month: str
    day_of_week: str


class _Part(NamedTuple):
    name: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()


_MINUTE, _HOUR, _DAY = _Part("minute", 0, 59), _Part("hour", 0, 23), _Part("day", 1, 31)
_MONTH, _WEEKDAY = _Part("month", 1, 12, _MONTHS), _Part("weekday", 0, 6, _WEEKDAYS)
_PARTS: Final = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)


def read_cron(text: str) -> Cron:
    """Raises ``OrderloomError`` with ``schedule.bad_cron``, or ``schedule.never_starts`` for days that none of its months has."""
    parts = text.split()
    if len(parts) != len(_PARTS):
        raise OrderloomError(Problem("schedule.bad_cron", (), {"rule": "cron_parts", "reason": "", "count": len(parts)}))
    minutes, hours, days, months, weekdays = (_read(written, part) for written, part in zip(parts, _PARTS, strict=True))
    if never(days, months):
        raise OrderloomError(Problem("schedule.never_starts", (), {"days": parts[2][:_SHOWN], "months": parts[3][:_SHOWN]}))
    return Cron(
        _written(minutes, _MINUTE),
        _written(hours, _HOUR),
        _written(days, _DAY),
        _written(months, _MONTH),
        _written({(day - 1) % DAYS_IN_WEEK for day in weekdays}, _WEEKDAY),
    )


def weekdays_of(written: str) -> frozenset[int]:
    """The weekdays that the fifth part names, Sunday as 0; empty where it cannot be read.

    A range may go over the end of the week: ``5-7`` and ``fri-sun`` are Friday to Sunday, ``sat-mon`` Saturday to Monday.
    """
    return _numbers(written, _WEEKDAY)


def never(days: frozenset[int], months: frozenset[int]) -> bool:
    """Whether no year has any of the days in any of the months. 29 February occurs; every date falls on each weekday some year."""
    return LAST not in days and all(min(days) > _LONGEST.get(month, 31) for month in months)


def _read(written: str, part: _Part) -> frozenset[int]:
    found = _numbers(written, part)
    if not found:
        raise OrderloomError(Problem("schedule.bad_cron", (), {"rule": f"cron_{part.name}", "reason": "", "value": written[:_SHOWN]}))
    return found


def _numbers(written: str, part: _Part) -> frozenset[int]:
    """What a part names, a list of pieces; empty where one of them cannot be read."""
    pieces = [_of_piece(piece, part) for piece in written.lower().split(",")]
    return frozenset(number for piece in pieces for number in piece) if all(pieces) else frozenset()


def _of_piece(piece: str, part: _Part) -> frozenset[int]:
    """``*``, ``5``, ``1-5``, each with a step perhaps: ``*/2``, ``1-5/2``; ``5/2`` goes on to the part's end."""
    if part is _DAY and piece == "last":
        return frozenset({LAST})
    match = _PIECE.fullmatch(piece)
    span = match and _span(match[1], match[2], part, open_end=match[3] is not None)
    if match is None or span is None:
        return frozenset()
    step = int(match[3] or 1)
    fits = 1 <= step <= max(1, span[1] - span[0])
    numbers = range(span[0], span[1] + 1, step) if fits else ()
    return frozenset(number % DAYS_IN_WEEK if part is _WEEKDAY else number for number in numbers)


def _span(first: str | None, last: str | None, part: _Part, *, open_end: bool) -> tuple[int, int] | None:
    """The first and the last number; over the end of a week these go on from 7. ``None`` where they make no range."""
    if first is None:
        return part.lowest, part.highest
    begin, end = _number(first, part), _number(last or first, part)
    if begin is None or end is None:
        return None
    if open_end and last is None:
        return begin, max(begin, part.highest)
    if end < begin and part is _WEEKDAY:
        end = begin + (end - begin) % DAYS_IN_WEEK
    return (begin, end) if begin <= end else None


def _number(word: str, part: _Part) -> int | None:
    if word in part.names:
        return part.lowest + part.names.index(word)
    highest = DAYS_IN_WEEK if part is _WEEKDAY else part.highest
    return int(word) if word.isdigit() and part.lowest <= int(word) <= highest else None


def _written(numbers: frozenset[int] | set[int], part: _Part) -> str:
    """Numbers as a part for APScheduler."""
    if numbers >= set(range(part.lowest, part.highest + 1)):
        return "*"
    return ",".join("last" if first == LAST else f"{first}-{last}" for first, last in _runs(sorted(numbers)))


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers that follow each other, as first and last; the last day of a month stands by itself."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1 and number != LAST:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
