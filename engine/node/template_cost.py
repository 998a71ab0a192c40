"""What filling a template may cost: rounds of its loops, and work on long texts and lists, are counted down.

The tree of a template is changed before it is compiled: the body of each loop and macro begins with a payment, and what
is compared, filtered or put out is weighed. Everything that a template makes stays below a size, so that repeated
doubling ends too. What is left stands in the context under a name that no template can write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from jinja2 import nodes
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context, pass_eval_context
from jinja2.visitor import NodeTransformer

MOST_ROUNDS: Final = 100_000
BUDGET: Final = " rounds"
_MOST_MADE: Final = 1024 * 1024
_MOST_BITS: Final = 4096
_CHARACTERS_A_ROUND: Final = 100
_PARTS_A_ROUND: Final = 10
_STANDARD: Final = cast("Mapping[str, Callable[..., Any]]", FILTERS)
_WIDE: Final = re.compile(r"\d{5}|\*|\{[^{}]*\{")
"""In a format: a width of five digits, or one that is filled in."""
_FORMATTING: Final = frozenset({"format", "format_map", "center", "ljust", "rjust", "zfill", "expandtabs"})


class TooCostly(Exception):
    """The template takes too many rounds, or makes something too large."""


def budget() -> dict[str, Any]:
    """What the context of one filling holds besides its values."""
    return {BUDGET: [MOST_ROUNDS]}


class CountingEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox whose templates end. Filters that it does not know by name are kept as they are."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, filters: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self.filters: dict[str, Callable[..., Any]] = {**{name: _STANDARD[name] for name in filters}, **_FILTERS}
        self.globals.clear()

    def _generate(self, source: nodes.Template, *arguments: Any, **options: Any) -> str:
        return super()._generate(_Counted().visit(source), *arguments, **options)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        _require_small(operator, left, right)
        return _made(context, super().call_binop(context, operator, left, right))

    def call(self, context: Context, obj: Any, *arguments: Any, **named: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        method = getattr(obj, "__wrapped__", obj)  # the sandbox wraps `format`
        owner = getattr(method, "__self__", None)
        if isinstance(owner, str):
            _weigh(context, owner)
            _require_short(method.__name__, owner, [*arguments, *named.values()])
            return _made(context, super().call(context, obj, *arguments, **named))
        return super().call(context, obj, *arguments, **named)


class _Counted(NodeTransformer):
    """Puts the payments into a template."""

    def __init__(self) -> None:
        self._changes: dict[type, Callable[[Any], nodes.Node]] = {
            **dict.fromkeys((nodes.For, nodes.Macro, nodes.CallBlock), self._paying),
            **dict.fromkeys((nodes.Concat, nodes.List, nodes.Dict, nodes.Tuple), self._making),
            nodes.Output: self._putting_out,
            nodes.Filter: self._filtering,
            nodes.Compare: self._comparing,
        }

    def get_visitor(self, node: nodes.Node) -> Callable[[Any], nodes.Node] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._changes.get(type(node))

    def _paying(self, node: Any) -> nodes.Node:
        rounds = nodes.Const(1 + _weight(node.body) // _PARTS_A_ROUND, lineno=node.lineno)
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_filtered(rounds, " round"), lineno=node.lineno))
        return node

    def _making(self, node: Any) -> nodes.Node:
        self.generic_visit(node)
        return _filtered(node, " made") if getattr(node, "ctx", "load") == "load" else node

    def _putting_out(self, node: nodes.Output) -> nodes.Node:
        self.generic_visit(node)
        node.nodes = [part if isinstance(part, nodes.TemplateData) else _filtered(part, " weigh") for part in node.nodes]
        return node

    def _filtering(self, node: nodes.Filter) -> nodes.Node:
        self.generic_visit(node)
        node.node = node.node and _filtered(node.node, " weigh")
        return node

    def _comparing(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        node.expr = _filtered(node.expr, " weigh")
        for operand in node.ops:
            operand.expr = _filtered(operand.expr, " weigh")
        return node


def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _weight(body: Iterable[nodes.Node]) -> int:
    """Nodes, and text by its length; inner loops and macros pay for themselves."""
    weight = 0
    for node in body:
        weight += 1 + (len(node.data) // _CHARACTERS_A_ROUND * _PARTS_A_ROUND if isinstance(node, nodes.TemplateData) else 0)
        inner = (node.iter,) if isinstance(node, nodes.For) else () if isinstance(node, nodes.Macro) else node.iter_child_nodes()
        weight += _weight(inner)
    return weight


def _pay(context: Context, rounds: int) -> None:
    left = context.parent[BUDGET]
    left[0] -= rounds
    if left[0] < 0:
        raise TooCostly


def _weigh(context: Context, value: Any) -> Any:
    parts, characters = _contents(value)
    _pay(context, parts // _PARTS_A_ROUND + characters // _CHARACTERS_A_ROUND)
    return value


def _made(context: Context, value: Any) -> Any:
    parts, characters = _contents(value)
    if parts > MOST_ROUNDS or characters > _MOST_MADE or (isinstance(value, int) and value.bit_length() > _MOST_BITS):
        raise TooCostly
    _pay(context, parts // _PARTS_A_ROUND + characters // _CHARACTERS_A_ROUND)
    return value


def _contents(value: Any) -> tuple[int, int]:
    """Parts and characters, as often as they occur; no further than anything may be paid for."""
    parts, characters = -1, 0
    todo: list[Any] = [[value]]
    while todo and parts <= MOST_ROUNDS * _PARTS_A_ROUND:
        inside = todo.pop()
        parts += len(inside)
        for child in inside:
            if isinstance(child, str):
                characters += len(child)
            elif isinstance(child, Mapping):
                todo += [list(cast("Mapping[Any, Any]", child)), list(cast("Mapping[Any, Any]", child).values())]
            elif isinstance(child, (list, tuple)):
                todo.append(child)
    return parts, characters


def _require_small(operator: str, left: Any, right: Any) -> None:
    """Of what cannot be looked at after it was made, because making it takes too long."""
    if operator == "*":
        times, sequence = (left, right) if isinstance(left, int) else (right, left)
        too_much = isinstance(times, int) and hasattr(sequence, "__len__") and len(sequence) * times > _MOST_MADE
    elif operator == "**":
        too_much = any(isinstance(number, int) and abs(number) > _MOST_BITS for number in (left, right))
    else:
        too_much = operator == "%" and isinstance(left, str) and bool(_WIDE.search(left))
    if too_much:
        raise TooCostly


def _require_short(method: str, text: str, arguments: list[Any]) -> None:
    """Raises ``TooCostly`` for a method of a text that would make a very long one."""
    if method in _FORMATTING and (_WIDE.search(text) if method.startswith("format") else any(_is_wide(given) for given in arguments)):
        raise TooCostly
    if method == "replace" and len(arguments) > 1:
        _require_replaceable(text, arguments[0], arguments[1])
    if method == "join" and arguments:
        _require_joinable(arguments[0], text)
    if method == "translate":
        raise TooCostly


def _is_wide(given: Any) -> bool:
    return isinstance(given, int) and given >= 10_000


def _require_replaceable(text: Any, old: Any, new: Any) -> None:
    if str(text).count(str(old)) * len(str(new)) > _MOST_MADE:
        raise TooCostly


def _require_joinable(values: Any, between: Any) -> None:
    if hasattr(values, "__len__") and len(values) * len(str(between)) > _MOST_MADE:
        raise TooCostly


@pass_eval_context
def _replace(context: Any, text: Any, old: Any, new: Any, count: int | None = None) -> Any:
    _require_replaceable(text, old, new)
    return _STANDARD["replace"](context, text, old, new, count)


@pass_eval_context
def _join(context: Any, value: Any, d: Any = "", attribute: Any = None) -> Any:
    _require_joinable(value, d)
    return _STANDARD["join"](context, value, d, attribute)


_FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "replace": _replace,
    "join": _join,
    " round": pass_context(_pay),
    " weigh": pass_context(_weigh),
    " made": pass_context(_made),
}
