"""Regions as people write them in rules: 西藏, 西藏自治区, 广东省/深圳市, US. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from engine.sdk import Item
from nodes.rule.goods import part_of

_LEVELS: Final = ("province", "city", "district")
_ENDINGS: Final = (
    "特别行政区",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "地区",
    "省",
    "市",
    "盟",
    "州",
    "区",
    "县",
    "旗",
)
_SHORTEST: Final = 2


def place_of(order: Item) -> tuple[str, ...]:
    """Country, then province, city, district, each in its short form; an unknown one is empty."""
    to = part_of(order, "receiver")
    return (_plain(to.get("country")) or "CN", *(_short(to.get(level)) for level in _LEVELS))


def lies_in(place: Sequence[str], regions: Iterable[str]) -> bool:
    """Whether one of the regions holds the place: a country by its code, a province, or a path such as `广东/深圳/南山`.

    A city or district alone is found as well, so `深圳` is enough where no other place is called so.
    """
    return any(_holds([_short(one) for one in region.split("/")], region, place) for region in regions)


def _holds(names: Sequence[str], region: str, place: Sequence[str]) -> bool:
    if len(names) == 1:
        return _plain(region) == place[0] or names[0] in place[1:]
    return list(place[1 : 1 + len(names)]) == list(names)


def _short(value: Any) -> str:
    plain = _plain(value)
    for ending in _ENDINGS:
        short = plain.removesuffix(ending)
        if short != plain and len(short) >= _SHORTEST:
            return short
    return plain


def _plain(value: Any) -> str:
    return "".join(unicodedata.normalize("NFKC", value).split()).upper() if isinstance(value, str) else ""
