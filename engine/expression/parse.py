"""From the parse tree to our syntax tree: names resolved, macros recognised, literals read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager

from engine.expression import kinds, literals
from engine.expression.calls import call
from engine.expression.errors import ExpressionError, OperationError
from engine.expression.grammar import parse_tree
from engine.expression.lark_tree import WRAPPERS, LarkTree, child, children, dotted, items, place_of, place_of_token, token_at
from engine.expression.tree import (
    Binary,
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

MAX_DEPTH = 100

_OPERATORS = {
    "relation_lt": "<",
    "relation_le": "<=",
    "relation_gt": ">",
    "relation_ge": ">=",
    "relation_eq": "==",
    "relation_ne": "!=",
    "relation_in": "in",
    "addition_add": "+",
    "addition_sub": "-",
    "multiplication_mul": "*",
    "multiplication_div": "/",
    "multiplication_mod": "%",
}
_MACROS = {"all": (2,), "exists": (2,), "exists_one": (2,), "map": (2, 3), "filter": (2,)}
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop", "namespace"}
    | {"null", "package", "return", "true", "var", "void", "while"}
)
_LITERALS: dict[str, Callable[[str], object]] = {
    "INT_LIT": literals.read_int,
    "FLOAT_LIT": literals.read_double,
    "STRING_LIT": literals.read_string,
    "MLSTRING_LIT": literals.read_string,
    "BYTES_LIT": literals.read_bytes,
    "NULL_LIT": lambda _: None,
    "BOOL_LIT": lambda word: word == "true",
}


def parse(text: str, variables: Collection[str]) -> Node:
    """The syntax tree of ``text``; raises ``ExpressionError`` for bad syntax, unknown names and impossible literals."""
    try:
        return _Reader(variables).node(parse_tree(text))
    except RecursionError:
        pass
    raise ExpressionError("expression.too_deep", limit=MAX_DEPTH)


class _Reader:
    def __init__(self, variables: Collection[str]) -> None:
        self._variables = frozenset(variables)
        self._scope: list[Variable] = []
        self._locals = 0
        self._depth = 0
        self._readers: dict[str, Callable[[LarkTree], Node]] = {
            "expr": self._conditional,
            "conditionalor": self._logic,
            "conditionaland": self._logic,
            "relation": self._binary,
            "addition": self._binary,
            "multiplication": self._binary,
            "unary": self._unary,
            "member_dot": self._select,
            "member_dot_arg": self._method,
            "member_index": self._index,
            "member_object": self._message,
            "ident": self._ident,
            "ident_arg": self._function,
            "dot_ident": self._root,
            "dot_ident_arg": self._function,
            "list_lit": self._list,
            "map_lit": self._map,
            "literal": self._literal,
        }

    def node(self, tree: LarkTree) -> Node:
        while tree.data in WRAPPERS and len(tree.children) == 1:
            tree = child(tree, 0)
        if self._depth >= MAX_DEPTH:
            raise _error("expression.too_deep", place_of(tree), limit=MAX_DEPTH)
        self._depth += 1
        try:
            return self._readers[str(tree.data)](tree)
        finally:
            self._depth -= 1

    def _conditional(self, tree: LarkTree) -> Node:
        condition, then, otherwise = (self.node(part) for part in children(tree))
        return Conditional(condition, then, otherwise, place_of(tree))

    def _logic(self, tree: LarkTree) -> Node:
        operands: list[Node] = []
        rest, rule = tree, tree.data
        while rest.data == rule and len(rest.children) == 2:
            operands.append(self.node(child(rest, 1)))
            rest = child(rest, 0)
        operands.append(self.node(rest))
        return Logic("||" if rule == "conditionalor" else "&&", tuple(reversed(operands)), place_of(tree))

    def _binary(self, tree: LarkTree) -> Node:
        left, right = children(tree)
        operator = _OPERATORS[str(left.data)]
        place = Place(left.meta.end_line, left.meta.end_column - len(operator))
        return Binary(operator, self.node(child(left, 0)), self.node(right), place)

    def _unary(self, tree: LarkTree) -> Node:
        sign, operand = children(tree)
        return Unary("!" if sign.data == "unary_not" else "-", self.node(operand), place_of(tree))

    def _select(self, tree: LarkTree) -> Node:
        name = dotted(tree)
        if name in kinds.NAMES and not self._known(name.partition(".")[0]):
            return Constant(kinds.TypeValue(name), place_of(tree))
        field = token_at(tree, 1)
        return Select(self.node(child(tree, 0)), str(field).strip("`"), place_of_token(field))

    def _index(self, tree: LarkTree) -> Node:
        operand, key = children(tree)
        return Index(self.node(operand), self.node(key), Place(operand.meta.end_line, operand.meta.end_column))

    def _message(self, tree: LarkTree) -> Node:
        raise _error("expression.unsupported", place_of(tree), feature="message {}")

    def _method(self, tree: LarkTree) -> Node:
        name, place = str(token_at(tree, 1)), place_of_token(token_at(tree, 1))
        arguments = items(tree)
        if len(arguments) in _MACROS.get(name, ()):
            return self._macro(name, child(tree, 0), arguments, place)
        return call(name, self.node(child(tree, 0)), tuple(self.node(argument) for argument in arguments), place)

    def _macro(self, macro: str, source: LarkTree, arguments: list[LarkTree], place: Place) -> Node:
        over = self.node(source)
        with self._local(arguments[0]) as variable:
            parts = [self.node(argument) for argument in arguments[1:]]
        condition = None if macro == "map" and len(parts) == 1 else parts[0]
        return Comprehension(macro, over, variable, condition, parts[-1] if macro == "map" else None, place)

    @contextmanager
    def _local(self, tree: LarkTree) -> Generator[Variable]:
        while tree.data in WRAPPERS and tree.data != "paren_expr" and len(tree.children) == 1:
            tree = child(tree, 0)
        name = str(token_at(tree, 0)) if tree.data == "ident" else ""
        if not name or name in _RESERVED:
            raise _error("expression.syntax", place_of(tree))
        self._locals += 1
        self._scope.append(Variable(name, self._locals, place_of(tree)))
        yield self._scope[-1]
        self._scope.pop()

    def _function(self, tree: LarkTree) -> Node:
        name, arguments = str(token_at(tree, 0)), items(tree)
        if name != "has":
            return call(name, None, tuple(self.node(argument) for argument in arguments), place_of(tree))
        tested = self.node(arguments[0]) if len(arguments) == 1 else None
        if not isinstance(tested, Select) or tested.test:
            raise _error("expression.syntax", place_of(tree))
        return Select(tested.operand, tested.field, tested.place, test=True)

    def _ident(self, tree: LarkTree) -> Node:
        name, place = str(token_at(tree, 0)), place_of(tree)
        if name in _WORDS:
            return Constant(_WORDS[name], place)
        for variable in reversed(self._scope):
            if variable.name == name:
                return Variable(name, variable.local, place)
        return self._root(tree)

    def _root(self, tree: LarkTree) -> Node:
        name, place = str(token_at(tree, 0)), place_of(tree)
        if name in self._variables:
            return Variable(name, 0, place)
        if name in kinds.NAMES:
            return Constant(kinds.TypeValue(name), place)
        raise _error("expression.syntax" if name in _RESERVED else "expression.unknown_name", place, name=name)

    def _known(self, name: str) -> bool:
        return name in self._variables or any(variable.name == name for variable in self._scope)

    def _list(self, tree: LarkTree) -> Node:
        return ListLiteral(tuple(self.node(element) for element in items(tree)), place_of(tree))

    def _map(self, tree: LarkTree) -> Node:
        parts = [self.node(part) for part in items(tree)]
        return MapLiteral(tuple(zip(parts[::2], parts[1::2], strict=True)), place_of(tree))

    def _literal(self, tree: LarkTree) -> Node:
        token = token_at(tree, 0)
        read = _LITERALS.get(token.type)
        if read is None:
            raise _error("expression.unsupported", place_of(tree), feature="uint")
        try:
            return Constant(read(str(token)), place_of(tree))
        except OperationError as caught:
            failure = caught
        raise _error(failure.code, place_of(tree), **failure.fields)


def _error(code: str, place: Place, **fields: object) -> ExpressionError:
    return ExpressionError(code, place.line, place.column, **fields)
