"""Spans of time over tables that are numbered by time: the ids say where to look, the times which rows are meant.

An id is given when a row is written, so it is never older than the time that the row tells, and hardly younger.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine.store.ids import id_at
from engine.store.times import shifted

BEFORE = timedelta(minutes=1)
"""The clock may have been set back between the receipt of an event and its writing."""
AFTER = timedelta(days=1)
"""A clock that ran ahead makes ids that are younger than their rows until the true time has come up with them."""


def within(id_column: Any, time_column: Any, since: datetime | None, until: datetime | None) -> list[Any]:
    """SQL conditions for ``since <= time < until`` that read no row far outside the span."""
    conditions: list[Any] = []
    if since is not None:
        conditions += [id_column >= id_at(shifted(since, -BEFORE)), time_column >= since]
    if until is not None:
        conditions += [id_column < id_at(shifted(until, AFTER)), time_column < until]
    return conditions
