"""What a simulated channel has for sale: listings, each of one thing or of several variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Variant:
    """``sku``: the seller's own code, ``None`` where none was entered; ``quantity``: units that can be sold, ``None``: not counted."""

    id: int
    sku: str | None
    quantity: int | None
    on_sale: bool = True


@dataclass(slots=True)
class Listing:
    """``plain``: of one thing, without variants to choose from."""

    id: int
    variants: list[Variant]
    plain: bool = False
    on_sale: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """What is for sale, as a person looks at it. ``price``: of one piece, with its currency; ``None`` where it is not known."""

    sku: str
    quantity: int | None
    price: str | None = None


class Goods:
    """By listing, the oldest first. ``begin``: the first id."""

    def __init__(self, begin: int = 690_000_000_001) -> None:
        self._begin = begin
        self._listings: list[Listing] = []

    def offer(self, *variants: tuple[str | None, int | None]) -> Listing:
        """A new listing with these codes and units."""
        number = self._begin + len(self._listings)
        made = [Variant(number * 100 + place, sku, quantity) for place, (sku, quantity) in enumerate(variants, 1)]
        listing = Listing(number, made)
        self._listings.append(listing)
        return listing

    def offer_plain(self, sku: str | None, quantity: int | None) -> Listing:
        listing = self.offer((sku, quantity))
        listing.plain = True
        return listing

    def find(self, number: int) -> Listing | None:
        return next((one for one in self._listings if one.id == number), None)

    @property
    def on_sale(self) -> Sequence[Listing]:
        return [one for one in self._listings if one.on_sale]

    @property
    def variants_on_sale(self) -> Sequence[tuple[Listing, Variant]]:
        return [(one, variant) for one in self.on_sale for variant in one.variants if variant.on_sale]
