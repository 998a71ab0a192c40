"""What a row need not repeat: words of an event that follow from its other columns, and those that nearly all facts share, are left out,
and put back when it is read.

Forty to fifty bytes an order. Rows from before bear the whole words; both are read.
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


_USUAL: Final = ("results", "system")
"""Kind and actor of most facts: what calls were answered, noted by the engine."""


def short_fact(kind: str, actor: str) -> tuple[str, str]:
    return ("", "") if (kind, actor) == _USUAL else (kind, actor)


def whole_fact(kind: str, actor: str) -> tuple[str, str]:
    return (kind, actor) if kind else _USUAL


def _hook(flow: str, trigger: str) -> str:
    return f"hook:{flow}/{trigger}"
