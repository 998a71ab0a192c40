"""What is due, in one statement over indexes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, func
from sqlalchemy import select as sql_select
from sqlmodel import col, select

from engine.store.alarm_tables import AlarmMessageRow
from engine.store.columns import UtcTime
from engine.store.counters import CHANGE_MARK
from engine.store.database import Part
from engine.store.due import KINDS, Due
from engine.store.sql_alarms import sendable
from engine.store.sql_holds import OVERTAKEN
from engine.store.sql_waits import OPEN
from engine.store.tables import CounterRow, HoldRow, NoticeRow, WaitRow
from engine.store.traffic_tables import TrafficRow

_NOW: Final = bindparam("now", type_=UtcTime())
_CHANGES: Final = select(CounterRow.number).where(CounterRow.name == CHANGE_MARK).scalar_subquery()
_ANY: Final[dict[str, Any]] = {
    "waits": select(WaitRow.id).where(OPEN, col(WaitRow.due_at) <= _NOW),
    "holds": select(HoldRow.wait_id).where(*OVERTAKEN),
    "notices": select(NoticeRow.id),
    "messages": select(AlarmMessageRow.id).where(*sendable(_NOW)),
    "recordings": select(TrafficRow.id).where(col(TrafficRow.ended_at).is_(None)),
}
_COLUMNS: Final[list[Any]] = [func.coalesce(_CHANGES, 0), *(_ANY[kind].exists() for kind in KINDS)]
_LOOK: Select[*tuple[Any, ...]] = sql_select(*_COLUMNS)


class SqlDue(Part):
    async def due(self, now: datetime) -> Due:
        row = await self._database.read(lambda session: session.execute(_LOOK, {"now": now}).one())  # pyright: ignore[reportDeprecated] - SQLModel's takes no parameters
        return Due(row[0], frozenset(kind for kind, there in zip(KINDS, row[1:], strict=True) if there))
