"""The hub's orders in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.errors import Conflict, Problem
from engine.store.filters import EVERY_ORDER, OPEN_HOLDS, HoldFilter, OrderFilter, is_between, spellings
from engine.store.hub import is_overtaken
from engine.store.memory_journal import Identity, KeptHold, check_fact
from engine.store.memory_waits import MemoryWaits, wait_to_close
from engine.store.operations import ENDS
from engine.store.order_records import Unshipped
from engine.store.pages import newest_first
from engine.store.ports import Fact, Hold, HoldClosing, HoldEnd, HubOrder, NewHold, OrderLine, OrderVersion, Page
from engine.store.problems import not_found
from engine.store.sold_states import SOLD_NOT_SHIPPED


class MemoryOrders(MemoryWaits):
    async def orders(self, where: OrderFilter = EVERY_ORDER, *, limit: int = 50, cursor: str | None = None) -> Page[HubOrder]:
        matching = [pair for identity, pair in self._kept.orders.items() if self._is_wanted(identity, pair[1], where)]
        found = newest_first(matching, lambda pair: pair[0], limit, cursor)
        return Page([_read(order) for _, order in found.items], found.next)

    async def order(self, channel: str, shop_id: str, channel_order_id: str) -> HubOrder:
        return _read(self._order(channel, shop_id, channel_order_id))

    async def order_counts(self) -> Mapping[str, int]:
        return Counter(order.channel for _, order in self._kept.orders.values())

    async def order_lines(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[OrderLine]:
        return self._order(channel, shop_id, channel_order_id).lines

    async def order_versions(
        self, channel: str, shop_id: str, channel_order_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[OrderVersion]:
        self._order(channel, shop_id, channel_order_id)
        return newest_first(self._kept.versions[channel, shop_id, channel_order_id], lambda one: one.id, limit, cursor)

    async def order_version(self, version_id: int) -> OrderVersion:
        for came in self._kept.versions.values():
            for version in came:
                if version.id == version_id:
                    return version
        raise not_found("order.unknown_version")

    async def unshipped(
        self, due_before: datetime, made_before: datetime, channel: str | None = None, limit: int = 10_000
    ) -> Sequence[Unshipped]:
        due, made = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (due_before, made_before))
        found = [
            Unshipped(one.channel, one.shop_id, one.channel_order_id, one.status, one.ship_by_at, one.created_at)
            for _, one in sorted(self._kept.orders.values(), key=lambda pair: pair[0])
            if one.status in SOLD_NOT_SHIPPED
            and channel in (None, one.channel)
            and (one.ship_by_at <= due if one.ship_by_at else one.created_at is not None and one.created_at <= made)
        ]
        return found[:limit]

    def subject_key(self) -> bytes:
        return b"in memory"

    async def holds(self, where: HoldFilter = OPEN_HOLDS, *, limit: int = 50, cursor: str | None = None) -> Page[Hold]:
        matching = [hold for hold in map(self._hold, self._kept.held_orders) if _is_wanted(hold, where)]
        return newest_first(matching, lambda hold: hold.id, limit, cursor)

    async def hold(self, hold_id: int) -> Hold:
        if hold_id not in self._kept.held_orders:
            raise not_found("hold.unknown")
        return self._hold(hold_id)

    async def overtaken_holds(self) -> Sequence[Hold]:
        return [hold for hold in map(self._hold, sorted(self._kept.held_orders)) if hold.state == "open" and self._is_overtaken(hold)]

    async def close_hold(self, hold_id: int, at: datetime, how: HoldEnd, fact: Fact) -> bool:
        goes_on = await self.close_wait(hold_id, at, fact)
        if goes_on:
            kept = self._kept.held_orders[hold_id] = replace(self._kept.held_orders[hold_id], ended_how=how, ended_by=fact.actor)
            if how == "released":
                self._free(kept)
        return goes_on

    async def close_holds(self, closings: Sequence[HoldClosing], at: datetime) -> None:
        for one in closings:
            _, run = wait_to_close(self._kept, one.hold_id, one.fact)
            if run.state in ENDS:
                raise Conflict(Problem("wait.closed", fields={"state": "cancelled"}))
            check_fact(self._kept, one.fact)
        for one in closings:
            await self.close_hold(one.hold_id, at, one.how, one.fact)

    def _free(self, hold: KeptHold) -> None:
        identity = _identity(hold.order)
        number, order = self._kept.orders.get(identity, (0, None))
        if order is not None and order.version == hold.order.version:
            self._kept.orders[identity] = (number, replace(order, hold_reasons=()))

    def _order(self, channel: str, shop_id: str, channel_order_id: str) -> HubOrder:
        found = self._kept.orders.get((channel, shop_id, channel_order_id))
        if found is None:
            raise not_found("order.unknown")
        return found[1]

    def _hold(self, wait_id: int) -> Hold:
        wait, kept = self._kept.waits[wait_id], self._kept.held_orders[wait_id]
        return Hold(
            wait.id, wait.run_id, wait.flow, wait.step, kept.order, wait.state, wait.at, wait.closed_at, kept.ended_how, kept.ended_by
        )

    def _is_overtaken(self, hold: Hold) -> bool:
        _, order = self._kept.orders.get(_identity(hold.order), (0, None))
        return order is not None and is_overtaken(hold.order.version, hold.run_id, order.version, order.event_id, hold.at)

    def _is_wanted(self, identity: Identity, order: HubOrder, where: OrderFilter) -> bool:
        return (
            where.channel in (None, order.channel)
            and where.status in (None, order.status)
            and where.priority in (None, order.priority)
            and _has_number(order, where.text)
            and (not where.sku or any(line.sku_code in spellings(where.sku) for line in order.lines))
            and (where.subject is None or any(where.subject == digest and identity == one for digest, one, _ in self._kept.subjects))
            and where.held in (None, bool(order.hold_reasons) or self._is_held(identity))
            and is_between(order.updated_at, where.since, where.until)
        )

    def _is_held(self, identity: Identity) -> bool:
        return any(hold.state == "open" and _identity(hold.order) == identity for hold in map(self._hold, self._kept.held_orders))


def _is_wanted(hold: Hold, where: HoldFilter) -> bool:
    return (
        where.state in (None, hold.state)
        and (where.reason is None or where.reason in hold.order.reasons)
        and where.channel in (None, hold.order.channel)
        and where.order in (None, _identity(hold.order))
    )


def _identity(hold: NewHold) -> Identity:
    return hold.channel, hold.shop_id, hold.channel_order_id


def _has_number(order: HubOrder, text: str | None) -> bool:
    wanted = (text or "").lower()
    return wanted in order.channel_order_id.lower() or wanted in order.display_no.lower()


def _read(order: HubOrder) -> HubOrder:
    """Lines and subjects are found by; they are not read back."""
    return replace(order, lines=(), subjects=(), parcel=None)
