"""Names by which generated source calls the helpers, and the globals that it runs with."""

from __future__ import annotations

from typing import Any, NoReturn

from engine.expression import arithmetic, cost, relations
from engine.expression.errors import OperationError, TooCostly, no_overload
from engine.expression.functions import FUNCTIONS
from engine.expression.json_values import plain
from engine.expression.kinds import kind
from engine.expression.money_value import read_money

ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}
RELATIONS = {
    "==": "equal",
    "!=": "different",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}
FAILURES = (OperationError, KeyError, TypeError, IndexError, ValueError, ArithmeticError, RecursionError)
"""What an operation may raise: an operator absorbs these, and the compiled function turns them into ExpressionError."""
ENDINGS = (*FAILURES, TooCostly)
"""What ends an evaluation: nothing absorbs the last."""


def _not_bool(function: str, value: Any) -> NoReturn:
    raise no_overload(function, kind(value))


GLOBALS: dict[str, Any] = {
    "__builtins__": {},
    "FAILURES": FAILURES,
    "ENDINGS": ENDINGS,
    "type": type,
    "len": len,
    "iter": iter,
    "int": int,
    "str": str,
    "list": list,
    "dict": dict,
    "starts": str.startswith,
    "ends": str.endswith,
    "plain": plain,
    "SIZED": cost.SIZED,
    "too_costly": cost.too_costly,
    "left_out": cost.left_out,
    "joined": cost.joined,
    "weigh": cost.weigh,
    "weigh_pattern": cost.weigh_pattern,
    "whole": cost.whole,
    "read_money": read_money,
    "not_bool": _not_bool,
    "negate": arithmetic.negate,
    "index": relations.index,
    "contained": relations.contained,
    "has_field": relations.has_field,
    "range_of": relations.range_of,
    "new_map": relations.new_map,
    **{name: getattr(arithmetic, name) for name in ARITHMETIC.values()},
    **{name: getattr(relations, name) for name in RELATIONS.values()},
    **{f"f_{name}": function.call for name, function in FUNCTIONS.items()},
}
