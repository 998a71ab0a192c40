"""Consignments in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.store.consignments import Consignment, Place
from engine.store.memory_journal import Kept
from engine.store.reconciliations import day_after


class MemoryConsignments:
    _kept: Kept

    async def keep_consignments(self, sent: Sequence[Consignment]) -> None:
        self._kept.keep_consignments(sent)

    async def consignments_of_day(self, channel: str, day: str) -> Sequence[Consignment]:
        after = day_after(day)
        of_day = {name for name, (_, order) in self._kept.orders.items() if day <= (order.created_at or "") < after}
        in_channel = (one for one in self._kept.consignments.values() if one.channel == channel)
        return _by_place(one for one in in_channel if one.day == day or _orders_of(one) & of_day)

    async def consignment_at(self, place: Place) -> Consignment | None:
        return self._kept.consignments.get(place)

    async def consignments_under(self, channel: str, shop_id: str, number: str) -> Sequence[Consignment]:
        return _by_place(one for one in self._kept.consignments.values() if one.place[1:] == (channel, shop_id, number))

    async def consignments_of_order(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[Consignment]:
        name = (channel, shop_id, channel_order_id)
        return _by_place(one for one in self._kept.consignments.values() if name in _orders_of(one))


def _orders_of(one: Consignment) -> set[tuple[str, str, str]]:
    return {(one.channel, one.shop_id, member.channel_order_id) for member in one.members}


def _by_place(found: Iterable[Consignment]) -> list[Consignment]:
    return sorted(found, key=lambda one: one.place)
