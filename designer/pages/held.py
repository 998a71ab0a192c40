"""Which orders the hub holds: only these have a page that can be linked to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from designer.pages.environment import order_parts
from engine.errors import NotFound
from engine.store.ports import Store


async def held(store: Store, order_keys: Iterable[str]) -> frozenset[str]:
    """Those of a page's order keys whose order is in the hub. Each order is looked up once, by its unique index."""
    keys = [key for key in dict.fromkeys(order_keys) if order_parts(key)[2]]
    found = await asyncio.gather(*(_holds(store, key) for key in keys))
    return frozenset(key for key, there in zip(keys, found, strict=True) if there)


async def _holds(store: Store, order_key: str) -> bool:
    try:
        await store.order(*order_parts(order_key))
    except NotFound:
        return False
    return True
