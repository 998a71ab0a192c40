"""The fields that WooCommerce's order has, from its declared form, so that any other is noticed as drift."""

from __future__ import annotations

from typing import Final

from nodes.connector.samples import properties_of

ORDER_FIELDS: Final = properties_of("woocommerce")
LINE_FIELDS: Final = properties_of("woocommerce", "$defs", "line")
ADDRESS_FIELDS: Final = properties_of("woocommerce", "$defs", "address")
