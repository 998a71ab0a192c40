"""Masks of postal addresses: Chinese ones by their parts, all others whole."""

from __future__ import annotations

import re
from typing import Final

from engine.privacy.phones import Profile
from engine.privacy.plain import ascii_twin
from engine.privacy.regions import region_length

HIDDEN: Final = "****"
"""Stands for the hidden part of an address, however long: its length would tell a house from a flat."""

_NUMBER: Final = "(?:[0-9]{1,5}|[一二三四五六七八九十百零〇]{1,5})"
_BETWEEN: Final = r"[\s,，]*"
_STREET_CHAR: Final = "(?:(?!单元|小区|公寓|大厦|广场|[栋幢室座层号])[\u3400-\u9fff])"
_STREET: Final = re.compile(
    rf"{_BETWEEN}{_STREET_CHAR}{{1,20}}?(?:路|街道?|巷|道|胡同)(?:[东西南北中一二三四五六七八九]?段)?"
    rf"(?P<number>\s*(?:{_NUMBER}\s*弄|[甲乙丙]?{_NUMBER}(?:[\-之]{_NUMBER})?\s*号(?![楼栋幢座房室门铺店库馆线桌])))"
)
_STREET_ALONE: Final = re.compile(rf"{_BETWEEN}{_STREET_CHAR}{{1,20}}?(?:路|街道?|巷|道|胡同)")
_STAR_RUN: Final = re.compile(r"\*+")


def mask_address(text: str, profile: Profile) -> str:
    """Screen: province, city and district stay. Waybill: street and house number stay too, unit and door are hidden.

    Source of the waybill rule: GB/T 41833. An address in which no part is recognised for certain is hidden whole.
    """
    twin = ascii_twin(text)
    shown = region_length(twin)
    if profile == "waybill":
        shown = _street_end(twin, shown)
    if not shown:
        return text if _masked_piece_by_piece(twin) else HIDDEN
    rest = twin[shown:].strip()
    return text[:shown].rstrip() + (HIDDEN if rest else "")


def _street_end(twin: str, region: int) -> int:
    found = _STREET.match(twin, region)
    if found is None and region:
        found = _STREET_ALONE.match(twin, region)
    return found.end() if found else region


def _masked_piece_by_piece(twin: str) -> bool:
    """Whether a platform masked it already, in its own way: ``三**镇振**路***号***室``."""
    runs = _STAR_RUN.findall(twin)
    stars = sum(map(len, runs))
    return len(runs) > 1 and 2 * stars > len(twin) and not any(char.isdigit() for char in twin)
