"""Lists in pages, newest first: the cursor is the id of the last row shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from engine.store.ports import Page
from engine.store.problems import bad_cursor

MOST = 500
T = TypeVar("T")
Row = TypeVar("Row")


def page(rows: Sequence[Row], limit: int, position: Callable[[Row], int], make: Callable[[Row], T]) -> Page[T]:
    """A page of ``rows``, which were read to one beyond ``limit``."""
    shown = rows[:limit]
    return Page([make(row) for row in shown], str(position(shown[-1])) if len(rows) > limit else None)


def bounds(limit: int, cursor: str | None) -> tuple[int, int]:
    """The limit within reason, and the id below which a page starts. Raises ``InputInvalid`` (``cursor.invalid``)."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 20):
        raise bad_cursor()
    return max(1, min(limit, MOST)), 2**63 - 1 if cursor is None else min(int(cursor), 2**63 - 1)


def newest_first(matching: Iterable[T], position: Callable[[T], int], limit: int, cursor: str | None) -> Page[T]:
    """A page of what is in memory."""
    limit, below = bounds(limit, cursor)
    ordered = sorted((one for one in matching if position(one) < below), key=position, reverse=True)
    return page(ordered, limit, position, lambda one: one)
