"""The fields that Shopify's order has, from its declared form, so that any other is noticed as drift."""

from __future__ import annotations

from typing import Final

from nodes.connector.samples import properties_of

ORDER_FIELDS: Final = properties_of("shopify")
LINE_FIELDS: Final = properties_of("shopify", "$defs", "line")
