"""The contract watch in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.store.contracts import OPEN_CHANGES, ChangeFilter, FormChange, FormVersion, KeptContract, NewFormChange
from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import Kept
from engine.store.pages import newest_first
from engine.store.problems import not_found
from engine.store.records import Page
from engine.store.write_contracts import closed, overtaken


class MemoryContracts(MemoryDocuments):
    _kept: Kept

    async def contracts(self) -> Sequence[KeptContract]:
        return [one for _, one in sorted(self._kept.contracts.items())]

    async def keep_contract(self, kept: KeptContract) -> None:
        self._kept.contracts[kept.operation] = kept

    async def form_versions(self) -> Mapping[str, Sequence[FormVersion]]:
        return {operation: list(versions) for operation, versions in sorted(self._kept.form_versions.items())}

    async def open_change(self, change: NewFormChange) -> int | None:
        place = (change.operation, change.key)
        if any((one.operation, one.key) == place and one.state == "open" for one in self._kept.form_changes.values()):
            return None
        number = self._kept.ids.next()
        told = (change.kind, change.path, change.weight, "open", change.at, change.at, change.orders)
        self._kept.form_changes[number] = FormChange(number, *place, *told, None, None, None, change.body)
        return number

    async def keep_change(self, change_id: int, weight: str, last_at: datetime, orders: int, body: bytes) -> None:
        known = self._kept.form_changes.get(change_id)
        if known is not None and known.state == "open":
            self._kept.form_changes[change_id] = replace(known, weight=weight, last_at=last_at, orders=orders, body=body)

    async def end_change(self, change_id: int, at: datetime) -> bool:
        known = self._kept.form_changes.get(change_id)
        if known is None or known.state != "open":
            return False
        self._kept.form_changes[change_id] = replace(known, state="gone", decided_at=at)
        return True

    async def accept_changes(self, change_ids: Sequence[int], version: FormVersion) -> None:
        versions = self._kept.form_versions.get(version.operation, [])
        if len(versions) != version.version - 1:
            raise overtaken(version)
        found = [await self.form_change(change_id) for change_id in change_ids]
        for one in found:
            if one.state != "open":
                raise closed(one.id, one.state)
        for one in found:
            decided = replace(one, state="accepted", decided_at=version.at, decided_by=version.actor, version=version.version)
            self._kept.form_changes[one.id] = decided
        self._kept.form_versions[version.operation] = [*versions, version]
        self._changes += 1
        detail = {"version": str(version.version), "changes": str(len(change_ids))}
        await self.audit(version.actor, "form_change.accept", f"contract:{version.operation}", detail)

    async def form_changes(self, where: ChangeFilter = OPEN_CHANGES, *, limit: int = 50, cursor: str | None = None) -> Page[FormChange]:
        fitting = (one for one in self._kept.form_changes.values() if _fits(one, where))
        return newest_first(fitting, lambda one: one.id, limit, cursor)

    async def form_change(self, change_id: int) -> FormChange:
        known = self._kept.form_changes.get(change_id)
        if known is None:
            raise not_found("form_change.unknown")
        return known

    async def delete_changes(self, before: datetime) -> int:
        old = [number for number, one in self._kept.form_changes.items() if one.decided_at is not None and one.decided_at < before]
        for number in old:
            del self._kept.form_changes[number]
        return len(old)


def _fits(one: FormChange, where: ChangeFilter) -> bool:
    return where.state in (None, one.state) and where.operation in (None, one.operation)
