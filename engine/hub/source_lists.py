"""The source's side of a reconciliation: what the channel itself lists, else what arrived from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from msgspec.structs import replace

from engine.connection.book import ConnectionBook
from engine.errors import NotFound, OrderloomError
from engine.hub.channel_lists import ChannelLists, Found
from engine.hub.difference import same_amount, same_version
from engine.hub.freshness import settled
from engine.hub.listed import order_of, same_lines, same_receiver
from engine.json_text import read_kept
from engine.node.items import Item
from engine.node.keys import parts_of
from engine.order.rules import AppliedRules, apply_changes, judge
from engine.store.ports import EventFilter, OrderFilter, Store
from engine.store.reconciliations import ListedOrder

Basis: TypeAlias = Literal["channel", "connection", "arrived"]
Name = tuple[str, str, str]
PAGE: Final = 500


@dataclass(slots=True)
class Told:
    """What channels listed of the day, by name, and the names of what they list that cannot be read: its day is not known. ``shops``: those
    that were listed. ``failed``: the code of what went wrong, after which what arrived stands in for all.
    """

    channel: str
    basis: Basis = "arrived"
    orders: dict[Name, ListedOrder] = field(default_factory=dict[Name, ListedOrder])
    unread: set[Name] = field(default_factory=set[Name])
    failed: str = ""


class SourceLists:
    def __init__(
        self, store: Store, book: ConnectionBook, channels: ChannelLists, rules: Callable[[Mapping[str, Any]], Awaitable[AppliedRules]]
    ) -> None:
        self._store, self._book, self.channels, self._rules = store, book, channels, rules

    async def told(self, day: str, channel: str) -> Told:
        """What all connections of the channel list. One that fails makes what arrived stand in, for the whole would not be whole."""
        told = Told(channel)
        kept = {_name(one): one for one in await self._store.orders_of_day(channel, day)}
        try:
            for shop in self.channels.shops(channel):
                told.basis = "channel"
                async for found in self.channels.read(channel, shop, day, partial(self._is_known, kept, shop)):
                    await self._add(told, found, day, kept)
        except OrderloomError as error:
            return Told(channel, failed=error.problems[0].code)
        return told

    async def beside(self, told: Told, kept: Sequence[ListedOrder], day: str, begun: datetime) -> list[ListedOrder]:
        """The list to hold the hub's against. Shops of the channel that no connection lists are told by what arrived from them."""
        if told.basis == "arrived":
            return await self._arrived(day, told.channel, kept)
        shops = {name[1] for name in (*told.orders, *told.unread)} | set(self.channels.shops(told.channel))
        known = {_name(one) for one in kept}
        unread = [name for name in sorted(told.unread) if name in known or not await self._is_kept(name, ())]
        listed = [*told.orders.values(), *(ListedOrder(*name) for name in unread if name not in told.orders)]
        others = [one for one in kept if one.shop_id not in shops]
        arrived = [one for one in await self._arrived(day, told.channel, others) if one.shop_id not in shops]
        return [*settled(listed, [one for one in kept if one.shop_id in shops], begun), *arrived]

    async def _add(self, told: Told, found: Found, day: str, kept: Mapping[Name, ListedOrder]) -> None:
        """Of an order that is listed in several versions the last one counts."""
        if found.order is None:
            told.unread.add(found.name)
        elif str(found.order.get("created_at") or "").startswith(day):
            told.orders[found.name] = await self._as_the_hub_has_it(found.order, found.name, kept.get(found.name))

    def _is_known(self, kept: Mapping[Name, ListedOrder], shop: str, order: Item) -> bool:
        """Whether the hub has it so, in this version and in all that a list tells of it."""
        listed = order_of(order, shop, self._store.subject_key())
        held = kept.get(_name(listed))
        if held is None or None in (listed.version, held.version, listed.amount, held.amount):
            return False
        same = same_version(str(listed.version), str(held.version)) and same_amount(str(listed.amount), str(held.amount))
        return same and listed.status == held.status and _agree(listed, held)

    async def _as_the_hub_has_it(self, order: Item, name: Name, held: ListedOrder | None) -> ListedOrder:
        """Lines and receiver, where they are other ones than the hub has, by the cleansing rules that flows may have applied; and the
        hub's version, where that was set right because it lay in the future."""
        key = self._store.subject_key()
        plain = order_of(order, name[1], key)
        if held is None:
            return plain
        if await self._was_set_right(order, plain, held):
            plain = replace(plain, version=held.version)
        if _agree(plain, held):
            return plain
        clean = {**order, "shop_id": name[1]}
        by_rules = order_of(apply_changes(clean, judge(clean, await self._rules(clean)).changes), name[1], key)
        return replace(by_rules, version=plain.version) if _agree(by_rules, held) else plain

    async def _was_set_right(self, order: Item, listed: ListedOrder, held: ListedOrder) -> bool:
        """Whether the hub has the state that is listed, by the time of its last change, under another version."""
        if None in (listed.version, held.version) or same_version(str(listed.version), str(held.version)):
            return False
        kept = await self._store.order(*_name(held))
        body: dict[str, Any] = read_kept(kept.body) if kept.body else {}
        there, here = order.get("updated_at"), body.get("updated_at")
        return bool(there and here) and same_version(str(there), str(here)) and not same_version(str(here), str(held.version))

    async def _arrived(self, day: str, channel: str, kept: Sequence[ListedOrder]) -> list[ListedOrder]:
        """What was brought on that day, without what the hub knows to be of another day; and what it holds of that day."""
        start = datetime.fromisoformat(day).replace(tzinfo=UTC)
        where = EventFilter(since=start, until=start + timedelta(days=1))
        arrived: set[Name] = set()
        cursor: str | None = None
        while True:
            page = await self._store.events(where, limit=PAGE, cursor=cursor)
            arrived.update(parts for event in page.items if (parts := parts_of(event.order_key)) is not None and parts[0] == channel)
            cursor = page.next
            if cursor is None:
                break
        known = {_name(one) for one in kept}
        numbers = {one.channel_order_id for one in kept}
        others = [name for name in sorted(arrived - known) if not await self._is_kept(name, numbers)]
        return [ListedOrder(*name) for name in (*sorted(known), *others)]

    async def _is_kept(self, name: Name, numbers: Collection[str]) -> bool:
        """Where what arrived named no shop, the name of its connection stands in; then the number alone is looked for."""
        channel, shop, number = name
        if self._book.types().get(shop) == channel:
            return number in numbers or await self._has_number(channel, number)
        try:
            await self._store.order(*name)
        except NotFound:
            return False
        return True

    async def _has_number(self, channel: str, number: str) -> bool:
        found = await self._store.orders(OrderFilter(channel=channel, text=number), limit=50)
        return any(one.channel_order_id == number for one in found.items)


def _agree(listed: ListedOrder, held: ListedOrder) -> bool:
    lines = listed.lines is None or held.lines is None or same_lines(listed.lines, held.lines)
    return lines and (listed.receiver is None or held.receiver is None or same_receiver(listed.receiver, held.receiver))


def _name(one: ListedOrder) -> Name:
    return one.channel, one.shop_id, one.channel_order_id
