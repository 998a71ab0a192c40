"""What a patch changes, as people may see it: before and after, masked; and the fields of a document, one by one, for a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

from engine.privacy.classes import FieldClass
from engine.privacy.item import mask_item
from engine.privacy.masks import HIDDEN
from engine.run.patch import Operation, apply_patch, tokens_of

FieldType = Literal["text", "number", "flag", "json"]
Classes = Mapping[str, FieldClass] | None
"""``None``: nothing is hidden."""


@dataclass(frozen=True, slots=True)
class Change:
    """``part``: ``item`` or ``parameters``; ``path``: with hidden keys masked; ``had`` and ``has``: whether there is a value."""

    part: str
    path: str
    before: Any
    after: Any
    had: bool = True
    has: bool = True


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value in a document: ``tokens`` lead to it, ``label`` says so with hidden keys masked, ``shown`` is what may be seen of it."""

    tokens: tuple[str, ...]
    label: str
    shown: Any
    hidden: bool
    type: FieldType


def changes_of(part: str, document: Any, patch: Sequence[Operation], classes: Classes) -> list[Change]:
    """One for each operation but ``test``."""
    found: list[Change] = []
    for operation in patch:
        after = apply_patch(document, [operation])
        if operation["op"] != "test":
            tokens = tokens_of(str(operation["path"]))
            before, now = _at(document, tokens, classes), _at(after, _settled(after, tokens), classes)
            gone = operation["op"] == "remove"
            inserted = operation["op"] == "add" and isinstance(_parent(document, tokens), list)
            found.append(Change(part, (before if gone else now)[0], before[1], now[1], before[2] and not inserted, not gone))
        document = after
    return found


def leaves_of(document: Mapping[str, Any], classes: Classes) -> Iterator[Leaf]:
    """In the document's own order; what is hidden whole is one leaf, and so is an empty object or list."""
    yield from _leaves(document, _masked(document, classes), (), ())


def type_of(value: Any) -> FieldType:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, (int, float, Decimal)):
        return "number"
    return "text" if value is None or isinstance(value, str) else "json"


def _masked(document: Any, classes: Classes) -> Any:
    return document if classes is None else mask_item(document, classes)


def _leaves(value: Any, masked: Any, tokens: tuple[str, ...], labels: tuple[str, ...]) -> Iterator[Leaf]:
    inner = _children(value)
    if inner and isinstance(masked, (dict, list)):
        for (token, child), (label, shown) in zip(inner, _children(cast("Any", masked)), strict=True):
            yield from _leaves(child, shown, (*tokens, token), (*labels, label))
    else:
        yield Leaf(tokens, _label(labels), masked, masked != value, type_of(value))


def _children(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).items())
    return [(str(n), child) for n, child in enumerate(cast("list[Any]", value))] if isinstance(value, list) else []


def _label(labels: Sequence[str]) -> str:
    return ".".join(labels)


def _at(document: Any, tokens: Sequence[str], classes: Classes) -> tuple[str, Any, bool]:
    """The label of a place, what may be seen of it, and whether there is anything."""
    value, masked, labels = document, _masked(document, classes), list[str]()
    for number, token in enumerate(tokens):
        if not isinstance(masked, (dict, list)):
            return _label([*labels, *[HIDDEN] * (len(tokens) - number)]), HIDDEN, True
        pairs = {name: (child, *shown) for (name, child), shown in zip(_children(value), _children(cast("Any", masked)), strict=True)}
        if token not in pairs:
            return _label([*labels, *tokens[number:]]), None, False
        value, label, masked = pairs[token]
        labels.append(label)
    return _label(labels), masked, True


def _settled(document: Any, tokens: Sequence[str]) -> list[str]:
    """``-``, the place behind the last element of a list, once there is an element."""
    parent = _parent(document, tokens)
    return (
        [*tokens[:-1], str(len(cast("list[Any]", parent)) - 1)] if tokens and tokens[-1] == "-" and isinstance(parent, list) else [*tokens]
    )


def _parent(document: Any, tokens: Sequence[str]) -> Any:
    for token in tokens[:-1]:
        document = dict(_children(document)).get(token)
    return document
