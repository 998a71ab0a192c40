"""The declared form of what a channel sends: a JSON Schema with a version, read as a flat list of fields. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

from engine.node.items import Item

DEEPEST: Final = 12
TYPES: Final = ("string", "integer", "number", "boolean", "object", "array", "null")


@dataclass(frozen=True, slots=True)
class Declared:
    """One field. No ``types``: any. ``required``: wherever the object around it is; ``words``: the values that it may
    have, or those that are known (JSON Schema's ``examples``).

    ``is_open``: an object whose inner fields are not declared.
    """

    types: frozenset[str] = frozenset()
    required: bool = False
    words: frozenset[str] | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Form:
    """``name`` such as ``taobao.order``; ``schema``: JSON Schema (2020-12) of one order; ``envelopes``: names of the wrappers that may
    stand around it, outermost first; ``known``: paths of fields that are documented, of whatever type; ``others``: fields that all stand
    only in messages of another form, which come the same way.
    """

    name: str
    version: str
    schema: Mapping[str, Any]
    envelopes: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    @cached_property
    def fields(self) -> Mapping[str, Declared]:
        """By path, such as ``lines[].qty``; an element of a list has the path ``lines[]``."""
        return dict(_fields(self.schema, self.schema, "", DEEPEST))

    def describes(self, item: Item) -> bool:
        """Whether what arrived is of this form at all."""
        return not self.others or not self.others <= item.keys()

    def inner(self, item: Item) -> Item:
        """The order without its wrappers."""
        for name in self.envelopes:
            found = item.get(name)
            if isinstance(found, dict):
                item = cast("Item", found)
        return item


def word_of(value: object) -> str:
    """A value of an enumeration, as it is compared and shown."""
    return value if isinstance(value, str) else "null" if value is None else str(value)


def _fields(part: Mapping[str, Any], root: Mapping[str, Any], path: str, left: int) -> Iterator[tuple[str, Declared]]:
    part = _resolved(part, root)
    items = part.get("items")
    if isinstance(items, dict) and left:
        inner = _resolved(cast("Mapping[str, Any]", items), root)
        yield f"{path}[]", _declared(inner, required=False)
        yield from _fields(inner, root, f"{path}[]", left - 1)
    required = set(part.get("required", ()))
    for name, child in part.get("properties", {}).items():
        if not left:
            return
        inner, place = _resolved(child, root), f"{path}.{name}" if path else str(name)
        yield place, _declared(inner, required=name in required)
        yield from _fields(inner, root, place, left - 1)


def _declared(part: Mapping[str, Any], *, required: bool) -> Declared:
    types, words = part.get("type"), part.get("enum", part.get("examples"))
    kinds = frozenset([types] if isinstance(types, str) else types or ())
    is_open = ("object" in kinds or not kinds) and "properties" not in part and words is None
    return Declared(kinds, required, None if words is None else frozenset(map(word_of, words)), is_open)


def _resolved(part: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without references into the document itself, and without the choice of nothing."""
    for _ in range(DEEPEST):
        if "$ref" not in part:
            break
        found: Any = root
        for name in str(part["$ref"]).removeprefix("#/").split("/"):
            found = found[name]
        part = {**found, **{name: value for name, value in part.items() if name != "$ref"}}
    choices = [_resolved(one, root) for how in ("anyOf", "oneOf") for one in part.get(how, ()) if "type" in one or "$ref" in one]
    if not choices or "type" in part:
        return part
    merged: dict[str, Any] = {name: value for one in choices for name, value in one.items()}
    kinds = {kind for one in choices for kind in ([one["type"]] if isinstance(one.get("type"), str) else one.get("type", ()))}
    return {**merged, **part, "type": sorted(kinds)}
