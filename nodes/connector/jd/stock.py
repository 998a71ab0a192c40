"""What a shop on JD offers."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, Item, OfType, Params, adds, effect_node
from nodes.connector.jd.calls import judge
from nodes.connector.jd.stock_calls import PAGE_SIZE, offers_of, read_skus, skus_call
from nodes.connector.stock.offer import MayBeEmpty, Rows, WithOffer, all_pages, keep_offer

_PLANNED: Final = {"planned_at": "2026-01-16T03:04:00Z"}
_CUP: Final = {"skuId": 100012345001, "status": 1, "outerId": "CUP-01", "stockNum": 12}
_ODD: Final = {"skuId": 100012345002, "status": 1, "outerId": "", "stockNum": 3}
_KEPT: Final = {"kept": 1, "changed": 1, "older": 0, "gone": 0}


def _page(total: int, *skus: dict[str, Any]) -> dict[str, Any]:
    page = {"data": list(skus), "pageNo": 1, "pageSize": 100, "totalItem": total}
    return {"status": 200, "body": {"jingdong_sku_read_searchSkuList_responce": {"code": "0", "page": page}}}


class JdStock(Params):
    shop: Annotated[ConnectionRef, OfType(("jd",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to read its goods."
    )
    may_be_empty: MayBeEmpty = False


@effect_node(
    "connector.jd_stock",
    version=1,
    label="Stock on JD",
    outputs={"out": adds(WithOffer)},
    icon="package",
    examples=(
        Example(
            {"shop": {"connection": "jd"}},
            [_PLANNED],
            {"out": [{**_PLANNED, "stock": {"system": "jd", "skipped": 1, "whole": True, **_KEPT}}]},
            answers=(_page(2, _CUP, _ODD), _KEPT),
            requests=(
                {"json": {"method": "jingdong.sku.read.searchSkuList", "pageNo": "1", "page_size": "100"}},
                {"kind": "desk", "task": "stock.keep", "system": "jd", "holds": "offer", "whole": True},
            ),
            title="Two SKUs, one of which has no code",
        ),
        Example(
            {"shop": {"connection": "jd"}},
            [_PLANNED],
            {"out": [{**_PLANNED, "stock": {"system": "jd", "skipped": 0, "whole": False, **_KEPT}}]},
            answers=(
                {"status": 200, "body": {"error_response": {"code": "2", "zh_desc": "调用过多"}}},
                _page(3, _CUP),
                _KEPT,
            ),
            title="Too many calls, so it is asked again; the list is shorter than it says",
        ),
        Example(
            {"shop": {"connection": "jd"}},
            [_PLANNED],
            answers=(_page(0),),
            problem="stock.empty",
            title="An empty list is not believed",
        ),
    ),
)
async def jd_stock(item: Item, params: JdStock, context: Context) -> Item:
    """Reads what the JD shop has on sale, by the seller's own codes, and keeps it in the hub as the offer of this channel.

    SKUs without a code are left out and counted in `stock.skipped`. Several listings of one SKU sell their sum.
    A list that changed while it was read takes nothing away: `stock.whole` says so.
    """

    async def page(number: int) -> Rows:
        return read_skus(await context.http(params.shop, skus_call(number), judge))

    listed = await all_pages(page, PAGE_SIZE, "skuId")
    offers = offers_of(listed.rows)
    return await keep_offer(item, params.shop, offers, context, is_whole=listed.is_whole, may_be_empty=params.may_be_empty)
