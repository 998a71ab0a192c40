"""The fields that the documents of pdd.order.information.get name, so that any other is noticed as drift."""

from __future__ import annotations

from nodes.connector.samples import properties_of

ORDER_FIELDS = properties_of("pinduoduo")
ITEM_FIELDS = properties_of("pinduoduo", "$defs", "item")
