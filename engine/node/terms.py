"""How a payload of a drifted form is told in the form that flows know: fields moved back, words said as before. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec

from engine.node.items import Item


class Terms(msgspec.Struct, frozen=True):
    """``moves``: (where a value stands now, where it belongs); ``words``: (field, new word, known word). Paths may pass lists
    (``lines[].price``). ``version``: of the form in which they are kept.

    What they say is kept with each event, so that every recompute applies the same (decision 0026).
    """

    version: int
    moves: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str, str], ...] = ()
    envelopes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.moves or self.words)


def terms_document(terms: Terms) -> dict[str, Any]:
    """As they are kept, with an event or a fact."""
    return msgspec.to_builtins(terms)


def read_terms(document: Any) -> Terms | None:
    return None if document is None else msgspec.convert(document, Terms)


def in_terms(item: Item, terms: Terms) -> Item:
    """A copy with everything where it belongs. A field that is there already stays; what does not fit is left as it is."""
    return inside(item, terms.envelopes, lambda inner: _told(inner, terms))


def inside(item: Item, envelopes: tuple[str, ...], how: Callable[[Item], Item]) -> Item:
    """``how`` applied to the order inside its wrappers."""
    for number, name in enumerate(envelopes):
        inner = item.get(name)
        if isinstance(inner, dict):
            return {**item, name: inside(cast("Item", inner), envelopes[number + 1 :], how)}
    return how(item)


def are_apart(source: str, target: str) -> bool:
    """Whether a value can move from one path to the other: both pass the same lists, and none lies inside the other's own list."""
    _, left, right = _split(source, target)
    return left != right and bool(left) and bool(right) and not any(part.endswith("[]") for part in (*left, *right))


def _told(item: Item, terms: Terms) -> Item:
    for source, target in terms.moves:
        around, left, right = _split(source, target)
        item = _at(item, around, lambda inner, left=left, right=right: _moved(inner, left, right))
    for path, found, known in terms.words:
        *around, name = path.split(".")
        item = _at(item, around, lambda inner, name=name, found=found, known=known: _said(inner, name, found, known))
    return item


def _split(source: str, target: str) -> tuple[list[str], list[str], list[str]]:
    """What both paths share, and the rest of each."""
    left, right = source.split("."), target.split(".")
    shared = 0
    while shared < min(len(left), len(right)) - 1 and left[shared] == right[shared]:
        shared += 1
    return left[:shared], left[shared:], right[shared:]


def _at(item: Item, around: list[str], how: Callable[[Item], Item]) -> Item:
    """``how`` applied to the object, or to each of the objects of a list, at a place."""
    if not around:
        return how(item)
    name, rest = around[0], around[1:]
    key = name.removesuffix("[]")
    value: Any = item.get(key)
    if name.endswith("[]") and isinstance(value, list):
        parts = [_at(cast("Item", one), rest, how) if isinstance(one, dict) else one for one in cast("list[Any]", value)]
        return {**item, key: parts}
    return {**item, key: _at(cast("Item", value), rest, how)} if isinstance(value, dict) else item


def _moved(item: Item, source: list[str], target: list[str]) -> Item:
    value = _value(item, source)
    held = _value(item, target)
    if value is None or (held is not None and source[: len(target)] != target):
        return item
    return _put(_without(item, source), target, value)


def _value(item: Item, path: list[str]) -> Any:
    value: Any = item
    for name in path:
        if not isinstance(value, dict):
            return None
        value = cast("Item", value).get(name)
    return value


def _without(item: Item, path: list[str]) -> Item:
    name, rest = path[0], path[1:]
    if not rest:
        return {key: value for key, value in item.items() if key != name}
    inner = item.get(name)
    return {**item, name: _without(cast("Item", inner), rest)} if isinstance(inner, dict) else item


def _put(item: Item, path: list[str], value: Any) -> Item:
    name, rest = path[0], path[1:]
    if not rest:
        return {**item, name: value}
    inner = item.get(name)
    return {**item, name: _put(cast("Item", inner) if isinstance(inner, dict) else {}, rest, value)}


def _said(item: Item, name: str, found: str, known: str) -> Item:
    key = name.removesuffix("[]")
    value = item.get(key)
    return {**item, key: int(known) if isinstance(value, int) else known} if value is not None and str(value) == found else item
