"""Where in a flow document a problem lies, exactly: so that an editor can mark the box, the wire or the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.errors import Problem

Step = str | int


@dataclass(frozen=True, slots=True)
class Placed:
    """At most one of ``node`` (a slug), ``wire`` (its text) and ``test`` (its name). ``path`` leads inside of it, else inside the
    document, and is empty where the whole is meant; ``position`` is the offset in an expression's text, in UTF-16 units.
    """

    node: str | None = None
    wire: str | None = None
    path: tuple[Step, ...] = ()
    position: int | None = None
    test: str | None = None


def placed(problem: Problem, document: object) -> Placed:
    """The place of one of a document's problems. ``document``: its JSON value, also where it is no readable flow."""
    if not problem.at:
        return Placed()
    head, name, *rest = (*problem.at, "")[: max(2, len(problem.at))]
    missing = problem.code.endswith(".missing")
    if head == "nodes" and name:
        return _inside(problem, _node(_at(_at(document, "nodes"), name)), rest, missing=missing, node=str(name))
    if head == "tests" and isinstance(name, str) and name:
        return _inside(problem, _named(_at(document, "tests"), name), rest, missing=missing, test=name)
    if head == "wires" and isinstance(name, str) and name:
        return Placed(wire=name)
    return Placed(path=_real(document, problem.at, missing=missing)[0])


def _inside(problem: Problem, part: object, rest: Sequence[Step], *, missing: bool, **whose: Any) -> Placed:
    path, value = _real(part, rest, missing=missing)
    return Placed(path=path, position=_offset(problem.fields, value), **whose)


def _real(value: Any, path: Sequence[Step], *, missing: bool) -> tuple[tuple[Step, ...], Any]:
    """The steps that the document has, and what lies there. Of a union's alternatives, which a validator names, there are none in it."""
    found: list[Step] = []
    for number, step in enumerate(path):
        inner = _at(value, step)
        if inner is not None or _has(value, step):
            found.append(step if _is_object(value) else int(step))
            value = inner
        elif missing and number == len(path) - 1 and _is_object(value):
            found.append(step)
    return tuple(found), value


def _at(value: object, step: Step) -> Any:
    if isinstance(value, dict):
        return cast("Mapping[Step, Any]", value).get(step)
    return cast("Sequence[Any]", value)[int(step)] if _has(value, step) else None


def _has(value: object, step: Step) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and str(step).isdecimal() and int(step) < len(cast("Sequence[Any]", value))


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _node(value: object) -> object:
    """A node may leave its parameters out where it needs none."""
    return {"params": {}, **cast("Mapping[str, Any]", value)} if isinstance(value, dict) else value


def _named(tests: object, name: str) -> object:
    among = cast("Sequence[Any]", tests) if isinstance(tests, list) else ()
    return next((test for test in among if _at(test, "name") == name), None)


def _offset(fields: Mapping[str, Any], text: object) -> int | None:
    """``line`` and ``column`` (from 1, in code points) as an offset; a line alone is its beginning."""
    line, column = fields.get("line"), fields.get("column", 1)
    if not (isinstance(text, str) and isinstance(line, int) and isinstance(column, int)):
        return None
    lines = text.split("\n")
    before = "\n".join([*lines[: line - 1], *(part[: column - 1] for part in lines[line - 1 : line])])
    return len(before.encode("utf-16-le", "surrogatepass")) // 2
