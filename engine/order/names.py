"""How people call channels and couriers, in English: keys of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHANNELS: Final[Mapping[str, str]] = {
    "taobao": "Taobao", "shopify": "Shopify", "own_shop": "Own shop", "jd": "JD", "pinduoduo": "Pinduoduo", "woocommerce": "WooCommerce",
}  # fmt: skip
COURIERS: Final[Mapping[str, str]] = {
    "sf": "SF Express", "yto": "YTO", "zto": "ZTO", "sto": "STO", "yunda": "Yunda", "jd": "JD Logistics", "ems": "EMS",
    "jtexpress": "J&T Express", "debang": "Deppon",
}  # fmt: skip
