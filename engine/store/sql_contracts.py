"""The contract watch in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from engine.store import write_contracts
from engine.store.contract_tables import ContractRow, FormChangeRow, FormVersionRow
from engine.store.contracts import OPEN_CHANGES, ChangeFilter, FormChange, FormVersion, KeptContract, NewFormChange
from engine.store.database import Part
from engine.store.pages import bounds, page
from engine.store.problems import not_found
from engine.store.records import Page


class SqlContracts(Part):
    async def contracts(self) -> Sequence[KeptContract]:
        every = select(ContractRow).order_by(col(ContractRow.operation))
        rows = await self._database.read(lambda session: session.exec(every).all())
        return [KeptContract(row.operation, row.at, row.body) for row in rows]

    async def keep_contract(self, kept: KeptContract) -> None:
        await self._database.write(lambda connection: write_contracts.keep(connection, kept))

    async def form_versions(self) -> Mapping[str, Sequence[FormVersion]]:
        every = select(FormVersionRow).order_by(col(FormVersionRow.operation), col(FormVersionRow.version))
        rows = await self._database.read(lambda session: session.exec(every).all())
        found: dict[str, list[FormVersion]] = {}
        for row in rows:
            found.setdefault(row.operation, []).append(FormVersion(row.operation, row.version, row.at, row.actor, row.note, row.body))
        return found

    async def open_change(self, change: NewFormChange) -> int | None:
        ids = self._database.journal.ids
        return await self._database.write(lambda connection: write_contracts.open_one(connection, ids, change))

    async def keep_change(self, change_id: int, weight: str, last_at: datetime, orders: int, body: bytes) -> None:
        await self._database.write(lambda connection: write_contracts.change(connection, change_id, weight, last_at, orders, body))

    async def end_change(self, change_id: int, at: datetime) -> bool:
        return await self._database.write(lambda connection: write_contracts.end(connection, change_id, at))

    async def accept_changes(self, change_ids: Sequence[int], version: FormVersion) -> None:
        await self._database.write(lambda connection: write_contracts.accept(connection, change_ids, version))

    async def form_changes(self, where: ChangeFilter = OPEN_CHANGES, *, limit: int = 50, cursor: str | None = None) -> Page[FormChange]:
        limit, below = bounds(limit, cursor)

        def query(session: Session) -> Page[FormChange]:
            row = FormChangeRow
            statement = select(row).where(row.id < below, *_conditions(where)).order_by(col(row.id).desc())
            return page(session.exec(statement.limit(limit + 1)).all(), limit, lambda one: one.id, _as_change)

        return await self._database.read(query)

    async def form_change(self, change_id: int) -> FormChange:
        row = await self._database.get(FormChangeRow, change_id)
        if row is None:
            raise not_found("form_change.unknown")
        return _as_change(row)

    async def delete_changes(self, before: datetime) -> int:
        return await self._database.write(lambda connection: write_contracts.delete_old(connection, before))


def _conditions(where: ChangeFilter) -> list[Any]:
    wanted = ((FormChangeRow.state, where.state), (FormChangeRow.operation, where.operation))
    return [column == value for column, value in wanted if value is not None]


def _as_change(row: FormChangeRow) -> FormChange:
    state: Any = row.state
    place = (row.operation, row.key, row.kind, row.path, row.weight)
    times = (row.first_at, row.last_at, row.orders, row.decided_at, row.decided_by, row.version)
    return FormChange(row.id, *place, state, *times, row.body)
