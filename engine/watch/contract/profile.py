"""What was seen of an operation so far, field by field: types, presence, share of nulls, formats, words. Bounded. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from engine.watch.contract.shape import MOST_FIELDS, Shape, parent_of

MOST_WORDS: Final = 24
ENOUGH: Final = 30
"""So often a field must have been looked for before its absence says something."""
IN_A_ROW: Final = 5
USUAL: Final = 0.98


class Seen(msgspec.Struct):
    """``looked``: objects in which it might stand; ``filled``: those in which it had a value; ``there``: those in which it stood at all.

    ``missed`` orders in a row had no value there; ``odd`` in a row had another format than usual. More words than ``MOST_WORDS`` are
    none: the field is no enumeration.
    """

    looked: int = 0
    there: int = 0
    filled: int = 0
    types: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    formats: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    words: dict[str, int] | None = msgspec.field(default_factory=dict[str, int])
    missed: int = 0
    odd: int = 0

    @property
    def presence(self) -> float:
        return self.filled / self.looked if self.looked else 0.0

    @property
    def usual_format(self) -> str | None:
        """The one that nearly all values have, once there are enough."""
        total = sum(self.formats.values())
        least = max(ENOUGH * USUAL, USUAL * total)
        return next((name for name, count in self.formats.items() if count >= least), None)

    @property
    def was_usual(self) -> bool:
        """Whether it nearly always had a value before it was missed."""
        looked = self.looked - self.missed
        return looked >= ENOUGH and self.filled >= USUAL * looked


class Profile(msgspec.Struct):
    orders: int = 0
    fields: dict[str, Seen] = msgspec.field(default_factory=dict[str, Seen])

    def add(self, shape: Shape) -> None:
        self.orders += 1
        for path, leaf in shape.leaves.items():
            seen = self.fields.get(path)
            if seen is None:
                if len(self.fields) >= MOST_FIELDS:
                    continue
                seen = self.fields[path] = Seen()
            seen.there += 1
            _count(seen.types, leaf.types)
            if leaf.formats:
                usual = seen.usual_format
                seen.odd = seen.odd + 1 if usual is not None and usual not in leaf.formats else 0
                _count(seen.formats, leaf.formats if not seen.odd else ())  # else they would soon be usual themselves
            if leaf.words and seen.words is not None:
                _count(seen.words, (word for word in leaf.words if word))
                seen.words = seen.words if len(seen.words) <= MOST_WORDS else None
        for path, seen in self.fields.items():
            if not shape.objects.get(parent_of(path)) and not path.endswith("[]"):
                continue
            leaf = shape.leaves.get(path)
            is_filled = leaf is not None and leaf.filled > 0
            seen.looked += 1
            seen.filled += is_filled
            seen.missed = 0 if is_filled else seen.missed + 1


def _count(into: dict[str, int], names: Iterable[str]) -> None:
    for name in names:
        into[name] = into.get(name, 0) + 1
