"""Triggers: what arrives from outside becomes events, one for each order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.node.items import Item
from engine.node.terms import Terms


class Delivery(msgspec.Struct, frozen=True):
    """What arrived, kept as it was: raw body, header names in lower case, query parameters.

    ``terms``: how it is to be read, where its form has drifted; no trigger needs to look at them.
    """

    body: bytes
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    query: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    terms: Terms | None = None


class Arrival(msgspec.Struct, frozen=True):
    """One event as a trigger reads it (rule R4).

    ``items`` what the flow starts with; ``content`` what decides whether two deliveries say the same (default: the items);
    ``channel``, ``shop_id``, ``order_id`` name the order, ``version`` its state at the source (``None``: the digest of the
    content); ``delivery_id`` the source's id of this delivery; ``passes`` marks cancellations and refunds, which never wait.
    ``terms``: in which it was read; no trigger sets them.
    """

    items: tuple[Item, ...]
    channel: str
    shop_id: str = ""
    order_id: str | None = None
    version: str | None = None
    delivery_id: str | None = None
    passes: bool = False
    content: Any = None
    terms: Terms | None = None


Verify = Callable[[Delivery, Any, Mapping[str, Any], datetime], None]
"""(delivery, params, the connection's fields, now): raises ``NodeError`` with ``signature.invalid``."""

Read = Callable[[Delivery, Any], Arrival]
"""(delivery, params): pure; raises ``InputInvalid`` with ``body.unreadable`` for bytes that cannot be read."""
