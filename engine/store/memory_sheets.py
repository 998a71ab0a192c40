"""Sheets in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import Kept
from engine.store.sheets import VERSIONS, Sheet, next_version


class MemorySheets(MemoryDocuments):
    _kept: Kept

    async def sheets(self, kind: str) -> Mapping[str, Sheet]:
        return {name: versions[-1] for (of, name), versions in sorted(self._kept.sheets.items()) if of == kind}

    async def sheet(self, kind: str, name: str, version: int | None = None) -> Sheet | None:
        found = self._kept.sheets.get((kind, name), [])
        return next((one for one in reversed(found) if version in (None, one.version)), None)

    async def sheet_versions(self, kind: str, name: str) -> Sequence[Sheet]:
        return self._kept.sheets.get((kind, name), [])[::-1]

    async def save_sheet(self, kind: str, name: str, body: bytes, *, expected: int | None, keep: int = VERSIONS, actor: str) -> int:
        found = self._kept.sheets.get((kind, name), [])
        version = next_version(found[-1].version if found else 0, expected)
        self._kept.sheets[kind, name] = [*found, Sheet(kind, name, version, body, actor, datetime.now(UTC))][-keep:]
        await self.audit(actor, "sheet.save", f"{kind}:{name}", {"version": version})
        return version

    async def delete_sheet(self, kind: str, name: str, *, actor: str) -> bool:
        if self._kept.sheets.pop((kind, name), None) is None:
            return False
        await self.audit(actor, "sheet.delete", f"{kind}:{name}", {})
        return True
