"""Rows of the SKU matching table as people and files give them: checked, and brought to their key. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from engine.errors import InputInvalid, Problem
from engine.order.cleanse import clean_name, clean_sku
from engine.order.cleanse.texts import to_half_width
from engine.order.rules import match_key
from engine.store.ports import NewMatch

COLUMNS: Final = ("channel", "shop_id", "platform_sku", "title", "spec", "sku_code", "quantity")
MOST_ROWS: Final = 50_000
MOST_EACH: Final = 100_000
_MOST_PROBLEMS: Final = 100
_LONGEST: Final = 300
_CHANNEL: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_rows(given: Iterable[Mapping[str, Any]], first: int = 1) -> list[NewMatch]:
    """``{"channel", "shop_id", "platform_sku", "title", "spec", "sku_code", "quantity"}``; what is left out is empty, the quantity 1.

    Raises ``InputInvalid`` with every problem (at most a hundred), each with the number of its row, the first being ``first``:
    ``sku_match.no_code``, ``sku_match.no_name``, ``sku_match.bad_channel``, ``sku_match.no_channel``, ``sku_match.bad_quantity``,
    ``sku_match.too_long``, ``sku_match.twice``, ``sku_match.too_many``.
    """
    rows: list[NewMatch] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str, str], int] = {}
    for number, one in enumerate(given, first):
        if number - first >= MOST_ROWS:
            raise InputInvalid(Problem("sku_match.too_many", (), {"limit": MOST_ROWS}))
        row, found = _row(one, str(number))
        place = (row.channel, row.shop_id, row.key)
        if not found and seen.setdefault(place, number) != number:
            found = [Problem("sku_match.twice", (str(number),), {"other": seen[place]})]
        problems += found
        rows.append(row)
    if problems:
        raise InputInvalid(problems[:_MOST_PROBLEMS])
    return rows


def _row(given: Mapping[str, Any], number: str) -> tuple[NewMatch, list[Problem]]:
    text = {name: _text(given.get(name)) for name in COLUMNS}
    channel, shop, sku, title, spec, code, each = (text[name] for name in COLUMNS)
    channel, key = channel.lower(), match_key(sku, title, spec)
    quantity = int(each) if each.isascii() and each.isdigit() and len(each) < 10 else 1 if not each else 0
    asked: Sequence[tuple[bool, str, str, dict[str, Any]]] = (
        (not code, "sku_match.no_code", "sku_code", {}),
        (not key, "sku_match.no_name", "title", {}),
        (bool(channel) and not _CHANNEL.fullmatch(channel), "sku_match.bad_channel", "channel", {}),
        (bool(shop) and not channel, "sku_match.no_channel", "channel", {}),
        (not 1 <= quantity <= MOST_EACH, "sku_match.bad_quantity", "quantity", {"most": MOST_EACH}),
        (any(len(one) > _LONGEST for one in text.values()), "sku_match.too_long", "title", {"limit": _LONGEST}),
    )
    problems = [Problem(problem, (number, field), fields) for wrong, problem, field, fields in asked if wrong]
    return NewMatch(channel, shop, key, sku, title, spec, clean_sku(code) or "", quantity), problems


def _text(value: object) -> str:
    """Numbers of a spreadsheet as text, full-width digits as ordinary ones; a sign that was put before a formula goes."""
    text = "" if value is None or isinstance(value, bool) else to_half_width(str(value))
    plain = clean_name(text) or ""
    return plain[1:] if plain[:1] == "'" and plain[1:2] in ("=", "+", "-", "@") else plain
