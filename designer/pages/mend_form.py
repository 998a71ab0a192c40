"""The form that mends: a row for each field of the item and of the parameters, and the JSON Patch that a submitted form stands for.

A hidden field is shown as its mask, beside an empty input: what stays empty stays untouched, so no mask can come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.errors import OrderloomError, Problem
from engine.json_text import read_json, write_json
from engine.run.patch import Operation, pointer
from engine.run.shown_changes import FieldType, Leaf, type_of

MOST_ROWS: Final = 400
NEW: Final = 2
"""How many fields can be added at once, besides those that are missing."""
TYPES: Final[Mapping[str, str]] = {"text": "Text", "number": "Number", "flag": "Yes or no", "json": "JSON"}


@dataclass(frozen=True, slots=True)
class Row:
    """``label``: the path, hidden keys masked; ``shown``: what may be seen; ``value``: what stands in the input;
    ``chosen``: another type that it shall have."""

    name: str
    label: str
    type: FieldType
    shown: str
    value: str
    hidden: bool
    chosen: str = ""
    faults: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewRow:
    """A field that is not there yet, or stands behind the last row: a path in dots, a text and its type."""

    name: str
    path: str
    value: str
    type: str
    faults: Sequence[str] = ()


def rows_of(part: str, leaves: Sequence[Leaf], form: Mapping[str, str], faults: Mapping[str, Sequence[str]]) -> list[Row]:
    rows: list[Row] = []
    for number, leaf in enumerate(leaves[:MOST_ROWS]):
        name, shown = f"{part}.{number}", text_of(leaf.shown)
        value = form.get(name, "" if leaf.hidden else shown)
        rows.append(Row(name, leaf.label, leaf.type, shown, value, leaf.hidden, form.get(f"{name}.type", ""), faults.get(name, ())))
    return rows


def unlisted(leaves: Sequence[Leaf]) -> int:
    """How many fields there are where not all have a row; else 0."""
    return len(leaves) if len(leaves) > MOST_ROWS else 0


def new_rows(part: str, missing: Iterable[str], form: Mapping[str, str], faults: Mapping[str, Sequence[str]]) -> list[NewRow]:
    paths = [*missing, *[""] * NEW]
    names = [f"{part}.new.{number}" for number in range(len(paths))]
    return [
        NewRow(
            name,
            form.get(f"{name}.path", path),
            form.get(f"{name}.value", ""),
            form.get(f"{name}.type", "text"),
            faults.get(name, ()),
        )
        for name, path in zip(names, paths, strict=True)
    ]


def patch_of(part: str, leaves: Sequence[Leaf], missing: Sequence[str], form: Mapping[str, str], faults: list[Problem]) -> list[Operation]:
    """What was typed, as operations; what cannot be read is named in ``faults``, by the name of its input."""
    found: list[Operation] = []
    for number, leaf in enumerate(leaves[:MOST_ROWS]):
        name = f"{part}.{number}"
        before = "" if leaf.hidden else _lines(text_of(leaf.shown))
        typed, kind = _lines(form.get(name, before)), form.get(f"{name}.type") or leaf.type
        if typed != before or (typed and kind != leaf.type):
            _add(found, name, "replace", leaf.tokens, typed, kind, faults)
    unlisted = {".".join(leaf.tokens) for leaf in leaves[MOST_ROWS:]}
    for number in range(len(missing) + NEW):
        name = f"{part}.new.{number}"
        path, typed = form.get(f"{name}.path", "").strip(), _lines(form.get(f"{name}.value", ""))
        if path and typed:
            _add(found, name, "replace" if path in unlisted else "add", path.split("."), typed, form.get(f"{name}.type", "text"), faults)
    return found


def beside(part: str, leaves: Sequence[Leaf], problems: Iterable[Problem]) -> dict[int, str]:
    """The inputs of problems, by the position of the problem; those of the whole are left out."""
    names: dict[int, str] = {}
    for position, problem in enumerate(problems):
        where = problem.where
        if where[:1] == ("form",):
            names[position] = where[1]
            continue
        found = [n for n, leaf in enumerate(leaves[:MOST_ROWS]) if _is_about(problem, part, leaf)]
        if found:
            names[position] = f"{part}.{found[0]}"
    return names


def text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else write_json(value).decode()


def _is_about(problem: Problem, part: str, leaf: Leaf) -> bool:
    """By its exact place in the document, or by the path of a field that a node names."""
    where = problem.where
    if where[:1] == (part,) and len(where) > 1:
        place = where[1:]
        return place[: len(leaf.tokens)] == leaf.tokens or leaf.tokens[: len(place)] == place
    named = {*where[1:], str(problem.fields.get("field", "")), str(problem.fields.get("path", ""))}
    return part == "item" and leaf.label in named


def _add(found: list[Operation], name: str, op: str, tokens: Sequence[str], typed: str, kind: str, faults: list[Problem]) -> None:
    value = _value(typed, kind)
    if value is ...:
        faults.append(Problem(f"mending.not_{'number' if kind == 'number' else 'json'}", ("form", name)))
    else:
        found.append({"op": op, "path": pointer(tokens), "value": value})


def _value(typed: str, kind: str) -> Any:
    """What a text stands for; ``...`` for what it cannot be."""
    if kind == "text":
        return typed
    try:
        value: Any = read_json(typed.strip())
    except OrderloomError:
        return ...
    fits = kind not in ("number", "flag") or type_of(value) == kind
    return value if fits and (value is not None or kind == "json") else ...


def _lines(text: str) -> str:
    """As browsers send the ends of lines."""
    return text.replace("\r\n", "\n")
