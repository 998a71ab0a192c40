"""Another implementation of CEL, in Rust, agrees on generated expressions.

It counts ``size()`` in bytes and does not absorb an error inside ``exists``: there the definition is right, and the
generated expressions stay clear of both.
"""

from __future__ import annotations

import math
from typing import Any

import cel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expression import Expression, ExpressionError

pytestmark = pytest.mark.slow

DATA: dict[str, Any] = {
    "item": {"qty": 3, "weight": 1.5, "name": "Tee", "note": "加急", "paid": True, "tags": ["a", "b"], "lines": [{"qty": 1}, {"qty": 5}]}
}
FAILED = "failed"

ints = st.sampled_from(["0", "1", "-1", "7", "item.qty", "9223372036854775807", "size(item.tags)", "item.lines[0].qty"])
doubles = st.sampled_from(["0.0", "1.5", "-2.25", "item.weight", "1e300"])
strings = st.sampled_from(["''", "'a'", "item.name", "item.note", "'加'", "string(item.qty)"])
bools = st.sampled_from(["true", "false", "item.paid", "has(item.qty)", "has(item.nothing)"])
broken = st.sampled_from(["item.nothing", "1 / 0", "item.tags[9]"])


def joined(operators: str, operands: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(operands, st.sampled_from(operators.split()), operands).map(lambda parts: f"({' '.join(parts)})")


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    kind = draw(st.sampled_from(["int", "double", "string", "bool", "bool", "broken"]))
    return draw(of_kind(kind, depth))


def of_kind(kind: str, depth: int) -> st.SearchStrategy[str]:
    if kind == "broken":
        return broken
    leaves = {"int": ints, "double": doubles, "string": strings, "bool": bools}[kind]
    if depth == 0:
        return leaves
    whole, part, text, truth = (st.deferred(lambda kind=kind: of_kind(kind, depth - 1)) for kind in ("int", "double", "string", "bool"))
    deeper = {
        "int": [joined("+ - * / %", whole), st.tuples(truth, whole, whole).map(lambda p: "({} ? {} : {})".format(*p))],
        "double": [joined("+ - *", part)],
        "string": [joined("+", text)],
        "bool": [
            joined("< <= > >= == !=", whole),
            joined("< <= > >= == !=", part),
            joined("< <= > >= == !=", text),
            joined("&& ||", st.one_of(truth, broken)),
            truth.map(lambda operand: f"!{operand}"),
            st.tuples(text, st.sampled_from(["contains", "startsWith", "endsWith"]), text).map(lambda p: "{}.{}({})".format(*p)),
            whole.map(lambda operand: f"({operand} in [1, 3, 5])"),
            st.tuples(st.sampled_from(["all", "exists", "exists_one"]), whole).map(lambda p: "item.lines.{}(l, l.qty > {})".format(*p)),
        ],
    }[kind]
    return st.one_of(leaves, *deeper)


@settings(max_examples=100, deadline=None)
@given(expressions())
def test_the_rust_implementation_agrees(text: str) -> None:
    assert ours(text) == theirs(text)


def ours(text: str) -> Any:
    try:
        return comparable(Expression(text, ("item",)).evaluate(DATA))
    except ExpressionError:
        return FAILED


def theirs(text: str) -> Any:
    try:
        return comparable(cel.evaluate(text, DATA))
    except (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError):
        return FAILED


def comparable(value: Any) -> Any:
    return type(value).__name__, "nan" if isinstance(value, float) and math.isnan(value) else value
