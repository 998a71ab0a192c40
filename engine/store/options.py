"""Where a store lives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KeepCalls:
    """Calls go from the log after ``days``; and, of more than ``most``, the oldest."""

    days: int = 30
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """``url`` as SQLAlchemy writes it; ``None``: ``orderloom.db`` in ``data``. ``keep_calls``: how long the log of calls reaches back.
    ``apart``: where it can be done, a process of its own writes; worth it where very much is written.
    """

    data: str | Path
    url: str | None = None
    master_key_file: str | Path | None = None
    keep_calls: KeepCalls = KeepCalls()
    apart: bool = False
