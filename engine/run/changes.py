"""What two executions of one event make otherwise, field by field. What people see of it is masked; that hidden values differ is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from engine.flow.value_diff import ABSENT, Absent
from engine.json_text import canonical_json
from engine.run.execution import Execution
from engine.run.made import Content, Made, Place, Shower, What, alike

Kind = Literal["added", "missing", "changed"]
_Path = tuple[str | int, ...]
_Leaves = dict[_Path, tuple[Any, Any, str]]
"""By the path of a value: the value as it is, as it may be seen, and its path as it may be seen."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``added`` and ``missing`` are whole things (a request, an end …) or fields of one that is in both.

    ``step``, ``what`` and ``item`` say of which; ``field`` where inside (empty: the whole). ``before`` and ``after`` are masked
    (``None`` beside ``added`` and ``missing`` stands for nothing); ``masked``: one of them is not seen as it is, so that two that
    look alike may differ.
    """

    kind: Kind
    place: Place
    field: str
    before: Any
    after: Any
    masked: bool = False

    @property
    def step(self) -> str:
        return self.place.step

    @property
    def what(self) -> What:
        return self.place.what

    @property
    def path(self) -> str:
        """Such as ``to_wms.request[1].body.amount.paid``."""
        return f"{self.place}{'' if not self.field or self.field.startswith('[') else '.'}{self.field}"


def changes(before: Execution, old: Made, after: Execution, new: Made) -> list[Change]:
    """All of them: steps as ``before`` has them in order, then those that only ``after`` has."""
    differing = [place for place in dict.fromkeys((*old, *new)) if not _same(old.get(place), new.get(place))]
    if not differing:
        return []
    rank = {slug: n for n, slug in enumerate(dict.fromkeys(step.slug for side in (before, after) for step in side.plan.steps))}
    differing.sort(key=lambda place: rank.get(place.step, -1))
    was, becomes = Shower(before), Shower(after)
    return [change for place in differing for change in _at(place, was, old.get(place), becomes, new.get(place))]


def _same(left: Content | None, right: Content | None) -> bool:
    return left is not None and right is not None and alike(left, right)


def _at(place: Place, was: Shower, old: Content | None, becomes: Shower, new: Content | None) -> Iterator[Change]:
    if old is None and new is not None:
        plain, seen = becomes.show(place, new)
        yield Change("added", place, "", None, seen, _differs(plain, seen))
    elif new is None and old is not None:
        plain, seen = was.show(place, old)
        yield Change("missing", place, "", seen, None, _differs(plain, seen))
    elif old is not None and new is not None:
        shown, new_shown = was.show(place, old), becomes.show(place, new)
        fields = list(_fields(place, _leaves_of(shown), _leaves_of(new_shown)))
        yield from fields or [Change("changed", place, "", shown[1], new_shown[1])]  # such as a text that was JSON: it looks the same


def _fields(place: Place, old: _Leaves, new: _Leaves) -> Iterator[Change]:
    nothing: tuple[Absent, None, str] = (ABSENT, None, "")
    for path in dict.fromkeys((*old, *new)):
        plain, seen, name = old.get(path, nothing)
        new_plain, new_seen, new_name = new.get(path, nothing)
        if not _differs(plain, new_plain):
            continue
        kind: Kind = "added" if plain is ABSENT else "missing" if new_plain is ABSENT else "changed"
        masked = (plain is not ABSENT and _differs(plain, seen)) or (new_plain is not ABSENT and _differs(new_plain, new_seen))
        yield Change(kind, place, name or new_name, seen, new_seen, masked)


def _differs(left: Any, right: Any) -> bool:
    if left is ABSENT or right is ABSENT:
        return left is not right
    return canonical_json(left) != canonical_json(right)


def _leaves_of(pair: tuple[Any, Any]) -> _Leaves:
    found: _Leaves = {}
    _collect(*pair, (), "", found)
    return found


def _collect(plain: Any, seen: Any, path: _Path, name: str, found: _Leaves) -> None:
    """Side by side: what may be seen has the keys of what is, in the same order, hidden ones under another name."""
    if (
        isinstance(plain, dict)
        and isinstance(seen, dict)
        and plain
        and len(cast("dict[str, Any]", seen)) == len(cast("dict[str, Any]", plain))
    ):
        shown = cast("Mapping[str, Any]", seen).items()
        for (key, value), (label, value_seen) in zip(cast("Mapping[str, Any]", plain).items(), shown, strict=True):
            _collect(value, value_seen, (*path, key), f"{name}.{label}" if name else label, found)
    elif isinstance(plain, list) and isinstance(seen, list) and plain and len(cast("list[Any]", seen)) == len(cast("list[Any]", plain)):
        for n, (value, value_seen) in enumerate(zip(cast("list[Any]", plain), cast("list[Any]", seen), strict=True)):
            _collect(value, value_seen, (*path, n), f"{name}[{n}]", found)
    else:
        found[path] = (plain, seen, name)
