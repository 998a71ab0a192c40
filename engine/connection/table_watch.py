"""New and changed rows of a table, look by look.

Rows that were committed late lie before what has been read already. So each round of looks begins a little earlier, and passes over
what the round before it has seen; what is seen twice all the same is a duplicate event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec

from engine.connection.failures import CallFailed
from engine.connection.rows import Position, Row, Watch, look_back
from engine.json_text import digest

MOST_REMEMBERED: Final = 50_000
MOST_MATCHING: Final = 50_000


class Table(Protocol):
    async def after(self, position: Position | None, most: int) -> Sequence[Row]: ...
    async def last(self) -> Position | None: ...
    async def matching(self, table: str, column: str, order_by: str, values: Sequence[str], most: int) -> Sequence[Mapping[str, Any]]: ...


class Look(msgspec.Struct, frozen=True):
    """``rows`` that are new; ``cursor``: JSON; ``more``: the round is not at its end, and has come further."""

    rows: Sequence[Mapping[str, Any]]
    cursor: Any
    more: bool


class TableWatch:
    def __init__(self, table: Table, watch: Watch) -> None:
        self._table, self._watch = table, watch
        self._at: Position | None = None
        self._under_way = False
        self._seen: set[str] = set()
        self._seen_now: set[str] = set()

    async def look(self, cursor: Any, now: datetime) -> Look:
        """The next rows. ``cursor``: of the look before, ``None`` at the very first one."""
        if cursor is None and self._watch.begin == "now":
            last = await self._table.last()
            return Look((), _cursor(last), more=False)
        if not self._under_way:
            self._begin(cursor, now)
        rows = await self._table.after(self._at, self._watch.most)
        fresh = [row.item for row in rows if self._is_fresh(row)]
        more = self._under_way = len(rows) == self._watch.most and rows[-1].position != self._at
        if rows:
            self._at = rows[-1].position
        return Look(fresh, _cursor(self._at) if rows else cursor if cursor is not None else _cursor(None), more)

    async def matching(self, table: str, column: str, order_by: str, values: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """All rows of a table whose column has one of the values, by that column and another. Raises ``CallFailed``."""
        found = await self._table.matching(table, column, order_by, values, MOST_MATCHING + 1)
        if len(found) > MOST_MATCHING:
            raise CallFailed("server.too_many_rows", retriable=False, maybe_sent=False, name=table, limit=MOST_MATCHING)
        return found

    def _begin(self, cursor: Any, now: datetime) -> None:
        known = _position(cursor)
        self._at = None if known is None else look_back(known, now, self._watch)
        self._seen, self._seen_now = self._seen_now, set()

    def _is_fresh(self, row: Row) -> bool:
        signature = digest(row.item)
        if len(self._seen_now) < MOST_REMEMBERED:
            self._seen_now.add(signature)
        return signature not in self._seen


def _cursor(position: Position | None) -> Any:
    return {"position": None if position is None else list(position)}


def _position(cursor: Any) -> Position | None:
    kept = cursor["position"] if cursor is not None else None
    return None if kept is None or kept == [None, None] else Position(*kept)
