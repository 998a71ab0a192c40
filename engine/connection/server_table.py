"""A table of a database server: what the clients of all of them share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from engine.connection.failures import CallFailed
from engine.connection.rows import Position, Row, Watch, json_item, last_statement, matching_statement, page_statement, position_of, quoted
from engine.connection.servers import Database


class ServerTable(ABC):
    """``mark`` stands around names."""

    mark: ClassVar[str]

    def __init__(self, server: Database, connection: Any, watch: Watch) -> None:
        self._server, self._connection, self._columns, self._zone = server, connection, watch.columns, watch.zone

    async def after(self, position: Position | None, most: int) -> Sequence[Row]:
        """Raises ``CallFailed``: ``server.no_place``, ``server.lost``, ``server.query``."""
        return await self._rows(*page_statement(self._columns, position, most, quoted(self.mark)))

    async def last(self) -> Position | None:
        rows = await self._rows(last_statement(self._columns, quoted(self.mark)), [])
        return rows[0].position if rows else None

    async def matching(self, table: str, column: str, order_by: str, values: Sequence[str], most: int) -> Sequence[Mapping[str, Any]]:
        """Rows of a table beside this one as items. Raises the same."""
        found = await self._found(matching_statement(table, column, order_by, len(values), most, quoted(self.mark)), values)
        return [json_item(raw, self._zone) for raw in found]

    @abstractmethod
    async def _found(self, statement: str, values: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
        """The rows by the names of their columns."""

    async def _rows(self, statement: str, values: Sequence[Any]) -> list[Row]:
        found = await self._found(statement, values)
        return [Row(json_item(raw, self._zone), position_of(raw, self._columns)) for raw in found]

    def _no_place(self) -> CallFailed:
        return CallFailed("server.no_place", retriable=True, maybe_sent=False, name=self._columns.table, host=self._server.host)

    def _refused(self, error: Exception) -> CallFailed:
        return CallFailed("server.query", retriable=True, maybe_sent=False, name=self._columns.table, reason=type(error).__name__)
