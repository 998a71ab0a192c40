"""Asks channels for their own list of a day's orders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from engine.connection.book import ConnectionBook
from engine.errors import NodeError, OrderloomError
from engine.node.context import HttpAnswer, HttpCall
from engine.node.day_lists import Day, DayList, nothing_is_known
from engine.node.items import Item
from engine.node.params import ConnectionRef
from engine.node.triggers import Arrival, Delivery
from engine.node.types import NodeType
from engine.registry import Registry
from engine.run.call_notes import ask, request_of
from engine.run.outside import Outside
from engine.store.call_records import CallNote

TIMEOUT: Final = 30.0
LEAST_SLEEP: Final = 0.02


@dataclass(frozen=True, slots=True)
class Found:
    """An order that a shop lists. ``order``: in canonical form, ``None`` where it cannot be read."""

    delivery: Delivery
    arrival: Arrival
    order: Item | None

    @property
    def name(self) -> tuple[str, str, str]:
        """As the hub names it."""
        shop = (self.order or {}).get("shop_id") or self.arrival.shop_id
        return self.arrival.channel, str(shop or ""), str((self.order or {}).get("channel_order_id") or self.arrival.order_id or "")


class ChannelLists:
    def __init__(
        self, registry: Registry, book: ConnectionBook, outside: Outside, note: Callable[[CallNote], None], now: Callable[[], datetime]
    ) -> None:
        self._registry, self._book, self._outside, self._note, self._now = registry, book, outside, note, now

    def shops(self, channel: str) -> Sequence[str]:
        """The connections of a channel that has such a list and that can be asked for it."""
        if self.trigger(channel) is None:
            return ()
        return sorted(name for name, kind in self._book.types().items() if kind == channel and self._can_be_asked(name))

    def trigger(self, channel: str) -> NodeType | None:
        """The newest node type that fetches the channel's orders."""
        return max((one for one in self._registry if one.lists and one.lists.channel == channel), key=lambda one: one.version, default=None)

    async def read(self, channel: str, shop: str, day: str, is_known: Callable[[Item], bool] = nothing_is_known) -> AsyncIterator[Found]:
        """What the shop lists, each version once, also orders of other days. Raises what asking raises.

        ``is_known``: whether a canonical order is what is known of it; then it is not asked for in detail.
        """
        node_type = self.trigger(channel)
        if node_type is None or node_type.lists is None or node_type.read is None:
            raise NodeError("reconcile.no_list", name=shop)
        params = node_type.params.model_validate({"shop": {"connection": shop}})
        lists, since = node_type.lists, datetime.fromisoformat(day).replace(tzinfo=UTC)
        wanted = Day(since, since + timedelta(days=1), lambda item: (order := _read(lists, item)) is not None and is_known(order))
        asks = _Asks(self._outside, self._note, self._now, f"reconcile-{day}-{channel}")
        async for delivery in lists.deliveries(ConnectionRef(connection=shop), asks, wanted):
            arrival = node_type.read(delivery, params)
            yield Found(delivery, arrival, _read(lists, arrival.items[0]) if arrival.items else None)

    def _can_be_asked(self, name: str) -> bool:
        """Not one that only signs what comes from there."""
        try:
            connection = self._book.get(name)
        except OrderloomError:
            return False
        return bool(connection.address) and getattr(connection, "app_key", "") is not None


class _Asks:
    """As a source asks, without taking anything in."""

    def __init__(self, outside: Outside, note: Callable[[CallNote], None], now: Callable[[], datetime], key: str) -> None:
        self._outside, self._note, self.now, self._key = outside, note, now, key

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, LEAST_SLEEP))

    async def http(self, connection: ConnectionRef, call: HttpCall) -> HttpAnswer:
        return await ask(self._outside, self._note, self.now, connection.connection, request_of(call), self._key, seconds=TIMEOUT)


def _read(lists: DayList, item: Item) -> Item | None:
    """An order that its canonical form cannot hold is parked when it comes; here only its name counts."""
    try:
        return lists.canonical(item)
    except OrderloomError:
        return None
