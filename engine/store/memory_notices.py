"""What error flows have not been told yet, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engine.store.memory_journal import Kept
from engine.store.ports import Notice


class MemoryNotices:
    _kept: Kept

    async def notices(self, *, limit: int = 100) -> Sequence[Notice]:
        return [self._kept.notices[one] for one in sorted(self._kept.notices)[:limit]]

    async def drop_notices(self, ids: Collection[int]) -> None:
        for one in ids:
            self._kept.notices.pop(one, None)
