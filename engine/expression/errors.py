"""What can be wrong with an expression: its text at save time, its operands at run time."""

from __future__ import annotations

from typing import Any

from engine.errors import OrderloomError, Problem


class ExpressionError(OrderloomError):
    """An expression cannot be read, or cannot be evaluated with the values it was given.

    ``code`` is a word such as ``expression.no_such_field``; ``line`` and ``column`` (both from 1, in code points) are
    those of the failing sub-expression. Fields name fields, functions and types, never values.
    """

    def __init__(self, code: str, line: int = 1, column: int = 1, **fields: Any) -> None:
        self.code = code
        self.line = line
        self.column = column
        super().__init__(Problem(code, (), {"line": line, "column": column, **fields}))

    @property
    def problem(self) -> Problem:
        return self.problems[0]


class OperationError(Exception):
    """Raised by an operator or function, which does not know its place; becomes an ``ExpressionError`` with one."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class TooCostly(Exception):
    """An evaluation takes too many steps, or builds too much. No operator absorbs it; becomes an ``ExpressionError``."""

    def __init__(self, limit: int) -> None:
        super().__init__("expression.too_costly")
        self.code = "expression.too_costly"
        self.fields = {"limit": limit}


def no_overload(function: str, *kinds: str) -> OperationError:
    """No overload of ``function`` takes operands of these types."""
    return OperationError("expression.no_such_overload", function=function, types=", ".join(kinds))
