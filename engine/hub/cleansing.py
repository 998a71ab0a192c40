"""The cleansing rules at work: what applies to an order, which lines wait for a SKU, what they may be, and whom a new match sets free."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from engine.errors import OrderloomError
from engine.hub.holds import Holds
from engine.hub.sku_rows import read_rows
from engine.json_text import read_json, write_json
from engine.order.rules import (
    AppliedRules,
    Candidate,
    CleansingRules,
    Known,
    Match,
    Suggestions,
    Unmatched,
    asked_of,
    lacks_a_match,
    read_rules,
)
from engine.store.ports import Hold, HoldFilter, MatchFilter, NewMatch, Page, RulesVersion, SkuMatch, Store

log = logging.getLogger("orderloom.cleansing")
REASON: Final = "sku_unmapped"
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line for which no SKU is known, and how many orders wait for it, the oldest ``since``."""

    channel: str
    shop_id: str
    line: Unmatched
    orders: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """``version``: of the rules that know the rows; ``released``: orders that go on because of them."""

    version: int
    released: int


class Cleansing:
    """``holds`` comes later than the rest of the engine."""

    def __init__(self, store: Store, holds: Callable[[], Holds], now: Callable[[], datetime]) -> None:
        self._store, self._holds, self._now = store, holds, now
        self._seen: dict[int, int] = {}
        self._known: tuple[int, Suggestions] = (-1, Suggestions(()))

    async def applied(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to ``asked_of(order)``, as the journal keeps it."""
        return (await self._applying(asked)).answer()

    async def applied_to(self, order: Mapping[str, Any]) -> AppliedRules:
        return await self._applying(asked_of(order))

    async def rules(self) -> tuple[int, CleansingRules]:
        """The rules, and the version in which they were changed last."""
        version, document = await self._store.rules()
        return version, _read(document)

    async def save(self, document: object, *, expected: int, note: str, actor: str) -> Accepted:
        """Raises ``InputInvalid`` with every problem, and ``Conflict`` (``rules.changed``).

        ``expected``: the version that the writer has seen, as ``rules`` tells it.
        """
        rules = read_rules(document)
        version = await self._store.save_rules(write_json(rules.document()), expected=expected, note=note, actor=actor, at=self._now())
        return Accepted(version, await self.release_known(actor))

    async def versions(self, cursor: str | None = None, limit: int = 50) -> Page[RulesVersion]:
        return await self._store.rules_versions(limit=limit, cursor=cursor)

    async def put(self, given: Sequence[Mapping[str, Any]], *, note: str, actor: str) -> Accepted:
        """Rows as ``read_rows`` takes them. Raises ``InputInvalid`` with every problem."""
        return await self.put_rows(read_rows(given), note=note, actor=actor)

    async def put_rows(self, rows: Sequence[NewMatch], *, note: str, actor: str) -> Accepted:
        """Orders that waited for one of the rows only go on at once."""
        version = await self._store.put_matches(rows, note=note, actor=actor, at=self._now())
        return Accepted(version, await self.release_known(actor))

    async def end(self, match_id: int, *, note: str = "", actor: str) -> int:
        """A row no longer holds; what was matched by it stays. Raises ``NotFound``."""
        return await self._store.end_match(match_id, note=note, actor=actor, at=self._now())

    async def all_rows(self, where: MatchFilter = MatchFilter()) -> list[SkuMatch]:  # noqa: B008 - it cannot be changed
        found: list[SkuMatch] = []
        cursor: str | None = None
        while True:
            page = await self._store.sku_matches(where, limit=_PAGE, cursor=cursor)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found

    async def waiting(self) -> list[Waiting]:
        """Those that most orders wait for first, then those that wait longest."""
        found: dict[tuple[str, str, Unmatched], list[Hold]] = {}
        for hold in await self._held():
            for line in dict.fromkeys(hold.order.missing):
                found.setdefault((hold.order.channel, hold.order.shop_id, line), []).append(hold)
        waiting = [Waiting(*place, len(holds), min(hold.at for hold in holds)) for place, holds in found.items()]
        return sorted(waiting, key=lambda one: (-one.orders, one.since))

    async def suggestions(self, lines: Sequence[Unmatched], most: int = 3) -> list[list[Candidate]]:
        """For each line what it may be, the most alike first."""
        version = await self._store.rules_version()
        if self._known[0] != version:
            rows = [one.row for one in await self.all_rows()]
            known = [Known(row.sku_code, row.title, row.spec, row.sku) for row in rows]
            self._known = (version, await asyncio.to_thread(Suggestions, known))
        index = self._known[1]
        return await asyncio.to_thread(lambda: [index.candidates(one.sku, one.title, one.spec, most) for one in lines])

    async def release_known(self, actor: str = "system") -> int:
        """Let orders go on that wait for lines which are known by now. Each hold is looked at once a version. How many there were."""
        version, released = await self._store.rules_version(), 0
        held = await self._held()
        fresh = [hold for hold in held if self._seen.get(hold.id) != version]
        for hold in fresh:
            if await self._is_known(hold) and await self._release(hold, actor):
                released += 1
        self._seen = {hold.id: version for hold in held}
        return released

    async def _release(self, hold: Hold, actor: str) -> bool:
        try:
            await self._holds().release(hold.id, actor)
        except OrderloomError as error:  # a person was quicker, or a newer version has come
            log.info("not released", extra={"hold": str(hold.id), "code": error.problems[0].code})
            return False
        return True

    async def _is_known(self, hold: Hold) -> bool:
        lines = [{"sku_code": one.sku, "title": one.title, "spec": one.spec, "qty": 1} for one in hold.order.missing]
        order = {"channel": hold.order.channel, "shop_id": hold.order.shop_id, "lines": lines}
        return not lacks_a_match(order, await self.applied_to(order))

    async def _held(self) -> list[Hold]:
        """Oldest first: those that say what they wait for."""
        found: list[Hold] = []
        cursor: str | None = None
        while True:
            page = await self._store.holds(HoldFilter("open", REASON), limit=_PAGE, cursor=cursor)
            found += [hold for hold in page.items if hold.order.missing]
            cursor = page.next
            if cursor is None:
                return found[::-1]

    async def _applying(self, asked: Mapping[str, Any]) -> AppliedRules:
        channel, shop_id = asked["channel"], asked["shop_id"]
        version, document, matches = await self._store.rules_and_matches(channel, shop_id, asked["keys"])
        rows = [Match(one.channel, one.shop_id, one.key, one.sku_code, one.each) for one in matches]
        rows.sort(key=lambda one: (one.key, one.channel, one.shop_id))
        return AppliedRules(version, _read(document).of(channel, shop_id), rows)


def _read(document: bytes) -> CleansingRules:
    return read_rules(read_json(document))
