"""The stock of a SKU over days as a small line, in steps: what lay there at the end of a day. Pure; the template turns it into SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.hub.stock_history import DayStock

WIDTH, HEIGHT = 300, 56
_MARGIN: Final = 3


@dataclass(frozen=True, slots=True)
class StockCurve:
    """``paths``: SVG path data, one for each span of days of which something is known; ``zero``: where nothing lies, from above."""

    paths: Sequence[str]
    least: int
    most: int
    now: int
    days: int
    zero: float


def curve_of(history: Sequence[DayStock]) -> StockCurve | None:
    """``None`` where nothing is known of any day."""
    known = [one.quantity for one in history if one.quantity is not None]
    if not known:
        return None
    low, high = min(0, *known), max(1, *known)
    step = WIDTH / len(history)

    def height(quantity: int) -> float:
        return round(_MARGIN + (HEIGHT - 2 * _MARGIN) * (high - quantity) / (high - low), 1)

    paths: list[str] = []
    drawn = False
    for number, one in enumerate(history):
        if one.quantity is None:
            drawn = False
            continue
        left, right, y = round(number * step, 1), round((number + 1) * step, 1), height(one.quantity)
        if drawn:
            paths[-1] += f"V{y}H{right}"
        else:
            paths.append(f"M{left} {y}H{right}")
        drawn = True
    return StockCurve(paths, min(known), max(known), known[-1], len(history), height(0))
