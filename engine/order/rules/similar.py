"""Which of our SKUs an unmatched line may be: known titles, specifications and codes ranked by how alike they are. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from engine.order.cleanse import clean_sku
from engine.order.rules.keys import folded

LEAST: Final = 0.25
"""Alike to so little is no suggestion."""
_WEIGHTS: Final = (0.55, 0.3, 0.15)
"""Of title, specification and code."""
_TOKENS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|[a-z]+|[\u3400-\u9fff]")


class Known(NamedTuple):
    """What is known of one of our SKUs, under one of its names."""

    sku_code: str
    title: str
    spec: str
    sku: str = ""


class Candidate(NamedTuple):
    """``score``: 0 to 1; ``title``, ``spec``: under which it is known."""

    sku_code: str
    score: float
    title: str
    spec: str


class Suggestions:
    """An index over what is known; made once for many questions."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._known = list(known)
        self._grams = [_grams(f"{one.title}{one.spec}") for one in self._known]
        self._by_gram: dict[str, list[int]] = defaultdict(list)
        self._by_code: dict[str, list[int]] = defaultdict(list)
        for place, (one, grams) in enumerate(zip(self._known, self._grams, strict=True)):
            for gram in grams:
                self._by_gram[gram].append(place)
            for code in {_code(one.sku), _code(one.sku_code)} - {""}:
                self._by_code[code].append(place)

    def candidates(self, sku: str, title: str, spec: str, most: int = 5) -> list[Candidate]:
        """The most alike first, each SKU once; on a tie by code."""
        grams = _grams(f"{title}{spec}")
        shared = Counter(place for gram in grams for place in self._by_gram.get(gram, ()))
        places = {place for place, _ in shared.most_common(300)} | set(self._by_code.get(_code(sku), ()))
        best: dict[str, Candidate] = {}
        for place in places:
            one = self._known[place]
            found = Candidate(one.sku_code, round(_score(one, sku, title, spec), 3), one.title, one.spec)
            held = best.get(one.sku_code)
            if found.score >= LEAST and (held is None or found.score > held.score):
                best[one.sku_code] = found
        return sorted(best.values(), key=lambda one: (-one.score, one.sku_code))[:most]


def _score(one: Known, sku: str, title: str, spec: str) -> float:
    """Parts that neither side has say nothing. The same code in another spelling is nearly certain."""
    if sku and _code(sku) in (_code(one.sku), _code(one.sku_code)):
        return 0.95
    parts: Sequence[tuple[float, str, str, float]] = (
        (_WEIGHTS[0], title, one.title, _dice(_grams(title), _grams(one.title))),
        (_WEIGHTS[1], spec, one.spec, _dice(_tokens(spec), _tokens(one.spec))),
        (_WEIGHTS[2], sku, one.sku, _dice(_grams(sku), _grams(one.sku))),
    )
    weight = sum(part for part, mine, theirs, _ in parts if mine and theirs) + _WEIGHTS[1] * (bool(spec) != bool(one.spec)) / 2
    return sum(part * alike for part, mine, theirs, alike in parts if mine and theirs) / weight if weight else 0.0


def _dice(mine: set[str], theirs: set[str]) -> float:
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def _grams(text: str) -> set[str]:
    plain = folded(text)
    return {plain[place : place + 2] for place in range(len(plain) - 1)} or ({plain} if plain else set())


def _tokens(text: str) -> set[str]:
    """Numbers whole: 500 g is not 50 g."""
    return set(_TOKENS.findall(text.casefold()))


def _code(text: str) -> str:
    return "".join(sign for sign in clean_sku(text) or "" if sign.isalnum())
