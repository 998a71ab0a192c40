"""Recordings of traffic, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import Kept
from engine.store.pages import newest_first
from engine.store.problems import not_found
from engine.store.records import Page
from engine.store.traffic import NewTraffic, Traffic, TrafficOrder


class MemoryTraffic(MemoryDocuments):
    _kept: Kept

    async def begin_traffic(self, new: NewTraffic, *, actor: str) -> int:
        number = self._kept.ids.next()
        times = (new.began_at, new.until, new.keep_until)
        self._kept.traffics[number] = Traffic(number, new.flow, new.trigger, new.connection, new.most, *times, actor)
        self._kept.traffic_keys[number] = new.key
        self._kept.traffic_orders[number] = {}
        await self.audit(actor, "recording.begin", f"recording:{number}", {"flow": new.flow, "connection": new.connection})
        return number

    async def traffic(self, traffic_id: int) -> Traffic:
        if traffic_id not in self._kept.traffics:
            raise not_found("recording.unknown")
        reasons = Counter(one.reason for one in self._kept.traffic_orders[traffic_id].values())
        taken = reasons.pop("", 0)
        return replace(self._kept.traffics[traffic_id], taken=taken, left_out=dict(reasons))

    async def traffics(self, *, limit: int = 50, cursor: str | None = None) -> Page[Traffic]:
        return newest_first([await self.traffic(number) for number in self._kept.traffics], lambda one: one.id, limit, cursor)

    async def open_traffics(self) -> Sequence[tuple[Traffic, bytes]]:
        return [(await self.traffic(number), key) for number, key in self._kept.traffic_keys.items()]

    async def end_traffic(self, traffic_id: int, at: datetime, *, actor: str) -> bool:
        await self.traffic(traffic_id)
        if self._kept.traffic_keys.pop(traffic_id, None) is None:
            return False
        self._kept.traffics[traffic_id] = replace(self._kept.traffics[traffic_id], ended_at=at)
        await self.audit(actor, "recording.end", f"recording:{traffic_id}", {})
        return True

    async def delete_traffic(self, traffic_id: int, *, actor: str) -> None:
        await self.traffic(traffic_id)
        for table in (self._kept.traffics, self._kept.traffic_keys, self._kept.traffic_orders):
            table.pop(traffic_id, None)
        await self.audit(actor, "recording.delete", f"recording:{traffic_id}", {})

    async def old_traffics(self, before: datetime) -> Sequence[int]:
        return sorted(one.id for one in self._kept.traffics.values() if one.keep_until < before)

    async def keep_traffic(self, traffic_id: int, orders: Sequence[TrafficOrder]) -> int:
        if traffic_id not in self._kept.traffic_keys:
            return 0
        held = self._kept.traffic_orders[traffic_id]
        fresh = {one.event_id: one for one in orders if one.event_id not in held}
        held |= fresh
        return len(fresh)

    async def traffic_events(self, traffic_id: int) -> Collection[int]:
        return set(self._kept.traffic_orders.get(traffic_id, ()))

    async def traffic_orders(self, traffic_id: int, *, after: int = 0, limit: int = 50) -> Sequence[TrafficOrder]:
        held = self._kept.traffic_orders.get(traffic_id, {})
        return [held[number] for number in sorted(held) if number > after][:limit]

    async def forget_traffic_of(self, event_id: int) -> None:
        for held in self._kept.traffic_orders.values():
            held.pop(event_id, None)
