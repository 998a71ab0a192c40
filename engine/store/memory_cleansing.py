"""Cleansing rules in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine.errors import Conflict, Problem
from engine.json_text import canonical_json
from engine.store.cleansing import EMPTY, EVERY_MATCH, MatchFilter, NewMatch, RulesPart, RulesVersion, SkuMatch, wanted
from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import Kept
from engine.store.pages import newest_first
from engine.store.problems import not_found
from engine.store.records import Page


class MemoryCleansing(MemoryDocuments):
    _kept: Kept

    async def rules_version(self) -> int:
        return len(self._kept.rules_versions)

    async def rules(self) -> tuple[int, bytes]:
        edited = [(one.version, one.body) for one in self._kept.rules_versions if one.part == "rules"]
        return edited[-1] if edited else (0, EMPTY)

    async def rules_versions(self, *, limit: int = 50, cursor: str | None = None) -> Page[RulesVersion]:
        return newest_first(self._kept.rules_versions, lambda one: one.version, limit, cursor)

    async def save_rules(self, document: bytes, *, expected: int, note: str, actor: str, at: datetime) -> int:
        newest = max((one.version for one in self._kept.rules_versions if one.part == "rules"), default=0)
        if newest != expected:
            raise Conflict(Problem("rules.changed"))
        version = self._next("rules", document, note, actor, at)
        await self.audit(actor, "rules.save", "rules", {"version": version})
        return version

    async def rules_and_matches(self, channel: str, shop_id: str, keys: Sequence[str]) -> tuple[int, bytes, Sequence[SkuMatch]]:
        places = {(channel, shop_id), (channel, ""), ("", "")}
        fitting = [one for one in self._in_force() if one.key in keys and (one.channel, one.shop_id) in places]
        return await self.rules_version(), (await self.rules())[1], fitting

    async def sku_matches(self, where: MatchFilter = EVERY_MATCH, *, limit: int = 50, cursor: str | None = None) -> Page[SkuMatch]:
        found = [one for one in self._kept.sku_matches.values() if wanted(one, where)]
        return newest_first(found, lambda one: one.id, limit, cursor)

    async def put_matches(self, rows: Sequence[NewMatch], *, note: str, actor: str, at: datetime) -> int:
        held = {(one.channel, one.shop_id, one.key): one for one in self._in_force()}
        places = [(one.channel, one.shop_id, one.key) for one in rows]
        fresh = [(place, one) for place, one in zip(places, rows, strict=True) if place not in held or held[place].row != one]
        if not fresh:
            return len(self._kept.rules_versions)
        version = self._next("skus", canonical_json({"put": len(fresh), "ended": 0}), note, actor, at)
        for place, one in fresh:
            if place in held:
                self._kept.sku_matches[held[place].id] = replace(held[place], until=version)
            number = self._kept.ids.next()
            self._kept.sku_matches[number] = SkuMatch(number, one, version, None, actor, at)
        await self.audit(actor, "sku_match.save", "rules", {"version": version, "rows": len(fresh)})
        return version

    async def end_match(self, match_id: int, *, note: str, actor: str, at: datetime) -> int:
        held = self._kept.sku_matches.get(match_id)
        if held is None or held.until is not None:
            raise not_found("sku_match.unknown")
        version = self._next("skus", canonical_json({"put": 0, "ended": 1}), note, actor, at)
        self._kept.sku_matches[match_id] = replace(held, until=version)
        await self.audit(actor, "sku_match.delete", f"sku_match:{match_id}", {"version": version})
        return version

    def _in_force(self) -> list[SkuMatch]:
        return [one for one in self._kept.sku_matches.values() if one.until is None]

    def _next(self, part: RulesPart, body: bytes, note: str, actor: str, at: datetime) -> int:
        version = len(self._kept.rules_versions) + 1
        self._kept.rules_versions.append(RulesVersion(version, part, at, actor, note, body))
        return version
