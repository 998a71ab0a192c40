"""A scene of the demonstration: a shop writes its times in one zone, and they are read in another.

The classic case: an overseas warehouse whose interface was set to UTC+8 where UTC was read. 1,700 orders lay eight hours in the future,
waited for their time, and nothing said so for two days. Here they are held for all to see, and go on once the shop has corrected them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from designer.demo.shop import Shop
from engine.store.ports import FLOWS, Alarm, AlarmFilter, AlarmMessage, HoldFilter, Store
from engine.testing.ledger import TargetLedger

BY: Final = timedelta(hours=8)
AT_ONCE: Final = 8
"""Orders that are placed when the scene begins and when it ends, so that nobody waits for sales: three raise the alarm, five end it."""
RULE: Final = "wrong_clock"
SOURCE: Final = "own_shop"
REASON: Final = "future_dated"
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the orders are whose times lie in the future; ``alarm``: the one that the scene raised, ``told``: what was said of it."""

    orders: int
    held: int
    wms: int
    finance: int
    alarm: Alarm | None = None
    told: Sequence[AlarmMessage] = ()

    @property
    def under_way(self) -> int:
        return max(0, self.orders - self.held - min(self.wms, self.finance))


class TimeSlip:
    """``begin`` and ``end`` may be called at any time; what is so already stays so."""

    def __init__(self, shop: Shop, wms: TargetLedger, finance: TargetLedger, now: Callable[[], datetime]) -> None:
        self._shop, self._wms, self._finance, self._now = shop, wms, finance, now
        self.began: datetime | None = None
        self.ended: datetime | None = None

    @property
    def is_on(self) -> bool:
        return self.began is not None and self.ended is None

    def begin(self) -> None:
        if not self.is_on:
            self.began, self.ended = self._now(), None
            self._shop.slip(BY)
            self._shop.sell_here(AT_ONCE)

    def end(self) -> None:
        if self.is_on:
            self.ended = self._now()
            self._shop.correct()
            self._shop.slip(timedelta(0))
            self._shop.sell_here(AT_ONCE)

    async def figures(self, store: Store) -> Figures:
        orders = set(self._shop.slipped)
        held = {one.order.channel_order_id for one in (await store.holds(HoldFilter(reason=REASON, channel=SOURCE), limit=_MOST)).items}
        here = len(orders), len(orders & held), len(orders & _numbers(self._wms)), len(orders & _numbers(self._finance))
        alarm = await self._alarm(store)
        if alarm is None:
            return Figures(*here)
        return Figures(*here, alarm, [one for one in await store.messages_of([alarm.id]) if one.receiver != FLOWS])

    async def _alarm(self, store: Store) -> Alarm | None:
        """Newest first, so the one of this time."""
        found = (await store.alarms(AlarmFilter(None, RULE), limit=20)).items
        return next((one for one in found if one.subject.partition("/")[0] == SOURCE and self._is_of_now(one)), None)

    def _is_of_now(self, alarm: Alarm) -> bool:
        return self.began is not None and (alarm.over_at is None or alarm.over_at >= self.began)


def _numbers(target: TargetLedger) -> set[str]:
    names: Iterable[tuple[str, str, str]] = target.orders
    return {number for channel, _, number in names if channel == SOURCE}
