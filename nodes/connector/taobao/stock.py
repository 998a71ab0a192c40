"""What a shop on Taobao offers."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, HttpCall, Item, NodeError, OfType, Params, adds, effect_node
from nodes.connector.arrivals import text_at
from nodes.connector.stock.offer import MayBeEmpty, Rows, WithOffer, all_pages, keep_offer
from nodes.connector.taobao.calls import judge, read
from nodes.connector.taobao.stock_calls import AT_ONCE, PAGE_SIZE, listings_of, offers_of, on_sale_call, skus_call, skus_of

_PLANNED: Final = {"planned_at": "2026-01-16T03:04:00Z"}
_SHELF: Final = {"num_iid": 690000000001, "outer_id": "SHELF", "num": 9}
_BOX: Final = {"num_iid": 690000000002, "outer_id": "BOX-01", "num": 4}
_ON_SALE: Final = {"items_onsale_get_response": {"total_results": 2, "items": {"item": [_SHELF, _BOX]}}}
_SKUS: Final = {
    "item_skus_get_response": {
        "skus": {
            "sku": [
                {"sku_id": 1, "num_iid": 690000000001, "outer_id": "SHELF-3", "quantity": 7, "status": "normal"},
                {"sku_id": 2, "num_iid": 690000000001, "outer_id": "", "quantity": 2, "status": "normal"},
            ]
        }
    }
}
_KEPT: Final = {"kept": 2, "changed": 2, "older": 0, "gone": 0}
_LIMITED: Final = {"error_response": {"code": 7, "msg": "App Call Limited", "sub_code": "accesscontrol.limited-by-api-access-count"}}


class TaobaoStock(Params):
    shop: Annotated[ConnectionRef, OfType(("taobao",))] = Field(
        title="Shop", description="The connection of the shop, with App Key, App Secret and session."
    )
    may_be_empty: MayBeEmpty = False


@effect_node(
    "connector.taobao_stock",
    version=1,
    label="Stock on Taobao",
    outputs={"out": adds(WithOffer)},
    icon="package",
    examples=(
        Example(
            {"shop": {"connection": "taobao"}},
            [_PLANNED],
            {"out": [{**_PLANNED, "stock": {"system": "taobao", "skipped": 1, "whole": True, **_KEPT}}]},
            answers=({"status": 200, "body": _ON_SALE}, {"status": 200, "body": _SKUS}, _KEPT),
            requests=(
                {"json": {"method": "taobao.items.onsale.get", "page_no": "1"}},
                {"json": {"method": "taobao.item.skus.get", "num_iids": "690000000001,690000000002"}},
                {"kind": "desk", "task": "stock.keep", "system": "taobao", "holds": "offer", "whole": True},
            ),
            title="A listing with variants, one of which has no code, and one without",
        ),
        Example(
            {"shop": {"connection": "taobao"}, "may_be_empty": True},
            [_PLANNED],
            {
                "out": [
                    {**_PLANNED, "stock": {"system": "taobao", "skipped": 0, "whole": True, "kept": 0, "changed": 0, "older": 0, "gone": 2}}
                ]
            },
            answers=(
                {"status": 200, "body": _LIMITED},
                {"status": 200, "body": {"items_onsale_get_response": {"total_results": 0}}},
                {"kept": 0, "changed": 0, "older": 0, "gone": 2},
            ),
            title="Nothing is on sale any more; the platform takes the second call",
        ),
        Example(
            {"shop": {"connection": "taobao"}},
            [_PLANNED],
            answers=({"status": 200, "body": {"items_onsale_get_response": {"total_results": 0}}},),
            problem="stock.empty",
            title="An empty list is not believed",
        ),
    ),
)
async def taobao_stock(item: Item, params: TaobaoStock, context: Context) -> Item:
    """Reads what the Taobao shop has on sale, by the seller's own codes, and keeps it in the hub as the offer of this channel.

    SKUs without a code are left out and counted in `stock.skipped`. Several listings of one SKU sell their sum.
    A list that changed while it was read takes nothing away: `stock.whole` says so.
    """

    async def ask(call: HttpCall) -> Item:
        return read(await context.http(params.shop, call, judge))

    async def page(number: int) -> Rows:
        return listings_of(await ask(on_sale_call(number)))

    listed = await all_pages(page, PAGE_SIZE, "num_iid")
    numbers = [number for row in listed.rows if (number := text_at(row, "num_iid"))]
    if len(numbers) < len(listed.rows):
        raise NodeError("poll.no_list", path="items.item[].num_iid")
    skus: list[dict[str, Any]] = []
    for first in range(0, len(numbers), AT_ONCE):
        skus += skus_of(await ask(skus_call(numbers[first : first + AT_ONCE])))
    offers = offers_of(listed.rows, skus)
    return await keep_offer(item, params.shop, offers, context, is_whole=listed.is_whole, may_be_empty=params.may_be_empty)
