"""What targets took under numbers that are not those of one whole order: which orders a parcel holds, of which order a part is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import msgspec

Place: TypeAlias = tuple[str, str, str, str]
"""Connection of the target, channel, shop, and the number under which the target lists it."""


class Member(msgspec.Struct, frozen=True, array_like=True):
    """An order of a consignment, or a share of one that was split before: ``part`` of ``parts``, which the consignment calls ``number``
    (empty: as the order). ``version`` and ``amount``: of it when it was sent, ``None``: not known. ``lines``: the ids of its lines that
    are in the consignment; empty: all, or not known; ``None``: nothing of it is.
    """

    channel_order_id: str
    version: str | None = None
    amount: str | None = None
    lines: tuple[str, ...] | None = ()
    part: int = 0
    parts: int = 0
    number: str = ""

    @property
    def named(self) -> str:
        return self.number or self.channel_order_id


class Consignment(msgspec.Struct, frozen=True, array_like=True):
    """``whole``: the number of the order or parcel that this is a part of, else its own; ``part`` of ``parts`` is 0 of 0 where it is not
    split. ``members``, by number, are the orders of the whole: several of a merged parcel; none where the number stands for its own
    order alone. ``day``: of creation (UTC), as a target lists it; ``event_id``: the run that sent it; ``ships``: whether it went to a
    warehouse, which tells of its waybill by this number. Nothing of it is personal.
    """

    connection: str
    channel: str
    shop_id: str
    number: str
    whole: str
    part: int = 0
    parts: int = 0
    version: str | None = None
    amount: str | None = None
    day: str = ""
    event_id: int = 0
    members: tuple[Member, ...] = ()
    ships: bool = False

    @property
    def place(self) -> Place:
        return self.connection, self.channel, self.shop_id, self.number

    @property
    def is_parcel(self) -> bool:
        """Whether several orders were merged for it, and not only one that was split."""
        return any(one.channel_order_id != self.whole for one in self.members) or (bool(self.members) and not self.parts)


class Consignments(Protocol):
    async def keep_consignments(self, sent: Sequence[Consignment]) -> None:
        """What is kept of the same place gives way; without members nothing is kept of it any more."""
        ...

    async def consignments_of_day(self, channel: str, day: str) -> Sequence[Consignment]:
        """Those of that day, and those that hold an order of that day; by place."""
        ...

    async def consignment_at(self, place: Place) -> Consignment | None: ...

    async def consignments_under(self, channel: str, shop_id: str, number: str) -> Sequence[Consignment]:
        """Those that targets have under that number; by place."""
        ...

    async def consignments_of_order(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[Consignment]:
        """Those that hold the order, or a part of it; by place."""
        ...
