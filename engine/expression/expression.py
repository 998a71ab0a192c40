"""A condition or mapping in CEL, the Common Expression Language: read once, compiled when first needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from engine.errors import Problem
from engine.expression.codegen import generate
from engine.expression.compiled import compile_program
from engine.expression.errors import ExpressionError
from engine.expression.parse import parse
from engine.expression.reads import Reads, find_reads
from engine.expression.tree import Node, Place

VARIABLES = ("item", "event", "flow")


class Expression:
    """An expression over ``variables``; reading it raises ``ExpressionError`` for anything that can be seen at once.

    The language is CEL without protobuf messages and uint (https://github.com/google/cel-spec), and ``money(x)``: exact
    amounts from decimal strings and whole numbers. Fractional numbers of JSON (``Decimal``) are doubles to operators;
    whole numbers beyond 64 bits may be compared, printed and handed on, but not calculated with.
    """

    def __init__(self, text: str, variables: Collection[str] = VARIABLES) -> None:
        self.text = text
        self.variables = tuple(variables)
        self._parsed = _parsed(text, self.variables)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, variables: Mapping[str, object]) -> object:
        """The value: ``None``, bool, int, float, str, bytes, list, dict, aware UTC datetime, timedelta or ``MoneyValue``.

        A fractional number that is only handed on stays the ``Decimal`` that it was; a type becomes its name.
        Raises ``ExpressionError`` with the place of the sub-expression that failed. Variables that the expression does
        not use may be left out.
        """
        for name in self._parsed.used:
            if name not in variables:
                raise ExpressionError("expression.unknown_name", name=name)
        return self.function(*(variables.get(name) for name in self.variables))

    @cached_property
    def function(self) -> Callable[..., object]:
        """The compiled function: takes the variables by position in their declared order, raises only ``ExpressionError``."""
        return _compiled(self.text, self.variables)

    @property
    def reads(self) -> frozenset[str]:
        """The paths that it may read, such as ``item.lines[].qty``; a path stands for all that lies below it too.

        ``[]`` is any element of a list or any key of a map; a field whose name is no plain word is ``["…"]``.
        """
        return self._parsed.paths

    def check_money(self, money_paths: Collection[str]) -> list[Problem]:
        """A problem ``expression.money_as_text`` for each money field that is ordered without ``money()``.

        ``money_paths`` are written as in ``reads``.
        """
        return [
            Problem(
                "expression.money_as_text",
                (),
                {"line": place.line, "column": place.column, "path": path, "operator": ordering.relation.operator},
            )
            for ordering in self._parsed.found.orderings
            for path in sorted(ordering.fields.intersection(money_paths))
            for place in (ordering.relation.place,)
        ]


class _Parsed(NamedTuple):
    node: Node
    found: Reads
    paths: frozenset[str]
    used: tuple[str, ...]


@lru_cache(maxsize=2048)
def _parsed(text: str, variables: tuple[str, ...]) -> _Parsed:
    node = parse(text, variables)
    found = find_reads(node)
    paths = frozenset(found.paths)
    roots = {path.partition(".")[0].partition("[")[0] for path in paths}
    return _Parsed(node, found, paths, tuple(name for name in variables if name in roots))


@lru_cache(maxsize=2048)
def _compiled(text: str, variables: tuple[str, ...]) -> Callable[..., object]:
    return compile_program(generate(_parsed(text, variables).node, variables), Place(1, 1))
