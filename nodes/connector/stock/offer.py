"""What a channel offers for sale, as the nodes that read its own list share it: pages, codes, and keeping it in the hub."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BaseModel, Field

from engine.sdk import ConnectionRef, Context, DataClass, FieldClass, Item, NodeError, clean_sku, utc_text
from nodes.connector.stock.levels import counts, units

MOST_PAGES: Final = 500
MOST_LEVELS: Final = 100_000
_OPEN: Final = FieldClass(DataClass.INTERNAL)
MayBeEmpty = Annotated[
    bool, Field(title="May be empty", description="Off: an empty list is a fault of the system, and nothing is changed.")
]


class Offer(NamedTuple):
    """As the channel says it: the seller's own code of what is sold, and units of it. Either may be missing or odd."""

    sku: Any
    quantity: Any


class Rows(NamedTuple):
    """A page of a list. ``total``: rows that the whole list has by now."""

    rows: Sequence[Item]
    total: int


class Listed(NamedTuple):
    """All rows of a list. ``is_whole``: it did not change while it was read, so that what it does not name is not there."""

    rows: Sequence[Item]
    is_whole: bool


class Kept(BaseModel):
    system: Annotated[str, _OPEN]
    kept: Annotated[int, _OPEN]
    changed: Annotated[int, _OPEN]
    older: Annotated[int, _OPEN]
    gone: Annotated[int, _OPEN]
    skipped: Annotated[int, _OPEN]
    whole: Annotated[bool, _OPEN]


class WithOffer(BaseModel):
    stock: Kept


async def all_pages(page: Callable[[int], Awaitable[Rows]], size: int, number: str) -> Listed:
    """Each row once, by its ``number``. Raises what ``page`` raises, and ``NodeError`` (``stock.too_many``) where it does not end."""
    found: dict[str, Item] = {}
    totals: set[int] = set()
    for place in range(1, MOST_PAGES + 1):
        rows, total = await page(place)
        totals.add(total)
        for row in rows:
            found[str(row.get(number) or f"?{len(found)}")] = row
        if not rows or place * size >= total:
            return Listed(list(found.values()), totals == {len(found)})
    raise NodeError("stock.too_many", limit=MOST_LEVELS)


def levels_of(offers: Iterable[Offer]) -> tuple[list[dict[str, Any]], int]:
    """One level a SKU, and how many offers have no code or no whole number of units. Several listings of one SKU sell their sum."""
    found: dict[str, int] = {}
    skipped = 0
    for one in offers:
        sku = clean_sku(str(one.sku)) if isinstance(one.sku, (str, int)) and not isinstance(one.sku, bool) else None
        quantity = units(one.quantity)
        if sku is None or quantity is None:
            skipped += 1
        else:
            found[sku] = found.get(sku, 0) + quantity
    return [{"sku_code": sku, "quantity": quantity} for sku, quantity in found.items()], skipped


async def keep_offer(
    item: Item, shop: ConnectionRef, offers: Iterable[Offer], context: Context, *, is_whole: bool, may_be_empty: bool
) -> Item:
    """The item with what became of the offer of a shop in the hub. Raises ``NodeError``: ``stock.empty``, ``stock.no_codes``."""
    levels, skipped = levels_of(offers)
    if not levels and skipped:
        raise NodeError("stock.no_codes", system=shop.connection, skipped=skipped)
    if not levels and not may_be_empty:
        raise NodeError("stock.empty", system=shop.connection)
    told = {"system": shop.connection, "holds": "offer", "at": utc_text(context.scope.event["received_at"])}
    answer = await context.ask_hub("stock.keep", {**told, "whole": is_whole, "levels": levels})
    return {**item, "stock": {"system": shop.connection, "skipped": skipped, "whole": is_whole, **counts(answer)}}
