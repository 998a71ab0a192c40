"""Flows, their drafts and published versions in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from engine.errors import Conflict, Problem
from engine.store.connection import Connection
from engine.store.counters import CHANGE_MARK, add_to_counters
from engine.store.database import Part
from engine.store.documents import document_digest, draft_may_be_saved, draft_tag, words_in
from engine.store.flow_pages import flow_page, last_changed, last_named, within
from engine.store.ports import FlowRecord, FlowVersion, Page
from engine.store.problems import not_found
from engine.store.sharing import stands
from engine.store.sql_audit import append_audit
from engine.store.sql_shares import forget_share, share_of
from engine.store.tables import CounterRow, FlowRow, FlowVersionRow
from engine.store.times import to_micros

_SAVE_DRAFT = (
    "INSERT INTO flow (name, draft, draft_etag, published, updated_at) VALUES (?, ?, ?, NULL, ?) "
    "ON CONFLICT (name) DO UPDATE SET draft = excluded.draft, draft_etag = excluded.draft_etag, updated_at = excluded.updated_at"
)
_PUBLISH = (
    "INSERT INTO flow (name, draft, draft_etag, published, updated_at) VALUES (?, NULL, NULL, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET published = excluded.published, updated_at = excluded.updated_at"
)
_VERSION = "INSERT INTO flow_version (flow, version, document, digest, note, actor, at, calls) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_LAST = "SELECT version, digest, calls FROM flow_version WHERE flow = ? ORDER BY version DESC LIMIT 1"
_IN_USE = "SELECT published FROM flow WHERE name = ?"

AT_ONCE = 500
"""Documents that are looked through with one statement."""


class SqlFlows(Part):
    _drafts_saved = 0

    async def flows(self, *, limit: int = 50, cursor: str | None = None, newest_first: bool = False) -> Page[FlowRecord]:
        limit, statement = within(limit), _newest(cursor) if newest_first else _by_name(cursor)
        rows = await self._database.read(lambda session: session.exec(statement.limit(limit + 1)).all())
        return flow_page([_as_flow(row) for row in rows], limit, newest_first=newest_first)

    async def flow_names(self) -> Sequence[str]:
        return sorted(await self._database.read(lambda session: session.exec(select(FlowRow.name)).all()))

    async def flow(self, name: str) -> FlowRecord:
        row = await self._database.read(lambda session: session.get(FlowRow, name))
        if row is None:
            raise not_found("flow.unknown", flow=name)
        return _as_flow(row)

    async def save_draft(self, name: str, document: bytes, *, expected: str | None, actor: str) -> str:
        tag = await self._database.write(lambda connection: _save_draft(connection, name, document, expected, actor))
        self._drafts_saved += 1
        return tag

    def drafts_saved(self) -> int:
        return self._drafts_saved

    async def publish(self, name: str, document: bytes, *, note: str, actor: str, calls: str = "{}") -> int:
        return await self._database.write(lambda connection: _publish(connection, name, document, note, actor, calls))

    async def version(self, name: str, version: int) -> FlowVersion:
        row = await self._database.get(FlowVersionRow, (name, version))
        if row is None:
            raise not_found("flow.version_unknown", flow=name, version=version)
        return _as_version(row)

    async def versions(self, name: str) -> Sequence[FlowVersion]:
        """Newest first."""
        statement = select(FlowVersionRow).where(FlowVersionRow.flow == name).order_by(col(FlowVersionRow.version).desc())
        return [_as_version(row) for row in await self._database.read(lambda session: session.exec(statement).all())]

    async def published(self) -> Mapping[str, int]:
        statement = select(FlowRow.name, FlowRow.published).where(col(FlowRow.published).is_not(None))
        rows = await self._database.read(lambda session: session.exec(statement).all())
        return {name: version for name, version in rows if version is not None}

    async def published_naming(self, flows: Sequence[str], words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        found: dict[str, Sequence[str]] = {}
        for start in range(0, len(flows), AT_ONCE):
            some = flows[start : start + AT_ONCE]
            found |= await self._database.read(lambda session, some=some: _naming(session, some, words))
        return found

    async def change_mark(self) -> int:
        def query(session: Session) -> int:
            row = session.get(CounterRow, CHANGE_MARK)
            return row.number if row else 0

        return await self._database.read(query)


def _by_name(cursor: str | None) -> SelectOfScalar[FlowRow]:
    return select(FlowRow).where(col(FlowRow.name) > last_named(cursor)).order_by(col(FlowRow.name))


def _newest(cursor: str | None) -> SelectOfScalar[FlowRow]:
    statement, last = select(FlowRow).order_by(col(FlowRow.updated_at).desc(), col(FlowRow.name)), last_changed(cursor)
    if last is None:
        return statement
    (at, name), changed = last, col(FlowRow.updated_at)
    return statement.where(or_(changed < at, and_(changed == at, col(FlowRow.name) > name)))


def _naming(session: Session, flows: Sequence[str], words: Sequence[str]) -> dict[str, Sequence[str]]:
    in_use = and_(col(FlowVersionRow.flow) == FlowRow.name, col(FlowVersionRow.version) == FlowRow.published)
    statement = select(FlowRow.name, FlowVersionRow.document).join(FlowVersionRow, in_use).where(col(FlowRow.name).in_(flows))
    return words_in(session.exec(statement), words)


def _save_draft(connection: Connection, name: str, document: bytes, expected: str | None, actor: str) -> str:
    held = connection.execute("SELECT draft_etag FROM flow WHERE name = ?", (name,)).fetchone()
    if not draft_may_be_saved(expected, held[0] if held else None):
        raise Conflict(Problem("flow.changed", (name,)))
    tag = draft_tag(document)
    connection.execute(_SAVE_DRAFT, (name, document, tag, to_micros(datetime.now(UTC))))
    append_audit(connection, actor, "flow.save_draft", name, {"etag": tag})
    return tag


def _publish(connection: Connection, name: str, document: bytes, note: str, actor: str, calls: str) -> int:
    share = share_of(connection, name)
    if share is not None and share.state == "share":
        raise stands(share)
    last, *held = connection.execute(_LAST, (name,)).fetchone() or (0, "")
    digest, now, version = document_digest(document), to_micros(datetime.now(UTC)), last + 1
    if [digest, calls] == held:
        version = last
        if (connection.execute(_IN_USE, (name,)).fetchone() or (None,))[0] == last:
            return last
    else:
        connection.execute(_VERSION, (name, version, document, digest, note, actor, now, calls))
    forget_share(connection, name)
    connection.execute(_PUBLISH, (name, version, now))
    add_to_counters(connection, {CHANGE_MARK: 1})
    append_audit(connection, actor, "flow.publish", name, {"version": version, "digest": digest})
    return version


def _as_flow(row: FlowRow) -> FlowRecord:
    return FlowRecord(row.name, row.draft, row.draft_etag, row.published, row.updated_at)


def _as_version(row: FlowVersionRow) -> FlowVersion:
    return FlowVersion(row.flow, row.version, row.document, row.digest, row.note, row.actor, row.at, row.calls)
