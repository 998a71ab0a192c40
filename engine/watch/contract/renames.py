"""Which new field a vanished one has probably become, and which known word a new one probably means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import Final

import msgspec

from engine.node.terms import are_apart
from engine.watch.contract.findings import HIDDEN, Finding, Standard
from engine.watch.contract.profile import Profile
from engine.watch.contract.shape import Shape, name_of, parent_of

ALIKE: Final = 0.5
_BREAKS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.]+")


class Suggestion(msgspec.Struct, frozen=True):
    """``source``: the new field; for a word the known one that it may mean."""

    source: str = ""
    word: str = ""


def suggested(finding: Finding, shape: Shape, standard: Standard, profile: Profile, fresh: Iterable[str]) -> Suggestion | None:
    """``fresh``: fields that nobody declared and that came with this order, or lately."""
    if finding.kind == "word":
        return _word(finding, standard)
    if finding.kind == "vanished":
        fitting = [path for path in fresh if _is_like(path, finding, shape, profile)]
        best = max(fitting, key=lambda path: (likeness(path, finding.path), path), default=None)
        return Suggestion(best) if best is not None and likeness(best, finding.path) >= ALIKE else None
    if finding.kind == "retyped" and "object" in finding.found:
        return _wrapped(finding, shape, profile)
    return None


def likeness(one: str, other: str) -> float:
    """From 0 to 1, of the last names: by their words, else letter by letter."""
    left, right = words_of(name_of(one)), words_of(name_of(other))
    shared = len(left & right) / max(len(left | right), 1)
    letters = SequenceMatcher(None, "".join(sorted(left)), "".join(sorted(right))).ratio()
    return max(shared, letters, 0.9 if left < right or right < left else 0.0)


def words_of(name: str) -> set[str]:
    """``total_price_v2`` and ``totalPriceV2`` are of the same words."""
    return {part.lower() for part in _BREAKS.split(name.removesuffix("[]")) if part}


def _is_like(path: str, finding: Finding, shape: Shape, profile: Profile) -> bool:
    """The same type and format, in the same object."""
    leaf = shape.leaves.get(path)
    if leaf is None or parent_of(path) != parent_of(finding.path) or not are_apart(path, finding.path):
        return False
    wanted = set(finding.expected.split("|"))
    known = profile.fields.get(finding.path)
    formats: Mapping[str, int] = known.formats if known is not None else {}
    return bool(leaf.types & wanted) and (not formats or not leaf.formats or bool(leaf.formats & formats.keys()))


def _wrapped(finding: Finding, shape: Shape, profile: Profile) -> Suggestion | None:
    """A value that has got an object around it: its field of the type and format that were usual."""
    known = profile.fields.get(finding.path)
    formats = known.formats if known is not None else {}
    wanted = set(finding.expected.split("|"))
    inner = [
        path
        for path, leaf in shape.leaves.items()
        if parent_of(path) == finding.path
        and "null" not in leaf.types
        and leaf.types & wanted
        and (not formats or not leaf.formats or leaf.formats & formats.keys())
    ]
    return Suggestion(inner[0]) if len(inner) == 1 else None


def _word(finding: Finding, standard: Standard) -> Suggestion | None:
    declared = standard.declared(finding.path)
    if declared is None or declared.words is None or finding.found == HIDDEN:
        return None
    near = get_close_matches(finding.found.lower(), [word.lower() for word in declared.words], 1, 0.6)
    return next((Suggestion(word=word) for word in sorted(declared.words) if near and word.lower() == near[0]), None)
