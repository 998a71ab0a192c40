"""What is asked of the orders that the hub keeps: their newest state, every version that came, and what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.store.filters import EVERY_ORDER, OPEN_HOLDS, HoldFilter, OrderFilter
from engine.store.order_records import Hold, HoldEnd, OrderLine, OrderVersion, Unshipped
from engine.store.records import Fact, HoldClosing, HubOrder, Page


class Orders(Protocol):
    """``lines`` and ``subjects`` of an order are written, and found by; they are not read back with it."""

    async def orders(self, where: OrderFilter = EVERY_ORDER, *, limit: int = 50, cursor: str | None = None) -> Page[HubOrder]:
        """Newest first. ``body`` is empty for an erased order."""
        ...

    async def order(self, channel: str, shop_id: str, channel_order_id: str) -> HubOrder:
        """Raises ``NotFound`` (``order.unknown``). ``body`` is empty for an erased order."""
        ...

    async def order_counts(self) -> Mapping[str, int]:
        """By channel."""
        ...

    async def order_lines(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[OrderLine]:
        """Of the newest state, in their order; those without a SKU have an empty one."""
        ...

    async def order_versions(
        self, channel: str, shop_id: str, channel_order_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[OrderVersion]:
        """All that came, the one that came last first. Raises ``NotFound`` (``order.unknown``)."""
        ...

    async def order_version(self, version_id: int) -> OrderVersion:
        """Raises ``NotFound`` (``order.unknown_version``)."""
        ...

    async def unshipped(
        self, due_before: datetime, made_before: datetime, channel: str | None = None, limit: int = 10_000
    ) -> Sequence[Unshipped]:
        """Paid orders that are not shipped whole: those that are due by then, and of those without a time those made by then."""
        ...

    def subject_key(self) -> bytes:
        """The secret of this store under which phone numbers and addresses are indexed."""
        ...

    async def holds(self, where: HoldFilter = OPEN_HOLDS, *, limit: int = 50, cursor: str | None = None) -> Page[Hold]:
        """Newest first."""
        ...

    async def hold(self, hold_id: int) -> Hold:
        """Raises ``NotFound`` (``hold.unknown``)."""
        ...

    async def overtaken_holds(self) -> Sequence[Hold]:
        """Those that are open although the hub has a newer version of their order, all of them, oldest first."""
        ...

    async def close_hold(self, hold_id: int, at: datetime, how: HoldEnd, fact: Fact) -> bool:
        """As ``close_wait``; the actor of the fact ended it. With a release the version that was held is held by no reason any more."""
        ...

    async def close_holds(self, closings: Sequence[HoldClosing], at: datetime) -> None:
        """End several in one transaction, all or none. Raises ``Conflict``: ``wait.closed`` where one is open no more or its run has ended,
        ``store.already_kept`` where the number of a fact is taken.
        """
        ...
