from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expression import Expression, ExpressionError


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ('money(item.amount.paid) >= money("500")', {"item.amount.paid"}),
        ("item.lines.exists(line, line.qty > 1)", {"item.lines[].qty"}),
        ("item.lines.filter(l, l.qty > 1).map(l, l.sku)", {"item.lines[].qty", "item.lines[].sku"}),
        ("item.lines.filter(l, l.qty > 1)", {"item.lines[].qty", "item.lines[]"}),
        ("item.lines[0].sku == item.lines[item.n].sku", {"item.lines[].sku", "item.n"}),
        ("has(item.receiver.phone)", {"item.receiver.phone"}),
        ('item["amount"].paid == "1"', {"item.amount.paid"}),
        ('item["pay time"] == item.`source-id`', {'item["pay time"]', 'item["source-id"]'}),
        ('item["订单号"] == ""', {"item.订单号"}),
        ("(item.urgent ? item.express : item.standard).name", {"item.urgent", "item.express.name", "item.standard.name"}),
        ("item.orders.map(o, o.lines.filter(l, l.gift).map(l, l.sku))", {"item.orders[].lines[].gift", "item.orders[].lines[].sku"}),
        ("item.lines.all(l, true)", {"item.lines"}),
        ("[item.a, item.b].exists(x, x > 0)", {"item.a", "item.b"}),
        ("size(item.lines) > 0 && event.received_at != null", {"item.lines", "event.received_at"}),
        ("item.lines.exists(item, item.qty > 1)", {"item.lines[].qty"}),
        ("item.lines.exists(item, item.qty > .item.limit)", {"item.lines[].qty", "item.limit"}),
        ("dyn(item.a).b == 1", {"item.a.b"}),
        ("item", {"item"}),
        ("1 + 1", set[str]()),
    ],
)
def test_reads_names_each_field_and_no_more(text: str, reads: set[str]) -> None:
    assert Expression(text).reads == reads


class Watched(dict[str, Any]):
    """An object that notes the path of every key that is looked at."""

    def __init__(self, values: dict[str, Any], path: tuple[str, ...], seen: set[tuple[str, ...]]) -> None:
        super().__init__({key: watched(value, (*path, key), seen) for key, value in values.items()})
        self._note = lambda key: seen.add((*path, key))

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._note(str(key))
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._note("[]")
        return super().__iter__()


class WatchedList(list[Any]):
    """A list that notes when its elements are looked at."""

    def __init__(self, values: list[Any], path: tuple[str, ...], seen: set[tuple[str, ...]]) -> None:
        super().__init__(watched(value, (*path, "[]"), seen) for value in values)
        self._note = lambda: seen.add((*path, "[]"))

    def __getitem__(self, key: Any) -> Any:
        self._note()
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[Any]:
        self._note()
        return super().__iter__()


def watched(value: Any, path: tuple[str, ...], seen: set[tuple[str, ...]]) -> Any:
    if isinstance(value, dict):
        return Watched(value, path, seen)
    return WatchedList(value, path, seen) if isinstance(value, list) else value


LEAF = {"a": 1, "b": "x", "c": True}
NODE = {"a": LEAF, "b": [LEAF, {"a": 2}], "c": {"a": [LEAF], "b": LEAF}}
ITEM = {"a": NODE, "b": [NODE, NODE], "c": True, "n": 0, "k": "a"}
FIELDS = st.sampled_from("abc")
SIGNS = st.sampled_from(["==", "&&", "||", "in", "+"])
KEYS = st.sampled_from(["0", "1", "item.n", "item.k", "'a'"])


@st.composite
def expressions(draw: st.DrawFn, names: tuple[str, ...] = ("item",), depth: int = 4) -> str:
    def deeper(*more: str) -> str:
        return draw(expressions((*names, *more), depth - 1))

    if depth == 0:
        return draw(st.sampled_from(names))

    def macro() -> str:
        variable, name = f"x{depth}", draw(st.sampled_from(["all", "exists", "exists_one", "map", "filter", "filter"]))
        body = deeper(variable)
        return f"{deeper()}.{name}({variable}, {body if name == 'map' else f'{body} == {body}'})"

    forms = [
        *[lambda: f"{deeper()}.{draw(FIELDS)}"] * 4,
        lambda: f"{deeper()}[{draw(KEYS)}]",
        lambda: f"has({deeper()}.{draw(FIELDS)})",
        lambda: f"(item.c ? {deeper()} : {deeper()})",
        lambda: f"[{deeper()}, {deeper()}]",
        lambda: f"({deeper()} {draw(SIGNS)} {deeper()})",
        lambda: f"{{'a': {deeper()}, 'b': {deeper()}}}",
        lambda: f"size({deeper()})",
        *[macro] * 3,
    ]
    return draw(st.sampled_from(forms))()


@settings(max_examples=100, deadline=None)
@given(expressions())
def test_what_is_read_at_run_time_was_found_at_save_time(text: str) -> None:
    seen: set[tuple[str, ...]] = set()
    expression = Expression(text, ("item",))
    with suppress(ExpressionError):
        expression.function(watched(ITEM, ("item",), seen))
    found = [tuple(re.findall(r"\[\]|\w+", path)) for path in expression.reads]
    assert [path for path in seen if not any(covers(read, path) for read in found)] == []


def covers(read: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether the path lies at or below what is read, or on the way to it."""
    return all(step in (own, "[]") or own == "[]" for step, own in zip(read, path, strict=False))
