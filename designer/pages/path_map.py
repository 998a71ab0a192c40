"""An order's path as a drawing: cards on a grid of three columns in bands from top to bottom, and ways between them. Pixels; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from engine.path.model import OrderPath
from engine.path.stages import STAGES, Stage

WIDTH, HEIGHT = 184, 84
COLUMNS: Final = 3
_GAP_X, _GAP_Y, _MARGIN, _HEAD = 24, 40, 18, 22
_BAND_OF: Final[Mapping[Stage, Stage]] = {"finance": "wms"}
"""Stages that stand beside each other."""


@dataclass(frozen=True, slots=True)
class Card:
    id: str
    row: int
    column: int
    y: int

    @property
    def x(self) -> int:
        return _MARGIN + self.column * (WIDTH + _GAP_X)


@dataclass(frozen=True, slots=True)
class Band:
    """``y``: where its heading stands. ``stages``: one, or two beside each other."""

    stages: tuple[Stage, ...]
    y: int


@dataclass(frozen=True, slots=True)
class Line:
    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Map:
    width: int
    height: int
    bands: Sequence[Band]
    cards: Sequence[Card]
    lines: Sequence[Line]


def draw_path(path: OrderPath) -> Map:
    """Bands are stages; a card stands alone in the middle, and further rows begin after every third one."""
    bands: list[Band] = []
    cards: dict[str, Card] = {}
    y, row = _MARGIN, 0
    for stages in _bands(path):
        ids = [one.id for one in path.stations if one.stage in stages]
        bands.append(Band(stages, y + 12))
        y += _HEAD
        for first in range(0, len(ids), COLUMNS):
            some = ids[first : first + COLUMNS]
            for one, column in zip(some, _columns(len(some)), strict=True):
                cards[one] = Card(one, row, column, y)
            y, row = y + HEIGHT + _GAP_Y, row + 1
    lines = [Line(one.source, one.target, _way(cards[one.source], cards[one.target], cards)) for one in path.hand_overs]
    return Map(_width(), max(y - _GAP_Y, 0) + _MARGIN, bands, list(cards.values()), lines)


def draw_chain(count: int) -> Map:
    """Steps one after the other, in rows that are read like a plough's: to the right, then to the left. Ids are numbers from 0."""
    cards = [_in_chain(number) for number in range(count)]
    rows = -(-count // COLUMNS)
    lines = [Line(one.id, other.id, _beside(one, other)) for one, other in pairwise(cards)]
    return Map(_width(), _MARGIN * 2 + max(rows * (HEIGHT + _GAP_Y) - _GAP_Y, 0), (), cards, lines)


def _bands(path: OrderPath) -> list[tuple[Stage, ...]]:
    found: dict[Stage, list[Stage]] = {}
    for stage in STAGES:
        if any(one.stage == stage for one in path.stations):
            band = _BAND_OF.get(stage)
            found.setdefault(stage if band is None else band, []).append(stage)
    return [tuple(stages) for stages in found.values()]


def _columns(count: int) -> tuple[int, ...]:
    return {1: (1,), 2: (0, 2)}.get(count, (0, 1, 2))


def _width() -> int:
    return 2 * _MARGIN + COLUMNS * WIDTH + (COLUMNS - 1) * _GAP_X


def _way(source: Card, target: Card, cards: Mapping[str, Card]) -> str:
    """Straight to the next row; past other rows through a lane between the columns, where no card stands; back up along the edge."""
    x1, y1, x2, y2 = source.x + WIDTH // 2, source.y + HEIGHT, target.x + WIDTH // 2, target.y
    if target.row <= source.row:
        edge, side1, side2 = _width() - 6, source.x + WIDTH, target.x + WIDTH
        middle1, middle2 = source.y + HEIGHT // 2, target.y + HEIGHT // 2
        return f"M{side1} {middle1}C{edge} {middle1} {edge} {middle1} {edge} {(middle1 + middle2) // 2}S{edge} {middle2} {side2} {middle2}"
    between = [one for one in cards.values() if source.row < one.row < target.row]
    if not any(one.column in (source.column, target.column) for one in between) and source.column == target.column:
        return f"M{x1} {y1}V{y2}"
    if not between:
        bend = max((y2 - y1) // 2, 20)
        return f"M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"
    lane = _lane((x1 + x2) // 2)
    bend, top, bottom = _GAP_Y // 2, y1 + _GAP_Y // 2 + 10, y2 - _GAP_Y // 2 - _HEAD // 2
    return f"M{x1} {y1}C{x1} {y1 + bend} {lane} {y1 + bend - 10} {lane} {top}V{bottom}C{lane} {y2 - 10} {x2} {y2 - bend} {x2} {y2}"


def _lane(wish: int) -> int:
    lanes = [_MARGIN + number * (WIDTH + _GAP_X) - _GAP_X // 2 for number in range(1, COLUMNS)]
    return min(lanes, key=lambda lane: abs(lane - wish))


def _in_chain(number: int) -> Card:
    row, place = divmod(number, COLUMNS)
    column = place if row % 2 == 0 else COLUMNS - 1 - place
    return Card(str(number), row, column, _MARGIN + row * (HEIGHT + _GAP_Y))


def _beside(one: Card, other: Card) -> str:
    middle = one.y + HEIGHT // 2
    if one.row != other.row:
        return f"M{one.x + WIDTH // 2} {one.y + HEIGHT}V{other.y}"
    return f"M{one.x + WIDTH} {middle}H{other.x}" if other.x > one.x else f"M{one.x} {middle}H{other.x + WIDTH}"
