"""What the hub lists of a day's orders, and what a comparison with the lists of others found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec


class ListedLine(NamedTuple):
    """Pieces of an SKU in an order, and how many of them are gifts."""

    sku: str
    quantity: int
    gifts: int = 0


class ListedOrder(msgspec.Struct, frozen=True):
    """An order in a list. ``None``: the list does not tell. ``members``: the orders that a parcel of this number holds; ``lines``: each SKU
    once; ``receiver``: keyed digests (hex) of phone number and address, those of them that are known.
    """

    channel: str
    shop_id: str
    channel_order_id: str
    version: str | None = None
    amount: str | None = None
    status: str | None = None
    members: tuple[str, ...] | None = None
    lines: tuple[ListedLine, ...] | None = None
    receiver: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """``day``: of the orders' creation, UTC, such as 2026-01-16; ``body``: JSON of the whole result, nothing of it personal."""

    day: str
    channel: str
    at: datetime
    differences: int
    body: bytes


def day_after(day: str) -> str:
    """Raises ``ValueError`` for what is no day."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
