"""What is kept of the cleansing rules: each version, who made it and when; and the rows of the SKU matching table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RulesPart = Literal["rules", "skus"]


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """One change of the rules. ``part``: the rules themselves, whose whole document is ``body``, or the matching table, where ``body``
    counts what was changed: ``{"put": 2, "ended": 0}``. Versions are numbered from 1, without gaps.
    """

    version: int
    part: RulesPart
    at: datetime
    actor: str
    note: str
    body: bytes


@dataclass(frozen=True, slots=True)
class NewMatch:
    """A row of the matching table. ``channel`` and ``shop_id`` may be empty: then it holds for all. ``key``: what lines find it by.

    ``each``: so many of our SKU are one of the platform's.
    """

    channel: str
    shop_id: str
    key: str
    sku: str
    title: str
    spec: str
    sku_code: str
    each: int = 1


@dataclass(frozen=True, slots=True)
class SkuMatch:
    """A row as it is kept: in force from the version ``since`` on, and until the version ``until``, if it was ended."""

    id: int
    row: NewMatch
    since: int
    until: int | None
    actor: str
    at: datetime

    @property
    def channel(self) -> str:
        return self.row.channel

    @property
    def shop_id(self) -> str:
        return self.row.shop_id

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def sku_code(self) -> str:
        return self.row.sku_code

    @property
    def each(self) -> int:
        return self.row.each


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """``text``: a part of a code, title or specification, or of our SKU; ``ended``: those no longer in force too."""

    channel: str | None = None
    text: str | None = None
    ended: bool = False


EVERY_MATCH = MatchFilter()
EMPTY = b'{"shops":[]}'
"""The rules before anybody wrote some."""


def wanted(match: SkuMatch, where: MatchFilter) -> bool:
    row, text = match.row, (where.text or "").casefold()
    said = (row.sku, row.title, row.spec, row.sku_code)
    return (
        (where.ended or match.until is None)
        and where.channel in (None, row.channel)
        and (not text or any(text in part.casefold() for part in said))
    )
