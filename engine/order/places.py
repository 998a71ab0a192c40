"""Who is among the first so many of a campaign: each order has one place, which it keeps. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

OrderName: TypeAlias = tuple[str, str, str]
"""Channel, shop, number of the order at its channel."""


def numbered(known: Mapping[OrderName, int], taken: int, first: int, orders: Sequence[OrderName]) -> list[int]:
    """The place of each order, from 1 on, in their order; 0 where none is left.

    ``known``: the places of those among them that have one already; ``taken``: the last number that was given, whatever ``first`` was then.
    """
    places = dict(known)
    for order in orders:
        if order not in places and taken < first:
            taken += 1
            places[order] = taken
    return [places.get(order, 0) for order in orders]
