"""A table of a database server: what the clients of all of them share."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from engine.connection.failures import CallFailed
from engine.connection.rows import (
    TIMED,
    Position,
    Row,
    Watch,
    json_item,
    last_statement,
    matching_statement,
    page_statement,
    position_of,
    quoted,
)
from engine.connection.servers import Database

_NAMED: Final = re.compile(r"""["'`„»«“](?:[\w$]+\.)*([\w$]+)["'`“«»”]""")
"""A name as servers quote it in what they say, whatever their language."""


class ServerTable(ABC):
    """``mark`` stands around names; ``timed``: what is true of a column that holds a time."""

    mark: ClassVar[str]
    timed: ClassVar[str] = TIMED

    def __init__(self, server: Database, connection: Any, watch: Watch) -> None:
        self._server, self._connection, self._columns, self._zone = server, connection, watch.columns, watch.zone

    async def after(self, position: Position | None, most: int) -> Sequence[Row]:
        """Raises ``CallFailed``: ``server.no_place``, ``server.no_column``, ``server.lost``, ``server.query``."""
        return await self._rows(*page_statement(self._columns, position, most, quoted(self.mark), self.timed))

    async def last(self) -> Position | None:
        rows = await self._rows(last_statement(self._columns, quoted(self.mark), self.timed), [])
        return rows[0].position if rows else None

    async def matching(self, table: str, column: str, order_by: str, values: Sequence[str], most: int) -> Sequence[Mapping[str, Any]]:
        """Rows of a table beside this one as items. Raises the same."""
        statement = matching_statement(table, column, order_by, len(values), most, quoted(self.mark))
        found = await self._found(table, statement, values)
        return [json_item(raw, self._zone) for raw in found]

    @abstractmethod
    async def _found(self, table: str, statement: str, values: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
        """The rows by the names of their columns. ``table``: what they are read of, for problems."""

    async def _rows(self, statement: str, values: Sequence[Any]) -> list[Row]:
        found = await self._found(self._columns.table, statement, values)
        return [Row(json_item(raw, self._zone), position_of(raw, self._columns)) for raw in found]

    def _no_place(self, table: str) -> CallFailed:
        return CallFailed("server.no_place", retriable=True, maybe_sent=False, name=table, host=self._server.host)

    def _no_column(self, table: str, told: str) -> CallFailed:
        """``told``: by the server, which names the column first; else it is one of those that rows are read by."""
        named = _NAMED.search(told)
        column = named[1] if named else " / ".join(name for name in (self._columns.id, self._columns.at) if name)
        return CallFailed("server.no_column", retriable=True, maybe_sent=False, column=column, name=table, host=self._server.host)

    def _refused(self, table: str) -> CallFailed:
        return CallFailed("server.query", retriable=True, maybe_sent=False, name=table)
