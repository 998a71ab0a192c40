"""Parts of an order that may be odd: whatever is not as it should be counts as not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast


def part_of(order: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = order.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def lines_of(order: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The lines with their places in the list."""
    lines = order.get("lines")
    every = cast("list[object]", lines) if isinstance(lines, list) else []
    return [(place, cast("dict[str, Any]", one)) for place, one in enumerate(every) if isinstance(one, dict)]
