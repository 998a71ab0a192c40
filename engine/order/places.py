"""Who is among the first so many of a campaign: each order has one place, which it keeps until it is called off. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

OrderName: TypeAlias = tuple[str, str, str]
"""Channel, shop, number of the order at its channel."""


def numbered(known: Mapping[OrderName, int], taken: int, first: int, orders: Sequence[OrderName], free: Collection[int] = ()) -> list[int]:
    """The place of each order, from 1 on, in their order; 0 where none is left.

    ``known``: the places of those among them that have one already, 0 for one that gets none; ``taken``: the last number that was given,
    whatever ``first`` was then; ``free``: numbers up to it that were given back, which are given first.
    """
    places, back = dict(known), sorted((one for one in free if one <= first), reverse=True)
    for order in orders:
        if order in places:
            continue
        if back:
            places[order] = back.pop()
        elif taken < first:
            taken += 1
            places[order] = taken
    return [places.get(order, 0) for order in orders]


@dataclass(slots=True)
class Ranking:
    """The places of one campaign in memory; ``free``: those that were given back."""

    known: dict[OrderName, int] = field(default_factory=dict[OrderName, int])
    free: set[int] = field(default_factory=set[int])

    def take(self, first: int, orders: Sequence[OrderName], refused: Collection[OrderName] = ()) -> list[int]:
        """As ``numbered``; those that are ``refused`` get no place, but keep one that they have."""
        taken = max([0, *self.known.values(), *self.free])
        places = numbered({**dict.fromkeys(refused, 0), **self.known}, taken, first, orders, self.free)
        self.known.update({order: place for order, place in zip(orders, places, strict=True) if place})
        self.free.difference_update(places)
        return places

    def give_back(self, order: OrderName) -> None:
        place = self.known.pop(order, None)
        if place is not None:
            self.free.add(place)
