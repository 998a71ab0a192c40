"""Deletes what is old, in small steps that stand in line with all other writes, and gives the space back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.flow.document import Keep
from engine.store.ports import Store
from engine.store.retention import Among

STEP: Final = 200
"""Runs that are deleted in one transaction."""
PAUSE: Final = 0.05
"""Seconds between two of them."""
PAGES: Final = 256
"""Free pages that are given back in one transaction."""
KEYS_LIVE: Final = timedelta(days=400)
"""How long an event's key is known after it came (rule R4), however short the event itself is kept."""
KEYS_EVERY: Final = timedelta(days=1)
PARCELS_LIVE: Final = timedelta(days=180)
"""After its last movement; complaints about a delivery come within months."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Runs that ended go after ``days``; and, of more than ``runs``, the oldest."""

    days: int = 90
    runs: int | None = None


def rules_for(usual: Rules, own: Mapping[str, Keep]) -> list[tuple[Among, Rules]]:
    """What a flow says itself stands in place of what holds everywhere; its runs do not count there. Pure."""
    of_flows = [(Among(name), Rules(keep.days or usual.days, keep.runs)) for name, keep in sorted(own.items())]
    return [(Among(besides=tuple(sorted(own))), usual), *of_flows]


async def _of_no_flow() -> Mapping[str, Keep]:
    return {}


class Retainer:
    """``sweep`` is called again and again; it ends early when the service closes. ``own``: what flows say themselves, by name."""

    def __init__(
        self, store: Store, rules: Rules, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        step: int = STEP, own: Callable[[], Awaitable[Mapping[str, Keep]]] = _of_no_flow,
    ) -> None:  # fmt: skip
        self._store, self._rules, self._now, self._sleep, self._step, self._own = store, rules, now, sleep, step, own
        self._keys_at: datetime | None = None
        self._closing = False

    async def sweep(self) -> int:
        """Delete all that is old by now. Returns how many runs went."""
        now = self._now()
        rules = rules_for(self._rules, await self._own())
        deleted = sum([await self._delete(among, one, now) for among, one in rules])
        if deleted:
            await self._store.audit("system", "retention.delete", f"runs:{deleted}", {"days": self._rules.days})
            await self._shrink()
        if self._keys_at is None or now - self._keys_at >= KEYS_EVERY:
            self._keys_at = now
            await self._store.delete_parcels(now - PARCELS_LIVE)
            longest = max(one.days for _, one in rules)
            await self._forget_keys(now - max(KEYS_LIVE, timedelta(days=longest + 1)))
        return deleted

    def close(self) -> None:
        """The step under way is the last."""
        self._closing = True

    async def _delete(self, among: Among, rules: Rules, now: datetime) -> int:
        before = now - timedelta(days=rules.days)
        upto = 0 if rules.runs is None else await self._store.nth_newest_run(rules.runs, among)
        after: int | None = 0
        deleted = 0
        while after is not None and not self._closing:
            old = await self._store.old_runs(before, upto, after=after, limit=self._step, among=among)
            if old.ids:
                deleted += await self._store.delete_runs(old.ids)
                await self._sleep(PAUSE)
            after = old.next
        return deleted

    async def _shrink(self) -> None:
        while not self._closing and await self._store.shrink(PAGES):
            await self._sleep(PAUSE)
        await self._store.settle_files()

    async def _forget_keys(self, before: datetime) -> None:
        after: bytes | None = b""
        while after is not None and not self._closing:
            after = await self._store.forget_keys(before, after=after)
            await self._sleep(0)
