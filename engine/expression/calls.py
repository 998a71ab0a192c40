"""Calls of standard functions: known name, right number of arguments, literals that can work."""

from __future__ import annotations

from typing import Any

from engine.expression.errors import ExpressionError, OperationError
from engine.expression.functions import FUNCTIONS
from engine.expression.strings import check_pattern
from engine.expression.tree import Call, Constant, Node, Place

_FOLDED = frozenset({"money", "timestamp", "duration"})


def call(name: str, target: Node | None, arguments: tuple[Node, ...], place: Place) -> Node:
    """``name(arguments)`` or ``target.name(arguments)``.

    A literal that can never work, such as ``money("ten")``, is refused at once; one that does is computed once.
    """
    function = FUNCTIONS.get(name)
    if function is None or not (function.alone if target is None else function.on_target):
        raise ExpressionError("expression.unknown_function", place.line, place.column, function=name)
    if len(arguments) not in (function.alone if target is None else function.on_target):
        raise ExpressionError("expression.argument_count", place.line, place.column, function=name)
    everything = arguments if target is None else (target, *arguments)
    try:
        return _folded(name, everything, place)
    except OperationError as caught:
        failure = caught
    raise ExpressionError(failure.code, place.line, place.column, **failure.fields)


def _folded(name: str, arguments: tuple[Node, ...], place: Place) -> Node:
    literal: Any = arguments[-1].value if isinstance(arguments[-1], Constant) else None
    if name in _FOLDED and type(literal) in (str, int):
        return Constant(FUNCTIONS[name].call(literal), place)
    if name == "matches" and type(literal) is str:
        check_pattern(literal)
    return Call(name, arguments, place)
