"""What a shop on Pinduoduo offers."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, Item, OfType, Params, adds, effect_node
from nodes.connector.pinduoduo.calls import judge
from nodes.connector.pinduoduo.stock_calls import PAGE_SIZE, goods_call, offers_of, read_goods
from nodes.connector.stock.offer import MayBeEmpty, Rows, WithOffer, all_pages, keep_offer

_PLANNED: Final = {"planned_at": "2026-01-16T03:04:00Z"}
_CUP: Final = {"sku_id": 1, "outer_id": "CUP-01", "sku_quantity": 12, "is_sku_onsale": 1}
_OFF: Final = {"sku_id": 2, "outer_id": "CUP-02", "sku_quantity": 8, "is_sku_onsale": 0}
_ODD: Final = {"sku_id": 3, "outer_id": "", "sku_quantity": 3, "is_sku_onsale": 1}
_KEPT: Final = {"kept": 1, "changed": 1, "older": 0, "gone": 0}


def _page(total: int, *skus: dict[str, Any]) -> dict[str, Any]:
    goods = [{"goods_id": 160000000001, "is_onsale": 1, "sku_list": list(skus)}] if skus else []
    return {"status": 200, "body": {"goods_list_get_response": {"total_count": total, "goods_list": goods}}}


class PinduoduoStock(Params):
    shop: Annotated[ConnectionRef, OfType(("pinduoduo",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to read its goods."
    )
    may_be_empty: MayBeEmpty = False


@effect_node(
    "connector.pinduoduo_stock",
    version=1,
    label="Stock on Pinduoduo",
    outputs={"out": adds(WithOffer)},
    icon="package",
    examples=(
        Example(
            {"shop": {"connection": "pinduoduo"}},
            [_PLANNED],
            {"out": [{**_PLANNED, "stock": {"system": "pinduoduo", "skipped": 1, "whole": True, **_KEPT}}]},
            answers=(_page(1, _CUP, _OFF, _ODD), _KEPT),
            requests=(
                {"json": {"type": "pdd.goods.list.get", "is_onsale": 1, "page": 1, "page_size": 100}},
                {"kind": "desk", "task": "stock.keep", "system": "pinduoduo", "holds": "offer", "whole": True},
            ),
            title="Goods with three SKUs: one is taken off, one has no code",
        ),
        Example(
            {"shop": {"connection": "pinduoduo"}},
            [_PLANNED],
            {"out": [{**_PLANNED, "stock": {"system": "pinduoduo", "skipped": 0, "whole": False, **_KEPT}}]},
            answers=({"status": 200, "body": {"error_response": {"error_code": 70031}}}, _page(2, _CUP), _KEPT),
            title="Too many calls, so it is asked again; the list is shorter than it says",
        ),
        Example(
            {"shop": {"connection": "pinduoduo"}},
            [_PLANNED],
            answers=(_page(0),),
            problem="stock.empty",
            title="An empty list is not believed",
        ),
    ),
)
async def pinduoduo_stock(item: Item, params: PinduoduoStock, context: Context) -> Item:
    """Reads what the Pinduoduo shop has on sale, by the seller's own codes, and keeps it in the hub as the offer of this channel.

    SKUs without a code are left out and counted in `stock.skipped`. Several listings of one SKU sell their sum.
    A list that changed while it was read takes nothing away: `stock.whole` says so.
    """

    async def page(number: int) -> Rows:
        return read_goods(await context.http(params.shop, goods_call(number), judge))

    listed = await all_pages(page, PAGE_SIZE, "goods_id")
    offers = offers_of(listed.rows)
    return await keep_offer(item, params.shop, offers, context, is_whole=listed.is_whole, may_be_empty=params.may_be_empty)
