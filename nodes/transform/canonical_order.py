"""Canonical order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engine.sdk import ORDER, CanonicalOrder, Example, Item, Params, Scope, node, replaces
from nodes.connector.channels import CANONICAL
from nodes.connector.samples import sample

Channel = Literal["taobao", "jd", "pinduoduo", "shopify", "woocommerce", "own_shop"]


class CanonicalOrderParams(Params):
    channel: Channel = Field(title="Channel", description="The sales channel whose form the orders have.")
    shop_id: str | None = Field(
        default=None, max_length=200, title="Shop", description="The shop's id, if the orders do not name it. It takes precedence."
    )


@node(
    "transform.canonical_order",
    version=1,
    label="Canonical order",
    reads=("*",),
    outputs={"out": replaces(CanonicalOrder, ORDER)},
    scope=True,
    icon="file-check",
    examples=(
        Example(
            {"channel": "taobao"},
            [sample("taobao")],
            {"out": [sample("taobao", "sample_order")]},
            title="A Taobao trade with two sub-orders",
        ),
        Example({"channel": "shopify"}, [sample("shopify")], {"out": [sample("shopify", "sample_order")]}, title="A Shopify order"),
        Example(
            {"channel": "own_shop"}, [sample("own_shop")], {"out": [sample("own_shop", "sample_order")]}, title="An order of the own shop"
        ),
        Example(
            {"channel": "taobao"},
            [{"trade": {"status": "TRADE_FINISHED"}}],
            problem="order.missing_field",
            title="A trade without a number",
        ),
        Example(
            {"channel": "taobao"},
            [{"topic": "taobao_trade_TradeBuyerPay", "content": '{"tid": 4012600000000000010}'}],
            problem="order.thin_message",
            title="A push message is not an order yet",
        ),
        Example({"channel": "jd"}, [sample("jd")], {"out": [sample("jd", "sample_order")]}, title="A JD order"),
        Example({"channel": "pinduoduo"}, [sample("pinduoduo")], {"out": [sample("pinduoduo", "sample_order")]}, title="A Pinduoduo order"),
        Example(
            {"channel": "woocommerce"},
            [sample("woocommerce")],
            {"out": [sample("woocommerce", "sample_order")]},
            title="A WooCommerce order",
        ),
    ),
)
def canonical_order(item: Item, params: CanonicalOrderParams, scope: Scope) -> Item:
    """Brings an order of any channel to one form: the same fields, states, times (UTC) and amounts everywhere.

    What a channel does not tell is empty. Reasons why an order must not ship stand in `hold_reasons`: an unknown state, a refund
    under way, a line without SKU, amounts that do not add up, a test order. New or changed fields of the channel are noted in
    `drift`. An order without a number, lines or total fails.
    """
    order = CANONICAL[params.channel](item)
    order["shop_id"] = params.shop_id or order["shop_id"] or scope.event.get("shop_id") or None
    return order
