"""What is asked of the cleansing rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.store.cleansing import EVERY_MATCH, MatchFilter, NewMatch, RulesVersion, SkuMatch
from engine.store.records import Page


class Cleansing(Protocol):
    async def rules_version(self) -> int:
        """The newest; 0 before anybody changed anything."""
        ...

    async def rules(self) -> tuple[int, bytes]:
        """The document of the rules, and the version in which it came; 0 before anybody wrote one."""
        ...

    async def rules_versions(self, *, limit: int = 50, cursor: str | None = None) -> Page[RulesVersion]:
        """Newest first."""
        ...

    async def save_rules(self, document: bytes, *, expected: int, note: str, actor: str, at: datetime) -> int:
        """The new version. ``expected``: the newest version of the rules (not of the table) that the writer has seen.

        Raises ``Conflict`` (``rules.changed``) where somebody else was quicker.
        """
        ...

    async def rules_and_matches(self, channel: str, shop_id: str, keys: Sequence[str]) -> tuple[int, bytes, Sequence[SkuMatch]]:
        """The newest version of either part, the document, and the rows in force that may fit lines of a shop by these keys: all of one
        instant.
        """
        ...

    async def sku_matches(self, where: MatchFilter = EVERY_MATCH, *, limit: int = 50, cursor: str | None = None) -> Page[SkuMatch]:
        """Newest first."""
        ...

    async def put_matches(self, rows: Sequence[NewMatch], *, note: str, actor: str, at: datetime) -> int:
        """One version for all rows; each takes the place of the one with the same channel, shop and key. What is the same already is
        passed over; where all of it is, no version is made. The newest version. Keys have to differ.
        """
        ...

    async def end_match(self, match_id: int, *, note: str, actor: str, at: datetime) -> int:
        """The row no longer holds. Raises ``NotFound`` (``sku_match.unknown``), also where it had ended."""
        ...
