"""Data classes: how far a field's value may travel, declared on the field itself.

    phone: Annotated[str | None, FieldClass(DataClass.RESTRICTED, Kind.PHONE)] = None

The four classes and their meaning follow the canonical mapping of the order domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Annotated, TypeGuard, Union, cast, get_args, get_origin

from pydantic import BaseModel


class DataClass(StrEnum):
    """How far a value may travel, from the most open to the most guarded; members compare in that order."""

    PUBLIC = "public"
    """May leave the company."""
    INTERNAL = "internal"
    """Staff, any role."""
    CONFIDENTIAL = "confidential"
    """Bound to a role, masked by default."""
    RESTRICTED = "restricted"
    """Encrypted at rest; clear text only by an audited reveal with a purpose."""

    @property
    def rank(self) -> int:
        return _RANKS[self.value]

    def __lt__(self, other: str) -> bool:
        return self.rank < DataClass(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= DataClass(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > DataClass(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= DataClass(other).rank


_RANKS = {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}


class Kind(StrEnum):
    """What a value is, so that a mask knows which characters to hide."""

    PHONE = "phone"
    NAME = "name"
    ADDRESS = "address"
    EMAIL = "email"
    ID_CARD = "id_card"
    TEXT = "text"
    """Free text, to be scrubbed of what it may mention."""
    PATH = "path"
    """A path into somebody's document, whose steps may be data."""
    OPAQUE = "opaque"
    """Hidden whole where it is hidden."""


@dataclass(frozen=True)
class FieldClass:
    """The annotation of one field: its data class and the kind of its value."""

    data_class: DataClass
    kind: Kind = Kind.OPAQUE


def highest(*classes: DataClass) -> DataClass:
    """The most guarded of the classes; `public` when there is none, as a constant derives from nothing."""
    return max(classes, key=lambda one: one.rank, default=DataClass.PUBLIC)


def field_classes(model: type[BaseModel]) -> dict[str, FieldClass]:
    """The class of every leaf: `receiver.phone`, `lines[].sku_code`, `time_sources.*.text` (`*` for any key of a map).

    A leaf without a declared class counts as restricted, so forgetting one hides too much and never too little.
    """
    found: dict[str, FieldClass] = {}
    for path, leaf in _leaves(model, ""):
        known = found.get(path)
        if known is None or known.data_class < leaf.data_class:
            found[path] = leaf
    return found


def _leaves(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldClass]]:
    for name, field in model.model_fields.items():
        declared = next((one for one in field.metadata if isinstance(one, FieldClass)), None)
        yield from _of_type(field.annotation, f"{prefix}{name}", declared)


def _of_type(annotation: object, path: str, declared: FieldClass | None) -> Iterator[tuple[str, FieldClass]]:
    origin, arguments = _origin(annotation), cast("tuple[object, ...]", get_args(annotation))
    if _is_model(annotation):
        yield from _leaves(annotation, f"{path}.")
    elif origin is Annotated:
        own = next((one for one in arguments[1:] if isinstance(one, FieldClass)), declared)
        yield from _of_type(arguments[0], path, own)
    elif origin in _INSIDE and arguments:
        yield from _of_type(arguments[-1 if origin is dict else 0], f"{path}{_INSIDE[origin]}", declared)
    elif origin in _UNIONS and (nested := [one for one in arguments if _is_structured(one)]):
        for one in nested:
            yield from _of_type(one, path, declared)
    else:
        yield path, declared or FieldClass(DataClass.RESTRICTED)


def _is_structured(annotation: object) -> bool:
    """Whether classes may be declared further inside."""
    origin = _origin(annotation)
    return _is_model(annotation) or origin is Annotated or origin in _INSIDE or origin in _UNIONS


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _origin(annotation: object) -> object:
    return cast("object", get_origin(annotation))


_INSIDE: dict[object, str] = {list: "[]", tuple: "[]", set: "[]", frozenset: "[]", dict: ".*"}
_UNIONS: tuple[object, ...] = (Union, UnionType)
