"""Which states of orders mean that goods are sold, and which that they are still to be shipped."""

from __future__ import annotations

from typing import Final

SOLD_NOT_SHIPPED: Final = ("paid_hold", "awaiting_fulfillment", "partially_shipped")
"""A line of an order that is shipped in part counts whole: the hub does not know which parcel it is in."""
NOT_SOLD: Final = ("pending_payment", "cancelled", "closed_refunded", "unknown")
CALLED_OFF: Final = ("cancelled", "closed_refunded")
LEFT: Final = ("partially_shipped", "shipped", "delivered", "completed")
"""Goods have gone out, a gift among them."""
