"""The Python code of single operations: the usual types inline, behind a check of the type; the rest in helpers."""

from __future__ import annotations

from dataclasses import dataclass

from engine.expression.kinds import BOOL, DOUBLE, INT, MONEY, NULL, STRING
from engine.expression.operations import RELATIONS
from engine.expression.tree import Constant, ListLiteral, Logic, Node

_CHAIN = 5
_INLINE_TYPES = {INT: "int", STRING: "str"}
_COMPARED_NATIVELY = frozenset({INT, STRING, MONEY, BOOL, DOUBLE})
_INLINE_CALLS = {"contains": "{1} in {0}", "startsWith": "starts({0}, {1})", "endsWith": "ends({0}, {1})", "money": "read_money({0})"}


@dataclass(frozen=True, slots=True)
class Operand:
    """Python code without effect that stands for a value, and the value's type where it is known."""

    code: str
    kind: str | None = None


def call(function: str, operands: list[Operand]) -> str:
    """A call of a standard function, the usual string functions inline."""
    codes = [operand.code for operand in operands]
    helper = f"f_{function}({', '.join(codes)})"
    if function == "size":
        return f"len({codes[0]}) if type({codes[0]}) is list else {helper}"
    inline = _INLINE_CALLS.get(function)
    return _guarded(inline.format(*codes), operands, STRING, helper) if inline else helper


def relation(operator: str, left: Operand, right: Operand) -> str:
    """A relation; of ints or strings, and of what is known to be of one type, without a helper."""
    helper = f"{RELATIONS[operator]}({left.code}, {right.code})"
    native = f"{left.code} {operator} {right.code}"
    if operator in ("==", "!=") and right.kind == NULL:
        return f"{left.code} {'is' if operator == '==' else 'is not'} None"
    if left.kind == right.kind and left.kind in _COMPARED_NATIVELY:
        return native
    known = {left.kind, right.kind} - {None}
    if known <= {INT} or known == {STRING}:
        return _guarded(native, [left, right], STRING if known == {STRING} else INT, helper)
    return helper


def _guarded(fast: str, operands: list[Operand], kind: str, helper: str) -> str:
    open_ones = [operand.code for operand in operands if operand.kind is None]
    if any(operand.kind not in (None, kind) for operand in operands):
        return helper
    guard = " and ".join(f"type({code}) is {_INLINE_TYPES[kind]}" for code in open_ones)
    return f"{fast} if {guard} else {helper}" if guard else fast


def words_of(node: ListLiteral) -> tuple[str, ...]:
    """The elements of a list that holds string literals only, else nothing."""
    words = [element.value for element in node.elements if isinstance(element, Constant) and type(element.value) is str]
    return tuple(str(word) for word in words) if len(words) == len(node.elements) else ()


def grouped(node: Logic) -> tuple[Node, ...]:
    """The operands in groups of a few, so that a long chain does not nest as deep as it is long."""
    operands: tuple[Node, ...] = node.operands
    while len(operands) > _CHAIN:
        groups = [operands[start : start + _CHAIN] for start in range(0, len(operands), _CHAIN)]
        operands = tuple(group[0] if len(group) == 1 else Logic(node.operator, group, group[0].place) for group in groups)
    return operands
