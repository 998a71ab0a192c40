"""Macros as loops: ``all`` and ``exists`` absorb the errors of single elements, the others do not.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.expression.cost import steps_each
from engine.expression.kinds import BOOL, LIST
from engine.expression.tree import Comprehension

if TYPE_CHECKING:
    from engine.expression.codegen import Writer
    from engine.expression.inline import Operand


class MacroWriter:
    """Writes the loop of a macro with the help of the writer of expressions."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._out = writer.out

    def write(self, node: Comprehension) -> Operand:
        source = self._source(node)
        key = (node.variable.name, node.variable.local)
        self._pay(node, source)
        element = self._writer.scope[key] = self._out.name("x")
        try:
            write = self._quantifier if node.macro in ("all", "exists") else self._collection
            return write(node, source, element)
        finally:
            del self._writer.scope[key]

    def _source(self, node: Comprehension) -> str:
        source = self._writer.name(node.source)
        if source.kind == LIST:
            return source.code
        code = source.code
        return self._writer.assigned(f"{code} if type({code}) is list else range_of({code})", None, node.place).code

    def _pay(self, node: Comprehension, source: str) -> None:
        self._out.emit(f"budget[0] -= {_steps(node, f'len({source})')}")
        self._out.emit("if budget[0] < 0: too_costly()", node.place)

    def _quantifier(self, node: Comprehension, source: str, element: str) -> Operand:
        out, decided, undecided = self._out, str(node.macro == "exists"), str(node.macro == "all")
        result, found, pending, elements = out.name("t"), out.name("t"), out.name("e"), out.name("i")
        out.emit(f"{result} = {undecided}")
        out.emit(f"{pending} = None")
        out.emit(f"{elements} = iter({source})")
        with out.block(f"for {element} in {elements}:"):
            with out.attempt(pending, found, undecided):
                out.emit(f"{found} = {self._condition(node)}")
            with out.block(f"if {found} is {decided}:"):
                out.emit(f"{result} = {decided}")
                out.emit(f"budget[0] += {_steps(node, f'left_out({elements})')}")
                out.emit("break")
        out.emit(f"if {pending} is not None and {result} is {undecided}: raise {pending}")
        out.emit(f"{pending} = None")
        return self._writer.operand(result, BOOL)

    def _collection(self, node: Comprehension, source: str, element: str) -> Operand:
        result = self._writer.assigned("[]", LIST, node.place)
        with self._out.block(f"for {element} in {source}:"):
            if node.condition is not None:
                self._out.emit(f"if not {self._condition(node)}: continue")
            made = element if node.result is None else self._writer.value(node.result).code
            self._out.emit(f"{result.code} += [{made}]")
        if node.macro != "exists_one":
            return result
        return self._writer.assigned(f"len({result.code}) == 1", BOOL, node.place)

    def _condition(self, node: Comprehension) -> str:
        return self._writer.truth(node.condition, node.macro) if node.condition is not None else "True"


def _steps(node: Comprehension, elements: str) -> str:
    each = steps_each(node)
    return elements if each == 1 else f"{each} * {elements}"
