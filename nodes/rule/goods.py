"""What the rules read of an order's goods: lines, weights, warehouses. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, cast

from pydantic import Field

from engine.sdk import Item, parse_money

Line = dict[str, Any]
Grams = Annotated[int, Field(ge=0, le=100_000_000)]


def lines_of(order: Item) -> list[Line]:
    """The lines that are objects; anything else counts as no line."""
    found: Any = order.get("lines")
    return [cast("Line", line) for line in cast("list[object]", found) if isinstance(line, dict)] if isinstance(found, list) else []


def quantity(line: Line) -> int:
    """0 where there is no whole number."""
    found = line.get("qty")
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def piece_grams(line: Line, table: Mapping[str, int]) -> int | None:
    """Of one piece: from the line itself (`weight_grams`), else by its SKU; ``None`` where nobody knows."""
    own = line.get("weight_grams")
    if isinstance(own, int) and not isinstance(own, bool) and own >= 0:
        return own
    return table.get(str(line.get("sku_code")))


def order_grams(lines: Sequence[Line], table: Mapping[str, int]) -> int | None:
    """Of all pieces; ``None`` as soon as one is unknown. What weighs nothing known but is not to be picked does not count."""
    total = 0
    for line in lines:
        grams = piece_grams(line, table) if quantity(line) else 0
        if grams is None:
            return None
        total += grams * quantity(line)
    return total


def currency_of(order: Item) -> str:
    return str(order.get("currency") or "")


def money_at(part: Mapping[str, Any], name: str, currency: str, where: str) -> Decimal | None:
    """An amount of an order or a line; ``None`` where there is none. Raises ``NodeError`` with ``money.invalid``."""
    value = part.get(name)
    return None if value is None else parse_money(value, currency, path=f"{where}.{name}")


def part_of(order: Item, name: str) -> dict[str, Any]:
    part = order.get(name)
    return cast("dict[str, Any]", part) if isinstance(part, dict) else {}
