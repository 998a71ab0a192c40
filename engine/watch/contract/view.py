"""An operation as people look at it: its state, and its fields as declared and as seen. Holds no value but words of enumerations. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from engine.watch.contract.operation import Change, Operation
from engine.watch.contract.shape import parent_of

State = Literal["unseen", "steady", "changed", "drifting", "paused"]
UNDECLARED: Final = ""
MOST_AROUND: Final = 12


class FieldRow(msgspec.Struct, frozen=True):
    """``declared`` and ``seen``: types joined by a bar; ``presence`` from 0 to 1; ``change``: the kind of an open one at this field."""

    path: str
    declared: str
    required: bool
    seen: str
    presence: float | None
    formats: tuple[str, ...]
    words: tuple[str, ...]
    change: str | None


def state_of(operation: Operation) -> State:
    """``changed``: something that no flow reads; ``drifting``: something that counts."""
    if operation.body.pause is not None:
        return "paused"
    if not operation.changes:
        return "steady" if operation.body.profile.orders else "unseen"
    return "drifting" if any(one.weight in ("parked", "warned", "suggested") for one in list(operation.changes.values())) else "changed"


def old_name_of(operation: Operation, path: str) -> str | None:
    """Which field a new one has probably taken the place of."""
    offers = ((one.finding.path, one.body.suggestion) for one in list(operation.changes.values()))
    return next((old for old, offer in offers if offer is not None and offer.source == path), None)


def fields_of(operation: Operation, around: str | None = None) -> list[FieldRow]:
    """All by path, or those of the object in which the field ``around`` stands, and what lies in that; of many only the changed ones."""
    seen, declared = dict(operation.body.profile.fields), operation.form.fields
    changes = {one.finding.path: one for one in list(operation.changes.values())}
    paths = sorted({*seen, *declared, *changes})
    if around is not None:
        paths = [path for path in paths if parent_of(path) in (parent_of(around), around)]
    if around is not None and len(paths) > MOST_AROUND:
        paths = [path for path in paths if path == around or path in changes]
    return [_row(path, operation, changes) for path in paths]


def _row(path: str, operation: Operation, changes: dict[str, Change]) -> FieldRow:
    declared, seen = operation.form.fields.get(path), operation.body.profile.fields.get(path)
    return FieldRow(
        path,
        _joined(declared.types) if declared is not None else UNDECLARED,
        declared is not None and declared.required,
        _joined(seen.types) if seen is not None else "",
        round(seen.presence, 3) if seen is not None and seen.looked else None,
        tuple(sorted(seen.formats)) if seen is not None else (),
        tuple(sorted(seen.words or ())) if seen is not None else (),
        changes[path].finding.kind if path in changes else None,
    )


def _joined(names: Iterable[str]) -> str:
    return "|".join(sorted(names))
