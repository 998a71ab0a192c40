"""What a Shopify shop offers."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, Item, NodeError, OfType, Params, adds, effect_node
from nodes.connector.shopify.stock_calls import judge, offers_of, read_variants, variants_call
from nodes.connector.stock.offer import MOST_LEVELS, MOST_PAGES, MayBeEmpty, WithOffer, keep_offer

_PLANNED: Final = {"planned_at": "2026-01-16T03:04:00Z"}
_KEPT: Final = {"kept": 1, "changed": 1, "older": 0, "gone": 0}
_THROTTLED: Final = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
_DENIED: Final = {
    "errors": [{"message": "Access denied for productVariants field.", "extensions": {"code": "ACCESS_DENIED"}}],
    "data": None,
}


def _variant(number: int, sku: str, quantity: int, *, tracked: bool = True) -> dict[str, Any]:
    gid = f"gid://shopify/ProductVariant/{number}"
    return {"id": gid, "sku": sku, "inventoryQuantity": quantity, "inventoryItem": {"tracked": tracked}}


def _page(*variants: dict[str, Any], ahead: str | None = None) -> dict[str, Any]:
    pages = {"hasNextPage": ahead is not None, "endCursor": ahead}
    return {"status": 200, "body": {"data": {"productVariants": {"nodes": list(variants), "pageInfo": pages}}}}


class ShopifyStock(Params):
    shop: Annotated[ConnectionRef, OfType(("shopify",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to read its products and inventory."
    )
    may_be_empty: MayBeEmpty = False


@effect_node(
    "connector.shopify_stock",
    version=1,
    label="Stock on Shopify",
    outputs={"out": adds(WithOffer)},
    icon="package",
    examples=(
        Example(
            {"shop": {"connection": "shopify"}},
            [_PLANNED],
            {"out": [{**_PLANNED, "stock": {"system": "shopify", "skipped": 1, "whole": True, **_KEPT}}]},
            answers=(
                {"status": 200, "body": _THROTTLED},
                _page(_variant(1, "CUP-01", 9), ahead="mark-1"),
                _page(_variant(2, "GIFT", 0, tracked=False)),
                _KEPT,
            ),
            requests=(
                {"method": "POST", "path": "/admin/api/2026-01/graphql.json", "json": {"variables": {"after": None}}},
                {"method": "POST", "json": {"variables": {"after": "mark-1"}}},
                {"kind": "desk", "task": "stock.keep", "system": "shopify", "holds": "offer", "whole": True},
            ),
            title="Two pages, once the platform takes the call; one variant is not tracked",
        ),
        Example(
            {"shop": {"connection": "shopify"}},
            [_PLANNED],
            answers=({"status": 200, "body": _DENIED},),
            problem="order.error_response",
            title="The token may not read products",
        ),
        Example(
            {"shop": {"connection": "shopify"}},
            [_PLANNED],
            answers=(_page(),),
            problem="stock.empty",
            title="An empty list is not believed",
        ),
    ),
)
async def shopify_stock(item: Item, params: ShopifyStock, context: Context) -> Item:
    """Reads what the Shopify shop has on sale, by SKU, and keeps it in the hub as the offer of this channel.

    A variant counts with what is available over all places that sell it. Variants without a SKU, or whose stock Shopify does not track,
    are left out and counted in `stock.skipped`. Several variants of one SKU sell their sum.
    """
    variants: list[Item] = []
    mark: str | None = None
    for _ in range(MOST_PAGES):
        found, ahead = read_variants(await context.http(params.shop, variants_call(mark), judge))
        variants += found
        if ahead is None or ahead == mark:
            break
        mark = ahead
    else:
        raise NodeError("stock.too_many", limit=MOST_LEVELS)
    return await keep_offer(item, params.shop, offers_of(variants), context, is_whole=True, may_be_empty=params.may_be_empty)
