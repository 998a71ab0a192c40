"""The channels whose orders can be read, each by a pure function from its payload to the canonical order."""

from __future__ import annotations

from collections.abc import Callable

from engine.sdk import Item
from nodes.connector.jd.canonical import jd_order
from nodes.connector.own_shop.canonical import own_shop_order
from nodes.connector.pinduoduo.canonical import pinduoduo_order
from nodes.connector.shopify.canonical import shopify_order
from nodes.connector.taobao.canonical import taobao_order
from nodes.connector.woocommerce.canonical import woocommerce_order

CANONICAL: dict[str, Callable[[Item], Item]] = {
    "taobao": taobao_order,
    "jd": jd_order,
    "pinduoduo": pinduoduo_order,
    "shopify": shopify_order,
    "woocommerce": woocommerce_order,
    "own_shop": own_shop_order,
}
