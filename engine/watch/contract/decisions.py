"""What people decided about the form of an operation: what they take as it is, and in which terms the rest is read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from engine.errors import InputInvalid, Problem
from engine.node.forms import Form
from engine.node.paths import is_path
from engine.node.terms import Terms, are_apart
from engine.watch.contract.findings import HIDDEN, Finding
from engine.watch.contract.shape import WORD, Shape

MOST: Final = 200
LONGEST: Final = 200


class Decisions(msgspec.Struct, frozen=True):
    """As of one version. ``accepted``: keys of findings; ``moves`` and ``words`` as in ``Terms``."""

    accepted: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str, str], ...] = ()

    def terms(self, version: int) -> Terms | None:
        return Terms(version, self.moves, self.words) if self.moves or self.words else None

    def settles(self, finding: Finding, shape: Shape) -> bool:
        """Whether it is an order from before a decision that took care of it."""
        if finding.key in self.accepted:
            return True
        if finding.kind == "new":
            return any(source == finding.path for source, _ in self.moves)
        if finding.kind == "word":
            return any((path, word) == (finding.path, finding.found) for path, word, _ in self.words)
        return any(target == finding.path and source in shape.leaves for source, target in self.moves)

    def with_accepted(self, keys: Sequence[str]) -> Decisions:
        return msgspec.structs.replace(self, accepted=tuple(dict.fromkeys((*self.accepted, *keys))))

    def with_move(self, source: str, target: str) -> Decisions:
        """One field comes from one place: a later decision takes the place of an earlier one."""
        left = tuple(move for move in self.moves if move[1] != target and move[0] != source)
        return msgspec.structs.replace(self, moves=(*left, (source, target)))

    def with_word(self, path: str, found: str, known: str) -> Decisions:
        left = tuple(one for one in self.words if one[:2] != (path, found))
        return msgspec.structs.replace(self, words=(*left, (path, found, known)))


def check_move(form: Form, source: str, target: str) -> None:
    """Raises ``InputInvalid`` with every fault of a mapping from a new field to a declared one."""
    faults: list[Problem] = []
    if not is_path(source) or len(source) > LONGEST:
        faults.append(Problem("form_change.bad_path", ("source",), {"path": source[:LONGEST]}))
    elif source in form.fields and not source.startswith(f"{target}."):
        faults.append(Problem("form_change.declared_source", ("source",), {"path": source}))
    if target not in form.fields and not is_path(target):
        faults.append(Problem("form_change.bad_path", ("target",), {"path": target[:LONGEST]}))
    if not faults and not are_apart(source, target):
        faults.append(Problem("form_change.other_list", ("source",), {"path": source, "target": target}))
    if faults:
        raise InputInvalid(faults)


def check_word(form: Form, path: str, found: str, known: str) -> None:
    """Raises ``InputInvalid`` where the known word is none, or the new one is hidden."""
    declared = form.fields.get(path)
    words = declared.words if declared is not None else None
    if found == HIDDEN or not WORD.fullmatch(found):
        raise InputInvalid(Problem("form_change.hidden_word", ("word",), {"path": path}))
    if words is None or known not in words or known == "null":
        raise InputInvalid(Problem("form_change.unknown_word", ("word",), {"path": path, "word": known[:LONGEST]}))
