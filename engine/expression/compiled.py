"""From a program to a Python function whose errors carry the place of the sub-expression that failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from engine.expression.codegen import Program
from engine.expression.emitter import Line
from engine.expression.errors import ExpressionError, OperationError, TooCostly
from engine.expression.operations import GLOBALS
from engine.expression.tree import Place

Evaluate = Callable[..., object]
_FILE = "<expression>"


def compile_program(program: Program, start: Place) -> Evaluate:
    """The function; errors whose line is unknown are placed at ``start``."""
    names: dict[str, object] = {**GLOBALS, **program.constants, "located": _locator(program.lines, start)}
    exec(compile(program.source, _FILE, "exec"), names)  # noqa: S102 - the source holds generated names and checked literals only
    function = names["evaluate"]
    if not callable(function):
        raise TypeError("the generated program has no function")
    return function


def _locator(lines: Sequence[Line], start: Place) -> Callable[[Exception], ExpressionError]:
    def located(caught: Exception) -> ExpressionError:
        line = _failing_line(caught.__traceback__, lines)
        place = (line and line.place) or start
        code, fields = _described(caught, line.field if line else None)
        return ExpressionError(code, place.line, place.column, **fields)

    return located


def _failing_line(trace: TracebackType | None, lines: Sequence[Line]) -> Line | None:
    found: Line | None = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            line = lines[trace.tb_lineno - 1]
            found = line if line.place is not None else found
        trace = trace.tb_next
    return found


def _described(caught: Exception, field: str | None) -> tuple[str, Mapping[str, object]]:
    if field and (isinstance(caught, KeyError) or (isinstance(caught, OperationError) and caught.code == "expression.no_such_key")):
        return "expression.no_such_field", {"field": field}
    if isinstance(caught, (OperationError, TooCostly)):
        return caught.code, caught.fields
    if isinstance(caught, TypeError) and field is not None:
        return "expression.not_an_object", {"field": field}
    if isinstance(caught, IndexError):
        return "expression.index", {}
    if isinstance(caught, RecursionError):
        return "expression.data_too_deep", {}
    return "expression.overflow", {}
