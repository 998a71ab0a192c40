"""How much a change matters, by what the flows read (lineage). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from engine.watch.contract.renames import Suggestion
from engine.watch.contract.touches import Touch

Weight = Literal["recorded", "suggested", "warned", "parked"]
WEIGHTS: Final[tuple[Weight, ...]] = ("recorded", "suggested", "warned", "parked")
"""From what nobody reads to what stops orders."""


def weight_of(touched: Iterable[Touch], suggestion: Suggestion | None) -> Weight:
    """``parked``: a node needs what has changed; ``suggested``: it looks like a rename; ``warned``: it is read; else ``recorded``."""
    hows = {touch.how for touch in touched}
    if "needed" in hows:
        return "parked"
    if suggestion is not None:
        return "suggested"
    return "warned" if hows else "recorded"


def is_at_least(weight: str, least: str) -> bool:
    names: tuple[str, ...] = WEIGHTS
    return names.index(weight) >= names.index(least)


def counts_as_drift(weight: str, touched: Iterable[Touch]) -> bool:
    """Whether an order that has the change counts for the breaker: some flow reads what has changed."""
    return weight in ("parked", "warned") or (weight == "suggested" and any(True for _ in touched))
