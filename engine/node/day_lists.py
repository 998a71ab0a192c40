"""A channel's own list of the orders of a day, as a trigger that fetches orders can tell it: what reconciliation holds the hub against."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from engine.node.context import HttpAnswer, HttpCall
from engine.node.items import Item
from engine.node.params import ConnectionRef
from engine.node.sources import Portion
from engine.node.triggers import Delivery


class Asks(Protocol):
    """What is needed to ask a channel: the part of a ``Feed`` that takes nothing in."""

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...

    async def http(self, connection: ConnectionRef, call: HttpCall) -> HttpAnswer:
        """Send a request that changes nothing there. Raises ``CallFailed`` where no answer comes."""
        ...


Look: TypeAlias = Callable[[Any], Awaitable[Portion]]
"""What the source brings from a cursor on; ``None``: from the beginning."""


def nothing_is_known(order: Item) -> bool:
    """Of no order."""
    del order
    return False


@dataclass(frozen=True, slots=True)
class Day:
    """Orders made from ``since`` on and before ``until`` (aware). ``settles``: whether an order that a list shows in short, in the form of
    a delivery's item, is the one that is known already; a call for its details would tell nothing new then.
    """

    since: datetime
    until: datetime
    settles: Callable[[Item], bool] = nothing_is_known


ListDay: TypeAlias = Callable[[ConnectionRef, Asks, Day], AsyncIterator[Delivery]]


@dataclass(frozen=True, slots=True)
class DayList:
    """``deliveries``: each order of the shop that was made on the day, as the trigger would be handed it, and maybe others; of
    an order that changes meanwhile several versions, the newest last. Raises ``NodeError`` and ``CallFailed`` as asking does.
    ``canonical``: the order in a delivery's first item; its ``shop_id`` may be empty.
    """

    channel: str
    deliveries: ListDay
    canonical: Callable[[Item], Item]
