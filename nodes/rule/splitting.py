"""Which pieces of which lines go into which part of an order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nodes.rule.goods import Line, piece_grams, quantity

MOST_PARTS = 100
By = Literal["warehouse", "presale", "weight"]
Undecided = Literal["no_warehouse", "no_weight", "too_many_parts"]
Pieces = dict[int, int]
"""How many pieces of the line at a position."""


@dataclass(slots=True)
class Part:
    """``warehouse`` and ``presale`` are ``None`` where nobody asked for them."""

    pieces: Pieces
    warehouse: str | None = None
    presale: bool | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    by: Sequence[By]
    warehouses: Mapping[str, str]
    otherwise: str | None
    grams: Mapping[str, int]
    max_grams: int | None


def parts_of(lines: Sequence[Line], plan: Plan) -> list[Part] | Undecided:
    """At least one part; every piece of every line is in exactly one. A word where it cannot be said."""
    homes = _homes(lines, plan)
    if homes is None:
        return "no_warehouse"
    groups: dict[tuple[str | None, bool | None], list[int]] = {}
    for position, home in enumerate(homes):
        groups.setdefault(home, []).append(position)
    parts: list[Part] = []
    for (warehouse, presale), positions in groups.items():
        boxes = _boxes(lines, positions, plan)
        if not isinstance(boxes, list):
            return boxes
        parts += [Part(box, warehouse, presale) for box in boxes]
    return parts if len(parts) <= MOST_PARTS else "too_many_parts"


def _homes(lines: Sequence[Line], plan: Plan) -> list[tuple[str | None, bool | None]] | None:
    """Where each line goes. Bound lines follow the first of them; a gift of unknown place, and what is not picked, the first line."""
    bound: dict[Any, int] = {}
    homes: list[tuple[str | None, bool | None]] = []
    places = [_warehouse(line, plan) for line in lines]
    usual = next((place for place, line in zip(places, lines, strict=True) if place and _counts(line)), plan.otherwise)
    for position, line in enumerate(lines):
        head = bound.setdefault(line["bound_to"], position) if isinstance(line.get("bound_to"), str) else position
        place = places[head] or (None if _counts(line) else usual)
        if "warehouse" in plan.by and not place:
            return None
        homes.append((place if "warehouse" in plan.by else None, _is_presale(lines[head]) if "presale" in plan.by else None))
    return homes


def _counts(line: Line) -> bool:
    return quantity(line) > 0 and line.get("is_gift") is not True


def _warehouse(line: Line, plan: Plan) -> str | None:
    own = line.get("warehouse")
    return (
        own if isinstance(own, str) and own else plan.warehouses.get(str(line.get("sku_code")), plan.otherwise if _counts(line) else None)
    )


def _is_presale(line: Line) -> bool:
    return line.get("presale") is True or line.get("status") in ("pending_payment", "paid_hold")


def _boxes(lines: Sequence[Line], positions: Sequence[int], plan: Plan) -> list[Pieces] | Undecided:
    """Filled one after the other in the order of the lines; what is bound stays together, and one piece too heavy has a box of its own."""
    if "weight" not in plan.by or plan.max_grams is None:
        return [{position: quantity(lines[position]) for position in positions}]
    boxes: list[Pieces] = [{}]
    load = 0
    for bundle in _bundles(lines, positions):
        grams, count = _bundle_grams(lines, bundle, plan), quantity(lines[bundle[0]]) if len(bundle) == 1 else 1
        if grams is None:
            return "no_weight"
        left = count
        while True:
            fits = left if not grams else min(left, (plan.max_grams - load) // grams)
            if fits <= 0 and left and any(boxes[-1].values()):
                boxes, load = [*boxes, {}], 0
                continue
            put = max(fits, min(left, 1))
            _fill(boxes[-1], lines, bundle, put)
            load, left = load + put * grams, left - put
            if not left:
                break
            if len(boxes) > MOST_PARTS:
                return "too_many_parts"
    return boxes


def _bundles(lines: Sequence[Line], positions: Sequence[int]) -> list[list[int]]:
    found: dict[Any, list[int]] = {}
    for position in positions:
        bound = lines[position].get("bound_to")
        found.setdefault(bound if isinstance(bound, str) else position, []).append(position)
    return list(found.values())


def _bundle_grams(lines: Sequence[Line], bundle: Sequence[int], plan: Plan) -> int | None:
    """Of one piece, or of all pieces of lines that are bound to each other."""
    total = 0
    for position in bundle:
        line = lines[position]
        grams = piece_grams(line, plan.grams) if quantity(line) else 0
        if grams is None:
            return None
        total += grams * (quantity(line) if len(bundle) > 1 else 1)
    return total


def _fill(box: Pieces, lines: Sequence[Line], bundle: Sequence[int], put: int) -> None:
    for position in bundle:
        box[position] = box.get(position, 0) + (quantity(lines[position]) if len(bundle) > 1 else put)
