"""What is asked about campaigns that only the first so many orders have part in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the writer's process does without orders and their models
    from engine.order.places import OrderName


class Campaigns(Protocol):
    async def take_places(self, campaign: str, first: int, orders: Sequence[OrderName], at: datetime) -> Sequence[int]:
        """The place of each order, from 1 on; 0 where the ``first`` so many are taken by others.

        An order keeps its place for good, whoever asks how often. Those asked for together get theirs in their order.
        """
        ...
