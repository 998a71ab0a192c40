"""Ids of an order's lines as a column holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from engine.json_text import read_json, write_json


def lines_text(lines: Sequence[str]) -> str:
    return write_json(list(lines)).decode() if lines else ""


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(cast("list[str]", read_json(text))) if text else ()
