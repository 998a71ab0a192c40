"""The audit trail in SQL: rows without gaps, each with the digest of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from engine.json_text import canonical_json, read_json
from engine.store.chain import broken_at, link
from engine.store.connection import Connection
from engine.store.counters import AUDIT, add_to_counters
from engine.store.database import Part
from engine.store.pages import bounds, page
from engine.store.ports import AuditRow, Page
from engine.store.tables import AuditTableRow, CounterRow
from engine.store.times import to_micros


class SqlAudit(Part):
    async def audit(self, actor: str, action: str, resource: str, detail: Mapping[str, Any]) -> None:
        await self._database.write(lambda connection: append_audit(connection, actor, action, resource, detail))

    async def audit_rows(self, *, limit: int = 50, cursor: str | None = None) -> Page[AuditRow]:
        limit, below = bounds(limit, cursor)

        def query(session: Session) -> Page[AuditRow]:
            newest = select(AuditTableRow).where(AuditTableRow.id < below).order_by(col(AuditTableRow.id).desc()).limit(limit + 1)
            return page(session.exec(newest).all(), limit, lambda row: row.id, _as_audit)

        return await self._database.read(query)

    async def audit_broken_at(self) -> int | None:
        return await self._database.read(_broken_at)


def append_audit(connection: Connection, actor: str, action: str, resource: str, detail: Mapping[str, Any]) -> None:
    """Inside the transaction of what is audited."""
    last, before = connection.execute("SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1").fetchone() or (0, "")
    text = canonical_json(dict(detail))
    row = AuditRow(last + 1, datetime.now(UTC), actor, action, resource, read_json(text))
    row = replace(row, chain=link(row, before))
    values = (row.id, to_micros(row.at), actor, action, resource, text.decode(), row.chain)
    connection.execute("INSERT INTO audit (id, at, actor, action, resource, detail, chain) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    add_to_counters(connection, {AUDIT: 1})


def _broken_at(session: Session) -> int | None:
    counter = session.get(CounterRow, AUDIT)
    rows: Iterable[AuditTableRow] = session.exec(select(AuditTableRow).order_by(col(AuditTableRow.id)).execution_options(yield_per=500))
    return broken_at((_as_audit(row) for row in rows), counter.number if counter else 0)


def _as_audit(row: AuditTableRow) -> AuditRow:
    return AuditRow(row.id, row.at, row.actor, row.action, row.resource, cast("dict[str, Any]", read_json(row.detail)), row.chain)
