"""What an event's row need not repeat: words that follow from its other columns are left out, and put back when it is read.

Thirty to forty bytes an order. Rows from before bear the whole words; both are read.
"""

from __future__ import annotations

from typing import Final

_SAME: Final = "\x1f"
"""Stands for the ordering key at the start of an event key. No key begins with it: the channel's name comes first."""


def short_key(key: str, order_key: str) -> str:
    return _SAME + key[len(order_key) :] if key.startswith(order_key) else key


def whole_key(kept: str, order_key: str) -> str:
    return order_key + kept[1:] if kept.startswith(_SAME) else kept


def short_actor(actor: str, flow: str, trigger: str) -> str:
    """Empty for the hook of the trigger itself."""
    return "" if actor == _hook(flow, trigger) else actor


def whole_actor(kept: str, flow: str, trigger: str) -> str:
    return kept or _hook(flow, trigger)


def _hook(flow: str, trigger: str) -> str:
    return f"hook:{flow}/{trigger}"
