"""Which fields an expression reads, found without running it.

A value stands at *places* in the data, written ``item.amount.paid`` or ``item.lines[].qty``; a filtered list has none
itself, but its elements have. What an operator, a function, a literal or the result takes is read, with all below it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.expression.tree import (
    Binary,
    Call,
    Comprehension,
    Conditional,
    Constant,
    Index,
    Node,
    Select,
    Variable,
    parts,
)

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_ORDERING = frozenset({"<", "<=", ">", ">="})
_NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ordering:
    """A ``<``, ``<=``, ``>`` or ``>=`` and the fields that stand directly on either side of it."""

    relation: Binary
    fields: frozenset[str]


@dataclass(slots=True)
class Reads:
    """What the analysis found: paths read, with everything below them, and orderings of fields."""

    paths: set[str] = field(default_factory=set[str])
    orderings: list[Ordering] = field(default_factory=list[Ordering])


@dataclass(frozen=True, slots=True)
class _Value:
    places: frozenset[str] = _NOWHERE
    elements: frozenset[str] = _NOWHERE

    def inside(self, step: str) -> frozenset[str]:
        return frozenset(place + step for place in self.places) | self.elements


def find_reads(node: Node) -> Reads:
    """All that ``node`` may read when it runs."""
    finder = _Finder()
    finder.use(node)
    return finder.found


def field_step(name: str) -> str:
    """How a field stands in a path: ``.name``, or ``["any name"]`` where it is no plain word."""
    return f".{name}" if _PLAIN_NAME.fullmatch(name) else f"[{json.dumps(name, ensure_ascii=False)}]"


class _Finder:
    def __init__(self) -> None:
        self.found = Reads()
        self._scope: dict[int, _Value] = {}
        self._touched: set[int] = set()
        self._finders: dict[type, Callable[[Any], _Value]] = {
            Variable: self._variable,
            Select: self._select,
            Index: self._index,
            Conditional: self._conditional,
            Comprehension: self._comprehension,
            Call: self._call,
            Binary: self._binary,
        }

    def use(self, *nodes: Node) -> _Value:
        for node in nodes:
            value = self._value(node)
            self.found.paths |= value.places | value.elements
        return _Value()

    def _value(self, node: Node) -> _Value:
        finder = self._finders.get(type(node))
        return finder(node) if finder else self.use(*parts(node))

    def _variable(self, node: Variable) -> _Value:
        self._touched.add(node.local)
        return self._scope[node.local] if node.local else _Value(frozenset({node.name}))

    def _select(self, node: Select) -> _Value:
        selected = _Value(self._value(node.operand).inside(field_step(node.field)))
        if node.test:
            self.found.paths |= selected.places
            return _Value()
        return selected

    def _index(self, node: Index) -> _Value:
        self.use(node.key)
        constant = node.key.value if isinstance(node.key, Constant) else None
        return _Value(self._value(node.operand).inside(field_step(constant) if isinstance(constant, str) else "[]"))

    def _conditional(self, node: Conditional) -> _Value:
        self.use(node.condition)
        then, otherwise = self._value(node.then), self._value(node.otherwise)
        return _Value(then.places | otherwise.places, then.elements | otherwise.elements)

    def _comprehension(self, node: Comprehension) -> _Value:
        source, local = self._value(node.source), node.variable.local
        self._scope[local] = _Value(source.inside("[]"))
        if node.condition is not None:
            self.use(node.condition)
        if node.result is not None:
            self.use(node.result)
        if local not in self._touched:
            self.found.paths |= source.places | source.elements
        return _Value(elements=self._scope[local].places) if node.macro == "filter" else _Value()

    def _call(self, node: Call) -> _Value:
        if node.function == "dyn":
            return self._value(node.arguments[0])
        return self.use(*node.arguments)

    def _binary(self, node: Binary) -> _Value:
        left, right = self._value(node.left), self._value(node.right)
        fields = left.places | right.places
        self.found.paths |= fields | left.elements | right.elements
        if node.operator in _ORDERING and fields:
            self.found.orderings.append(Ordering(node, fields))
        return _Value()
