"""Flows, connections and the audit trail in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from engine.errors import Conflict, Problem
from engine.json_text import canonical_json, read_json
from engine.store.chain import broken_at, link
from engine.store.documents import document_digest, draft_may_be_saved, draft_tag, words_in
from engine.store.flow_pages import flow_page, last_changed, last_named, within
from engine.store.pages import bounds, page
from engine.store.ports import AuditRow, FlowRecord, FlowVersion, Page
from engine.store.problems import not_found
from engine.store.sharing import stands
from engine.store.traffic import Share


class MemoryDocuments:
    def __init__(self) -> None:
        self._flows: dict[str, FlowRecord] = {}
        self._versions: dict[str, list[FlowVersion]] = {}
        self._shares: dict[str, Share] = {}
        self._connections: dict[str, bytes] = {}
        self._audit: list[AuditRow] = []
        self._changes = 0
        self._drafts_saved = 0

    async def flows(self, *, limit: int = 50, cursor: str | None = None, newest_first: bool = False) -> Page[FlowRecord]:
        limit, found = within(limit), [record for _, record in sorted(self._flows.items())]
        if newest_first:
            found.sort(key=lambda record: record.updated_at, reverse=True)  # stable: by name where that is the same
            last = last_changed(cursor)
            later = [one for one in found if last is None or (last[0], one.name) > (one.updated_at, last[1])]
        else:
            after = last_named(cursor)
            later = [one for one in found if one.name > after]
        return flow_page(later[: limit + 1], limit, newest_first=newest_first)

    async def flow_names(self) -> Sequence[str]:
        return sorted(self._flows)

    async def flow(self, name: str) -> FlowRecord:
        if name not in self._flows:
            raise not_found("flow.unknown", flow=name)
        return self._flows[name]

    async def save_draft(self, name: str, document: bytes, *, expected: str | None, actor: str) -> str:
        held = self._record(name)
        if not draft_may_be_saved(expected, held.draft_etag):
            raise Conflict(Problem("flow.changed", (name,)))
        tag = draft_tag(document)
        self._flows[name] = replace(held, draft=document, draft_etag=tag, updated_at=datetime.now(UTC))
        self._drafts_saved += 1
        await self.audit(actor, "flow.save_draft", name, {"etag": tag})
        return tag

    def drafts_saved(self) -> int:
        return self._drafts_saved

    async def publish(self, name: str, document: bytes, *, note: str, actor: str, calls: str = "{}") -> int:
        if name in self._shares and self._shares[name].state == "share":
            raise stands(self._shares[name])
        versions = self._versions.setdefault(name, [])
        digest, now, version = document_digest(document), datetime.now(UTC), len(versions) + 1
        if versions and (versions[-1].digest, versions[-1].calls) == (digest, calls):
            version = versions[-1].version
            if version == self._record(name).published:
                return version
        else:
            versions.append(FlowVersion(name, version, document, digest, note, actor, now, calls))
        self._shares.pop(name, None)
        self._flows[name] = replace(self._record(name), published=version, updated_at=now)
        self._changes += 1
        await self.audit(actor, "flow.publish", name, {"version": version, "digest": digest})
        return version

    async def version(self, name: str, version: int) -> FlowVersion:
        for one in self._versions.get(name, []):
            if one.version == version:
                return one
        raise not_found("flow.version_unknown", flow=name, version=version)

    async def versions(self, name: str) -> Sequence[FlowVersion]:
        return self._versions.get(name, [])[::-1]

    async def published(self) -> Mapping[str, int]:
        return {name: record.published for name, record in self._flows.items() if record.published is not None}

    async def published_naming(self, flows: Sequence[str], words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        in_use = ((name, self._record(name).published) for name in flows)
        return words_in(((name, self._versions[name][version - 1].document) for name, version in in_use if version), words)

    async def change_mark(self) -> int:
        return self._changes

    async def connection_names(self) -> Sequence[str]:
        return sorted(self._connections)

    async def connection(self, name: str) -> bytes | None:
        return self._connections.get(name)

    async def save_connection(self, name: str, document: bytes, *, actor: str) -> None:
        self._connections[name] = document
        self._changes += 1
        await self.audit(actor, "connection.save", name, {})

    async def delete_connection(self, name: str, *, actor: str) -> None:
        if self._connections.pop(name, None) is None:
            raise not_found("connection.missing", name=name)
        self._changes += 1
        await self.audit(actor, "connection.delete", name, {})

    async def audit(self, actor: str, action: str, resource: str, detail: Mapping[str, Any]) -> None:
        before = self._audit[-1].chain if self._audit else ""
        row = AuditRow(len(self._audit) + 1, datetime.now(UTC), actor, action, resource, read_json(canonical_json(dict(detail))))
        self._audit.append(replace(row, chain=link(row, before)))

    async def audit_rows(self, *, limit: int = 50, cursor: str | None = None) -> Page[AuditRow]:
        limit, below = bounds(limit, cursor)
        return page([row for row in reversed(self._audit) if row.id < below], limit, lambda row: row.id, lambda row: row)

    async def audit_broken_at(self) -> int | None:
        return broken_at(self._audit, len(self._audit))

    def _record(self, name: str) -> FlowRecord:
        return self._flows.get(name) or FlowRecord(name, None, None, None, datetime.now(UTC))
