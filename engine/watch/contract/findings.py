"""How one order differs from the form in force: the declared one with what people accepted, and what was usual so far. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from engine.node.forms import Declared, Form
from engine.watch.contract.profile import IN_A_ROW, Profile
from engine.watch.contract.shape import ANY_NAME, Leaf, Shape, parent_of

Kind = Literal["new", "vanished", "retyped", "format", "word"]
HIDDEN: Final = "****"


class Finding(msgspec.Struct, frozen=True):
    """``expected`` and ``found``: types or formats, joined by a bar, or words; ``found`` is empty of what has vanished."""

    kind: Kind
    path: str
    expected: str = ""
    found: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}|{self.path}|{self.found}"


@dataclass(frozen=True)
class Standard:
    """``accepted``: keys of findings that a person has taken as they are."""

    form: Form
    accepted: frozenset[str] = field(default_factory=frozenset[str])

    def declared(self, path: str) -> Declared | None:
        return self.form.fields.get(path)

    def is_inside_open(self, path: str) -> bool:
        """Whether it lies in an object whose fields are not declared: there anything may stand."""
        fields = self.form.fields
        while path := parent_of(path):
            known = fields.get(path)
            if known is not None:
                return known.is_open
        return False


def findings_in(shape: Shape, standard: Standard, profile: Profile) -> list[Finding]:
    """``profile``: with this order in it already."""
    found = [*_in_leaves(shape, standard, profile), *_absent(shape, standard, profile)]
    return [one for one in found if one.key not in standard.accepted]


def _in_leaves(shape: Shape, standard: Standard, profile: Profile) -> Iterator[Finding]:
    unknown: set[str] = set()
    for path, leaf in shape.leaves.items():
        declared = standard.declared(path)
        if declared is None:
            if parent_of(path) in unknown or path.endswith("[]"):
                unknown.add(path)  # said of the whole already
            elif not standard.is_inside_open(path) and ANY_NAME not in path:
                unknown.add(path)
                if path in standard.form.known:
                    continue
                yield Finding("new", path, "", _joined(leaf.types))
        elif declared.types and (odd := {one for one in leaf.types if not _fits(one, declared.types)}):
            yield Finding("retyped", path, _joined(declared.types), _joined(odd))
        elif declared.words is not None and (strange := leaf.words - declared.words - {""}):
            yield from (Finding("word", path, "", word) for word in sorted(strange))
        elif declared.words is not None and "" in leaf.words:
            yield Finding("word", path, "", HIDDEN)
        else:
            yield from _unusual(path, leaf, profile)


def _unusual(path: str, leaf: Leaf, profile: Profile) -> Iterator[Finding]:
    seen = profile.fields.get(path)
    usual = None if seen is None else seen.usual_format
    if seen is not None and usual is not None and seen.odd >= IN_A_ROW:
        yield Finding("format", path, usual, _joined(leaf.formats))


def _absent(shape: Shape, standard: Standard, profile: Profile) -> Iterator[Finding]:
    for path, declared in standard.form.fields.items():
        around = shape.objects.get(parent_of(path), 0)
        leaf = shape.leaves.get(path)
        if declared.required and around > (leaf.there if leaf is not None else 0):
            yield Finding("vanished", path, _joined(declared.types))
    for path, seen in profile.fields.items():
        if seen.missed >= IN_A_ROW and seen.was_usual and _is_expected(path, standard) and not _is_missed_whole(path, profile):
            yield Finding("vanished", path, _joined(seen.types.keys() - {"null"}))


def _is_expected(path: str, standard: Standard) -> bool:
    """Whether its absence says something that is not said otherwise: that of an undeclared field is none."""
    declared = standard.declared(path)
    if path.endswith("[]") or (declared is not None and declared.required):
        return False
    return declared is not None or path in standard.form.known or standard.is_inside_open(path)


def _is_missed_whole(path: str, profile: Profile) -> bool:
    around = profile.fields.get(parent_of(path))
    return around is not None and around.missed >= IN_A_ROW


def _fits(kind: str, declared: frozenset[str]) -> bool:
    return kind in declared or (kind == "integer" and "number" in declared)


def _joined(names: Mapping[str, int] | frozenset[str] | set[str]) -> str:
    return "|".join(sorted(names))
