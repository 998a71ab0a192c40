"""Cleansing rules in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from engine.store import write_cleansing
from engine.store.cleansing import EMPTY, EVERY_MATCH, MatchFilter, NewMatch, RulesPart, RulesVersion, SkuMatch
from engine.store.cleansing_tables import RulesVersionRow, SkuMatchRow
from engine.store.database import Part
from engine.store.pages import bounds, page
from engine.store.records import Page


class SqlCleansing(Part):
    async def rules_version(self) -> int:
        return await self._database.read(_newest)

    async def rules(self) -> tuple[int, bytes]:
        return await self._database.read(_document)

    async def rules_versions(self, *, limit: int = 50, cursor: str | None = None) -> Page[RulesVersion]:
        limit, below = bounds(limit, cursor)
        newest = col(RulesVersionRow.version).desc()
        statement = select(RulesVersionRow).where(RulesVersionRow.version < below).order_by(newest).limit(limit + 1)
        return await self._database.read(lambda session: page(session.exec(statement).all(), limit, lambda row: row.version, _as_version))

    async def save_rules(self, document: bytes, *, expected: int, note: str, actor: str, at: datetime) -> int:
        return await self._database.write(lambda connection: write_cleansing.save_rules(connection, document, expected, note, actor, at))

    async def rules_and_matches(self, channel: str, shop_id: str, keys: Sequence[str]) -> tuple[int, bytes, Sequence[SkuMatch]]:
        return await self._database.read(
            lambda session: (_newest(session), _document(session)[1], _fitting(session, channel, shop_id, keys))
        )

    async def sku_matches(self, where: MatchFilter = EVERY_MATCH, *, limit: int = 50, cursor: str | None = None) -> Page[SkuMatch]:
        limit, below = bounds(limit, cursor)
        newest = col(SkuMatchRow.id).desc()
        statement = select(SkuMatchRow).where(SkuMatchRow.id < below, *_conditions(where)).order_by(newest).limit(limit + 1)
        return await self._database.read(lambda session: page(session.exec(statement).all(), limit, lambda row: row.id, _as_match))

    async def put_matches(self, rows: Sequence[NewMatch], *, note: str, actor: str, at: datetime) -> int:
        ids = self._database.journal.ids
        return await self._database.write(lambda connection: write_cleansing.put_matches(connection, ids, rows, note, actor, at))

    async def end_match(self, match_id: int, *, note: str, actor: str, at: datetime) -> int:
        return await self._database.write(lambda connection: write_cleansing.end_match(connection, match_id, note, actor, at))


def _newest(session: Session) -> int:
    return session.exec(select(func.coalesce(func.max(RulesVersionRow.version), 0))).one()


def _document(session: Session) -> tuple[int, bytes]:
    row = RulesVersionRow
    newest = select(row.version, row.body).where(row.part == "rules").order_by(col(row.version).desc())
    return session.exec(newest.limit(1)).first() or (0, EMPTY)


def _fitting(session: Session, channel: str, shop_id: str, keys: Sequence[str]) -> list[SkuMatch]:
    row = SkuMatchRow
    places = or_(
        (col(row.channel) == channel) & col(row.shop_id).in_(("", shop_id)),
        (col(row.channel) == "") & (col(row.shop_id) == ""),
    )
    if not keys:
        return []
    found = select(row).where(col(row.match_key).in_(list(keys)), col(row.until).is_(None), places)
    return [_as_match(one) for one in session.exec(found).all()]


def _conditions(where: MatchFilter) -> list[Any]:
    conditions: list[Any] = [] if where.ended else [col(SkuMatchRow.until).is_(None)]
    if where.channel is not None:
        conditions.append(SkuMatchRow.channel == where.channel)
    if where.text:
        said = (SkuMatchRow.sku, SkuMatchRow.title, SkuMatchRow.spec, SkuMatchRow.sku_code)
        conditions.append(or_(*(col(part).icontains(where.text, autoescape=True) for part in said)))
    return conditions


def _as_version(row: RulesVersionRow) -> RulesVersion:
    return RulesVersion(row.version, cast("RulesPart", row.part), row.at, row.actor, row.note, row.body)


def _as_match(row: SkuMatchRow) -> SkuMatch:
    kept = NewMatch(row.channel, row.shop_id, row.match_key, row.sku, row.title, row.spec, row.sku_code, row.each_count)
    return SkuMatch(row.id, kept, row.since, row.until, row.actor, row.at)
