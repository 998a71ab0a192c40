"""Which class a field has after a node has written it: never a lower one than that of what the value came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from pydantic import BaseModel

from engine.node.params import Calling, Cel, Gathering, Params, Template
from engine.node.types import NodeType
from engine.privacy.classes import DataClass, FieldClass

_INTERNAL: Final = FieldClass(DataClass.INTERNAL)
_RESTRICTED: Final = FieldClass(DataClass.RESTRICTED)
_ITEM: Final = re.compile(r"item(?![^.\[])")
_Fields = Mapping[str, FieldClass]
_NO_ANSWER: _Fields = {}


def after_writing(node_type: NodeType, params: Params, fields: _Fields, answer: _Fields = _NO_ANSWER) -> _Fields:
    """The classes of an item's fields behind the node. A written field whose origin is not known is left out, so that it is hidden.

    A value that the flow itself holds is internal; one that is computed has the highest class of all that it was computed from, and
    an undeclared field counts as restricted. A copy of an undeclared field is as undeclared as that. ``answer``: of what a called flow
    answers. What a node gathers from several items has the classes that it had in them.
    """
    values_at: dict[str, list[Any]] = {}
    for target, value in written(node_type, params):
        values_at.setdefault(target, []).append(value)
    if not values_at:
        return fields
    left = {path: found for path, found in fields.items() if not any(_overlaps(path, target) for target in values_at)}
    for target, values in values_at.items():
        if not any(_overlaps(target, other) for other in values_at if other != target):
            left.update(_classes(target, values, fields))
    if isinstance(params, Calling):
        left.update(params.answer_fields(answer))
    if isinstance(params, Gathering):
        left.update(params.gathered_fields(fields))
    return left


@dataclass(frozen=True, slots=True)
class _Origin:
    """The fields that a value was made from; none of them: from anything."""

    paths: tuple[str, ...]


def written(node_type: NodeType, params: Params) -> Iterator[tuple[str, Any]]:
    """(path, what it gets); where the parameter names the path only, it is made from whatever the node reads."""
    origin = _Origin(tuple(_read_paths(node_type, params)))
    for one in node_type.writes:
        names = one.split(".")
        if names[0] != "params":
            yield one, origin
            continue
        for value in _reach(params, names[1:]):
            if isinstance(value, str):
                yield value, origin
            elif isinstance(value, Mapping):
                yield from cast("Mapping[str, Any]", value).items()


def _read_paths(node_type: NodeType, params: Params) -> Iterator[str]:
    """What a pure node reads, where its declaration names single fields only; nothing otherwise."""
    values: list[Any] = [
        getattr(params, one.removeprefix("params."), None) if one.startswith("params.") else one for one in node_type.reads
    ]
    if not node_type.is_effect and not node_type.scope and all(isinstance(value, str) for value in values):
        yield from values


def _reach(value: Any, names: list[str]) -> Iterator[Any]:
    """The parameter behind some names; a list on the way stands for each of its elements."""
    if isinstance(value, (list, tuple)):
        for part in cast("list[Any]", value):
            yield from _reach(part, names)
    elif not names:
        yield value
    else:
        yield from _reach(getattr(value, names[0]), names[1:])


def _classes(target: str, values: list[Any], fields: _Fields) -> _Fields:
    """Of one written path. What an expression yields is declared for the path itself only, not for what may lie inside it."""
    if all(_is_literal(value) for value in values):
        return dict.fromkeys((target, f"{target}[]", f"{target}.*"), _INTERNAL)
    found = [_INTERNAL if _is_literal(value) else _derived(value, fields) for value in values]
    known = [one for one in found if one is not None]
    return {target: max(known, key=lambda one: one.data_class.rank)} if len(known) == len(found) else {}


def _is_literal(value: Any) -> bool:
    return not isinstance(value, (Cel, Template, BaseModel, _Origin))


def _derived(value: Any, fields: _Fields) -> FieldClass | None:
    """``None`` where the value is made from, or is a copy of, something whose class is not declared."""
    if isinstance(value, Cel):
        reads = sorted(path for path in value.expression.reads if _ITEM.match(path))
        copies = reads == [value.text.strip()]
        reads = [path.removeprefix("item.") for path in reads]
    elif isinstance(value, _Origin) and value.paths:
        reads, copies = list(value.paths), False
    else:
        return None
    classes = [found for path in reads if (found := fields.get(path)) is not None]
    if len(classes) < len(reads):
        return _RESTRICTED if isinstance(value, Cel) and not copies else None
    return classes[0] if copies else FieldClass(max((DataClass.INTERNAL, *(one.data_class for one in classes)), key=lambda one: one.rank))


def _overlaps(path: str, target: str) -> bool:
    """Whether a field is the one that is written, lies inside it, or holds it."""
    a, b = (one.replace("[]", "") for one in (path, target))
    return a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")
