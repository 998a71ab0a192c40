"""Which orders go through another version while a share of them does: by a hash of the ordering key, so that each always goes one way.

An order that goes along at ten percent goes along at every greater share of the same version, too. Where a share shrinks, those orders stay
with it that went along before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, Final

from engine.json_text import write_json
from engine.store.ports import Share, Store

BUCKETS: Final = 10_000


def bucket(flow: str, version: int, order_key: str) -> int:
    """From 0 to 9,999, spread evenly. Another version draws other orders."""
    seed = sha256("\x1f".join((flow, str(version), order_key)).encode()).digest()
    return int.from_bytes(seed[:8], "big") % BUCKETS


def goes_along(share: Share, order_key: str) -> bool:
    return bucket(share.flow, share.version, order_key) < share.percent * BUCKETS // 100


def may_have_gone(share: Share, order_key: str) -> bool:
    """Whether an order that does not go along now did, if it came, while the share was greater."""
    return not goes_along(share, order_key) and bucket(share.flow, share.version, order_key) < share.peak * BUCKETS // 100


def as_fact(share: Share, order_key: str) -> bytes:
    """Why a run uses the version that it does, for its journal."""
    told: dict[str, Any] = {"version": share.version, "base": share.base, "percent": share.percent}
    return write_json({**told, "bucket": bucket(share.flow, share.version, order_key)})


def went_along_in(store: Store) -> Callable[[Share, str], Awaitable[bool]]:
    """Tells of an order whether it went along since a share began: then its later versions do so, too."""

    async def went_along(share: Share, order_key: str) -> bool:
        events = await store.events_of_order(order_key)
        return any(one.flow == share.flow and one.version == share.version and one.received_at >= share.began_at for one in events)

    return went_along
