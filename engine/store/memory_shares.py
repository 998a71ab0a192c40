"""Shares of orders that go through another version, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from engine.store.documents import document_digest
from engine.store.memory_documents import MemoryDocuments
from engine.store.ports.shares import Candidate
from engine.store.problems import not_found
from engine.store.records import FlowVersion
from engine.store.sharing import ALL, action_of, require_free, require_other, require_resizable, resized
from engine.store.traffic import Share


class MemoryShares(MemoryDocuments):
    async def shares(self) -> Mapping[str, Share]:
        return dict(self._shares)

    async def begin_share(self, flow: str, what: int | Candidate, percent: int, *, actor: str) -> Share:
        base = require_free(flow, self._shares.get(flow), (await self.flow(flow)).published)
        made = None if isinstance(what, int) else self._made(flow, what, actor)
        version = (await self.version(flow, what)).version if isinstance(what, int) else made.version if made else 0
        require_other(flow, version, base)
        if made is not None and made not in self._versions[flow]:
            self._versions[flow].append(made)
        now = datetime.now(UTC)
        share = Share(flow, base, version, percent, "switched" if percent == ALL else "share", now, now, actor, percent)
        return await self._keep_share(share, "share.begin", actor)

    async def resize_share(self, flow: str, percent: int, *, actor: str) -> Share:
        held = self._held(flow)
        require_resizable(held)
        after = resized(held, percent, datetime.now(UTC))
        return await self._keep_share(after, action_of(held, after), actor)

    async def end_share(self, flow: str, *, actor: str) -> Share:
        held = self._held(flow)
        del self._shares[flow]
        if held.state == "switched":
            self._set_published(flow, held.base)
        self._changes += 1
        await self.audit(actor, "share.back", flow, {"version": held.base, "from": held.version})
        return held

    def _made(self, flow: str, new: Candidate, actor: str) -> FlowVersion:
        versions, digest = self._versions.get(flow, []), document_digest(new.document)
        if versions and (versions[-1].digest, versions[-1].calls) == (digest, new.calls):
            return versions[-1]
        return FlowVersion(flow, len(versions) + 1, new.document, digest, new.note, actor, datetime.now(UTC), new.calls)

    async def _keep_share(self, share: Share, action: str, actor: str) -> Share:
        self._shares[share.flow] = share
        if share.state == "switched":
            self._set_published(share.flow, share.version)
        self._changes += 1
        detail = {"version": share.version, "percent": share.percent}
        await self.audit(actor, "share.switch" if share.state == "switched" else action, share.flow, detail)
        return share

    def _set_published(self, flow: str, version: int) -> None:
        self._flows[flow] = replace(self._flows[flow], published=version, updated_at=datetime.now(UTC))

    def _held(self, flow: str) -> Share:
        if flow not in self._shares:
            raise not_found("share.none", flow=flow)
        return self._shares[flow]
