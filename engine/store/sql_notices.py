"""What error flows have not been told yet, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlmodel import col, select

from engine.store.database import Part
from engine.store.ports import Notice
from engine.store.rows import insert
from engine.store.tables import NoticeRow


class SqlNotices(Part):
    async def notices(self, *, limit: int = 100) -> Sequence[Notice]:
        statement = select(NoticeRow).order_by(col(NoticeRow.id)).limit(limit)
        rows = await self._database.read(lambda session: session.exec(statement).all())
        return [Notice(row.id, row.run_id, row.incident_id) for row in rows]

    async def drop_notices(self, ids: Collection[int]) -> None:
        rows = [(one,) for one in ids]
        await self._database.write(lambda connection: insert(connection, "DELETE FROM notice WHERE id IN (VALUES", "(?)", rows, ")"))
