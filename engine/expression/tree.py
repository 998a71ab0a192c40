"""The syntax tree of an expression, with every name resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sub-expression stands: line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or the name of a type."""

    value: object
    place: Place


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the expression, or of a macro (``local`` > 0: a number unique in the expression)."""

    name: str
    local: int
    place: Place


@dataclass(frozen=True, slots=True)
class Select:
    """``operand.field``; with ``test`` it is ``has(operand.field)``."""

    operand: Node
    field: str
    place: Place
    test: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """``operand[key]``."""

    operand: Node
    key: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Unary:
    """``!`` or ``-`` before an operand."""

    operator: str
    operand: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands with an arithmetic operator or a relation between."""

    operator: str
    left: Node
    right: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Logic:
    """``&&`` or ``||`` over two or more operands; an error in one is absorbed by a deciding other."""

    operator: str
    operands: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? then : otherwise``."""

    condition: Node
    then: Node
    otherwise: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the standard library; for ``a.f(b)`` the target comes first in ``arguments``."""

    function: str
    arguments: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """``[a, b]``."""

    elements: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """``{key: value}``."""

    entries: tuple[tuple[Node, Node], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Comprehension:
    """A macro over a list or the keys of a map: ``all``, ``exists``, ``exists_one``, ``map`` or ``filter``."""

    macro: str
    source: Node
    variable: Variable
    condition: Node | None
    result: Node | None
    place: Place


Node = Constant | Variable | Select | Index | Unary | Binary | Logic | Conditional | Call | ListLiteral | MapLiteral | Comprehension


def parts(node: Node) -> Sequence[Node]:
    """The sub-expressions of a node, in the order of the text."""
    find = _PARTS.get(type(node))
    return find(node) if find else ()


_PARTS: Mapping[type, Callable[[Any], Sequence[Node]]] = {
    Select: lambda node: (node.operand,),
    Index: lambda node: (node.operand, node.key),
    Unary: lambda node: (node.operand,),
    Binary: lambda node: (node.left, node.right),
    Logic: lambda node: node.operands,
    Conditional: lambda node: (node.condition, node.then, node.otherwise),
    Call: lambda node: node.arguments,
    ListLiteral: lambda node: node.elements,
    MapLiteral: lambda node: [part for entry in node.entries for part in entry],
    Comprehension: lambda node: [part for part in (node.source, node.condition, node.result) if part is not None],
}
