"""Sources of events in SQL: whose they are (a claim, as with runs: decision 0013), and how far they have been read."""

from __future__ import annotations

from engine.errors import Conflict, Problem
from engine.store.connection import Connection, Slots
from engine.store.database import Database, Part
from engine.store.owners import Claim, holds
from engine.store.tables import SourceRow

_HOLDER = 'SELECT owner, epoch FROM source WHERE flow = ? AND "trigger" = ?'
_TAKE = (
    'INSERT INTO source (flow, "trigger", owner, epoch) VALUES (?, ?, ?, ?) '
    'ON CONFLICT (flow, "trigger") DO UPDATE SET owner = excluded.owner, epoch = excluded.epoch'
)
_FREE = 'UPDATE source SET owner = 0 WHERE flow = ? AND "trigger" = ? AND owner = ? AND epoch = ?'
_MOVE = 'UPDATE source SET "cursor" = ? WHERE flow = ? AND "trigger" = ? AND owner = ? AND epoch = ?'


class SqlSources(Part):
    async def hold_source(self, flow: str, trigger: str) -> bool:
        database = self._database
        return await database.write(lambda connection: _hold(connection, database.base.slots, database.claim, (flow, trigger)))

    async def free_source(self, flow: str, trigger: str) -> None:
        database = self._database
        await database.write(lambda connection: _free(connection, database, (flow, trigger)))

    async def source_cursor(self, flow: str, trigger: str) -> bytes | None:
        row = await self._database.get(SourceRow, (flow, trigger))
        return None if row is None else row.cursor

    async def move_cursor(self, flow: str, trigger: str, cursor: bytes) -> None:
        database = self._database
        await database.write(lambda connection: _move(connection, database.claim, cursor, (flow, trigger)))


def _hold(connection: Connection, slots: Slots, claim: Claim, source: tuple[str, str]) -> bool:
    """A holder that is alive keeps it; from one that is gone it is taken at once."""
    row = connection.execute(_HOLDER, source).fetchone()
    holder = Claim(*row) if row is not None else Claim(0, 0)
    if holder == claim:
        return True
    if holder.owner not in (0, claim.owner) and holds(connection, holder):
        with slots.free_ones(connection, [holder.owner]) as free:
            if not free:
                return False
    connection.execute(_TAKE, (*source, claim.owner, claim.epoch))
    return True


def _free(connection: Connection, database: Database, source: tuple[str, str]) -> None:
    connection.execute(_FREE, (*source, database.claim.owner, database.claim.epoch))


def _move(connection: Connection, claim: Claim, cursor: bytes, source: tuple[str, str]) -> None:
    if connection.execute(_MOVE, (cursor, *source, claim.owner, claim.epoch)).rowcount == 0:
        raise Conflict(Problem("source.lost", source))
