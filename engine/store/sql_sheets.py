"""Sheets in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlmodel import col, select

from engine.store.connection import Connection
from engine.store.database import LARGEST, Part
from engine.store.sheet_table import SheetRow
from engine.store.sheets import VERSIONS, Sheet, next_version
from engine.store.sql_audit import append_audit
from engine.store.times import to_micros

_HELD = "SELECT max(version) FROM sheet WHERE kind = ? AND name = ?"
_KEEP = "INSERT INTO sheet (kind, name, version, body, actor, at) VALUES (?, ?, ?, ?, ?, ?)"
_DROP_OLD = "DELETE FROM sheet WHERE kind = ? AND name = ? AND version <= ?"
_DROP = "DELETE FROM sheet WHERE kind = ? AND name = ?"


class SqlSheets(Part):
    async def sheets(self, kind: str) -> Mapping[str, Sheet]:
        versions = select(SheetRow).where(SheetRow.kind == kind).order_by(col(SheetRow.name), col(SheetRow.version))
        rows = await self._database.read(lambda session: session.exec(versions).all())
        return {row.name: _as_sheet(row) for row in rows}

    async def sheet(self, kind: str, name: str, version: int | None = None) -> Sheet | None:
        wanted = select(SheetRow).where(SheetRow.kind == kind, SheetRow.name == name)
        if version is not None:
            wanted = wanted.where(SheetRow.version == min(version, LARGEST))
        newest = wanted.order_by(col(SheetRow.version).desc()).limit(1)
        row = await self._database.read(lambda session: session.exec(newest).first())
        return None if row is None else _as_sheet(row)

    async def sheet_versions(self, kind: str, name: str) -> Sequence[Sheet]:
        newest = select(SheetRow).where(SheetRow.kind == kind, SheetRow.name == name).order_by(col(SheetRow.version).desc())
        return await self._database.read(lambda session: [_as_sheet(row) for row in session.exec(newest).all()])

    async def save_sheet(self, kind: str, name: str, body: bytes, *, expected: int | None, keep: int = VERSIONS, actor: str) -> int:
        at = to_micros(datetime.now(UTC))

        def save(connection: Connection) -> int:
            row = connection.execute(_HELD, (kind, name)).fetchone()
            version = next_version((row[0] if row is not None else None) or 0, expected)
            connection.execute(_KEEP, (kind, name, version, body, actor, at))
            connection.execute(_DROP_OLD, (kind, name, version - keep))
            append_audit(connection, actor, "sheet.save", f"{kind}:{name}", {"version": version})
            return version

        return await self._database.write(save)

    async def delete_sheet(self, kind: str, name: str, *, actor: str) -> bool:
        def drop(connection: Connection) -> bool:
            found = connection.execute(_DROP, (kind, name)).rowcount > 0
            if found:
                append_audit(connection, actor, "sheet.delete", f"{kind}:{name}", {})
            return found

        return await self._database.write(drop)


def _as_sheet(row: SheetRow) -> Sheet:
    return Sheet(row.kind, row.name, row.version, row.body, row.actor, row.at)
