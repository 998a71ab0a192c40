"""From the syntax tree to Python source: one statement for each operation, the usual types inline, the rest in helpers.

Every name in the source is generated and every literal is a ``repr`` of a checked value, so no part of the text of an
expression becomes source. Values are only ever subscripted, compared and handed to helpers: no attribute is read.
CPython allows 20 nested blocks; what nests deeper becomes a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from engine.expression.cost import MOST_STEPS, is_counted
from engine.expression.emitter import Emitter, Line
from engine.expression.functions import FUNCTIONS, SCANNED
from engine.expression.inline import Operand, call, grouped, relation, words_of
from engine.expression.kinds import BOOL, DOUBLE, DURATION, INT, LIST, MAP, MONEY, NULL, SCALAR, STRING, TIMESTAMP, TYPE, kind
from engine.expression.macros import MacroWriter
from engine.expression.operations import ARITHMETIC
from engine.expression.tree import (
    Binary,
    Call,
    Comprehension,
    Conditional,
    Constant,
    Index,
    ListLiteral,
    Logic,
    MapLiteral,
    Node,
    Place,
    Select,
    Unary,
    Variable,
)

_MAX_NESTING = 9
_CONVERTED_AT_EXIT = frozenset({None, LIST, MAP, TIMESTAMP, DURATION, TYPE})


@dataclass(frozen=True, slots=True)
class Program:
    """Generated source: ``evaluate(v0, v1, …)`` takes the variables in their declared order."""

    lines: tuple[Line, ...]
    constants: dict[str, object]

    @property
    def source(self) -> str:
        return "\n".join(line.text for line in self.lines)


def generate(node: Node, variables: Collection[str]) -> Program:
    """The program that computes ``node``."""
    writer = Writer(variables)
    writer.program(node)
    return Program(tuple(writer.out.lines), writer.out.constants)


class Writer:
    """Writes the statements of a tree; ``scope`` holds the Python name of each variable in reach."""

    def __init__(self, variables: Collection[str]) -> None:
        self.out = Emitter()
        self.scope = {(name, 0): f"v{number}" for number, name in enumerate(variables)}
        self._counted = False
        self._macros = MacroWriter(self)
        self._writers: dict[type, Callable[[Any], Operand]] = {
            Constant: self._constant,
            Variable: self._variable,
            Select: self._select,
            Index: self._index,
            Unary: self._unary,
            Binary: self._binary,
            Logic: self._logic,
            Conditional: self._conditional,
            Call: self._call,
            ListLiteral: self._list,
            MapLiteral: self._map,
            Comprehension: self._macros.write,
        }

    def program(self, node: Node) -> None:
        self._counted = is_counted(node)
        with self.out.function(f"def evaluate({', '.join(self.scope.values())}):"):
            with self.out.block("try:"):
                if self._counted:
                    self.out.emit(f"budget = [{MOST_STEPS}]")
                result = self.value(node)
                if self._counted and result.kind in (None, LIST, MAP):
                    self.out.emit(f"whole({result.code})", node.place)
                plain = result.kind in _CONVERTED_AT_EXIT and not isinstance(node, (Select, Variable))
                self.out.emit(f"return plain({result.code})" if plain else f"return {result.code}", node.place)
            with self.out.block("except ENDINGS as caught:"):
                self.out.emit("error = located(caught)")
            with self.out.block("try:"):
                self.out.emit("raise error")
            with self.out.block("finally:"):
                self.out.emit("del error")

    def value(self, node: Node) -> Operand:
        if self.out.depth > _MAX_NESTING and isinstance(node, (Logic, Conditional, Comprehension)):
            return self._in_function(node)
        return self._writers[type(node)](node)

    def name(self, node: Node) -> Operand:
        """Like ``value``, but never a literal: Python warns of a subscripted literal."""
        operand = self.value(node)
        return self.assigned(operand.code, operand.kind, node.place) if isinstance(node, Constant) else operand

    def truth(self, node: Node, function: str) -> str:
        """A name that holds a bool."""
        operand = self.name(node)
        if operand.kind != BOOL:
            code = operand.code
            self.out.emit(f"if {code} is not True and {code} is not False: not_bool({function!r}, {code})", node.place)
        return operand.code

    def operand(self, code: str, kind: str | None) -> Operand:
        return Operand(code, kind)

    def assigned(self, code: str, kind: str | None, place: Place, field: str | None = None) -> Operand:
        name = self.out.name("t")
        self.out.emit(f"{name} = {code}", place, field)
        return Operand(name, kind)

    def _in_function(self, node: Node) -> Operand:
        function, parameters = self.out.name("f"), ", ".join([*self.scope.values(), *(["budget"] if self._counted else [])])
        with self.out.function(f"def {function}({parameters}):"):
            result = self._writers[type(node)](node)
            self.out.emit(f"return {result.code}")
        return self.assigned(f"{function}({parameters})", result.kind, node.place)

    def _weigh(self, operand: Operand, place: Place) -> None:
        """Where steps are counted, an operation pays for the size of what it goes through."""
        if self._counted and operand.kind not in SCALAR:
            self.out.emit(f"if type({operand.code}) in SIZED: weigh(budget, {operand.code})", place)

    def _constant(self, node: Constant) -> Operand:
        name = kind(node.value)
        if name in (NULL, BOOL, INT, DOUBLE, STRING):
            return Operand(f"({node.value!r})" if name in (INT, DOUBLE) else repr(node.value), name)
        return Operand(self.out.constant(node.value), name)

    def _variable(self, node: Variable) -> Operand:
        return Operand(self.scope[node.name, node.local])

    def _select(self, node: Select) -> Operand:
        operand, field = self.name(node.operand).code, repr(node.field)
        if not node.test:
            return self.assigned(f"{operand}[{field}]", None, node.place, node.field)
        code = f"{field} in {operand} if type({operand}) is dict else has_field({operand}, {field})"
        return self.assigned(code, BOOL, node.place)

    def _index(self, node: Index) -> Operand:
        operand, key = self.name(node.operand).code, self.value(node.key).code
        helper = f"index({operand}, {key})"
        literal = node.key.value if isinstance(node.key, Constant) else None
        if type(literal) is str:
            return self.assigned(f"{operand}[{key}] if type({operand}) is dict else {helper}", None, node.place, literal)
        if type(literal) is int and literal >= 0:
            return self.assigned(f"{operand}[{key}] if type({operand}) is list else {helper}", None, node.place)
        return self.assigned(helper, None, node.place)

    def _unary(self, node: Unary) -> Operand:
        if node.operator == "!":
            return self.assigned(f"not {self.truth(node.operand, '!')}", BOOL, node.place)
        operand = self.value(node.operand)
        return self.assigned(f"negate({operand.code})", operand.kind, node.place)

    def _binary(self, node: Binary) -> Operand:
        if node.operator == "in":
            return self._membership(node)
        left, right = self.name(node.left), self.value(node.right)
        if helper := ARITHMETIC.get(node.operator):
            same = left.kind if left.kind == right.kind and left.kind in (INT, DOUBLE, STRING, MONEY) else None
            made = f"{helper}({left.code}, {right.code})"
            joins = self._counted and node.operator == "+" and not {left.kind, right.kind} & SCALAR
            return self.assigned(f"joined(budget, {made})" if joins else made, same, node.place)
        if not isinstance(node.left, Constant) and not isinstance(node.right, Constant) and right.kind not in SCALAR:
            self._weigh(left, node.place)
        return self.assigned(relation(node.operator, left, right), BOOL, node.place)

    def _membership(self, node: Binary) -> Operand:
        left = self.name(node.left).code
        if isinstance(node.right, ListLiteral) and (words := words_of(node.right)):
            constant = self.out.constant(words)
            code = f"{left} in {constant} if type({left}) is str else contained({left}, [*{constant}])"
        else:
            right = self.value(node.right)
            if not isinstance(node.right, MapLiteral):
                self._weigh(right, node.place)
            code = f"contained({left}, {right.code})"
        return self.assigned(code, BOOL, node.place)

    def _logic(self, node: Logic) -> Operand:
        result, pending = self.out.name("t"), self.out.name("e")
        self.out.emit(f"{pending} = None")
        self._operands(grouped(node), node.operator, result, pending)
        # An error that was absorbed holds this frame, and the frame the error.
        self.out.emit(f"{pending} = None")
        return Operand(result, BOOL)

    def _operands(self, operands: tuple[Node, ...], operator: str, result: str, pending: str) -> None:
        undecided, first = str(operator == "&&"), operands[0]
        if len(operands) == 1:
            self.out.emit(f"{result} = {self.truth(first, operator)}")
            self.out.emit(f"if {pending} is not None and {result} is {undecided}: raise {pending}")
            return
        with self.out.attempt(pending, result, undecided):
            self.out.emit(f"{result} = {self.truth(first, operator)}")
        with self.out.block(f"if {result} is {undecided}:"):
            self._operands(operands[1:], operator, result, pending)

    def _conditional(self, node: Conditional) -> Operand:
        result, condition = self.out.name("t"), self.truth(node.condition, "?:")
        with self.out.block(f"if {condition}:"):
            then = self.value(node.then)
            self.out.emit(f"{result} = {then.code}")
        with self.out.block("else:"):
            otherwise = self.value(node.otherwise)
            self.out.emit(f"{result} = {otherwise.code}")
        return Operand(result, then.kind if then.kind == otherwise.kind else None)

    def _call(self, node: Call) -> Operand:
        operands = [self.value(argument) for argument in node.arguments]
        for number in SCANNED.get(node.function, ()):
            if not isinstance(node.arguments[number], Constant):
                self._weigh(operands[number], node.place)
        if self._counted and node.function == "matches" and not isinstance(node.arguments[1], Constant):
            self.out.emit(f"weigh_pattern(budget, {operands[1].code})", node.place)
        code = call(node.function, operands)
        return self.assigned(code, FUNCTIONS[node.function].result, node.place)

    def _list(self, node: ListLiteral) -> Operand:
        codes = [self.value(element).code for element in node.elements]
        return self.assigned(f"[{', '.join(codes)}]", LIST, node.place)

    def _map(self, node: MapLiteral) -> Operand:
        pairs = [f"({self.value(key).code}, {self.value(value).code})" for key, value in node.entries]
        return self.assigned(f"new_map([{', '.join(pairs)}])", MAP, node.place)
