"""Reads a flow document. A fault in one part does not hide the faults in the others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from pydantic import ValidationError

from engine.errors import FlowInvalid, InputInvalid, Problem
from engine.flow.document import SLUG_PATTERN, WIRE_PATTERN, Flow
from engine.json_text import read_json, without_mark
from engine.node.validation import problems_of

MAX_BYTES = 1024 * 1024
USE_FORM: Final = "node_use"
_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    SLUG_PATTERN: ("slug", "write small letters, digits and underscores, a letter first"),
    WIRE_PATTERN: ("wire", "write a wire as node -> node, or node.port -> node"),
}
"""Forms in words, by pattern: the rule of the catalogue and the English reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read: ``flow`` without its faulty parts (``None`` where nothing is left), and every fault of shape.

    ``broken`` are the slugs of nodes that were left out, so that a later check does not report what follows from that.
    """

    flow: Flow | None
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = field(default_factory=frozenset[str])


def read_flow(raw: bytes | str, name: str = "flow") -> Flow:
    """The flow of a document. Raises ``FlowInvalid`` with every fault of shape."""
    reading = inspect(raw, name)
    if reading.problems or reading.flow is None:
        raise FlowInvalid(reading.problems)
    return reading.flow


def inspect(raw: bytes | str, name: str = "flow") -> Reading:
    """Read as much as can be read. ``name`` stands for the flow where its own name cannot be read."""
    raw = without_mark(raw)
    try:
        data = read_json(raw)
    except InputInvalid as error:
        return Reading(None, tuple(_unreadable(problem, raw, name) for problem in error.problems))
    doubled = _doubled_keys(raw)
    if doubled:
        return Reading(None, tuple(Problem("flow.doubled_key", (name,), {"key": key}) for key in doubled))
    if not isinstance(data, dict):
        return Reading(None, (Problem("flow.not_an_object", (name,)),))
    if len(raw) > MAX_BYTES:
        return Reading(None, (Problem("flow.too_large", (name,), {"limit": MAX_BYTES}),))
    document = cast("dict[str, Any]", data)
    title = document.get("name")
    return _tolerant(document, title if isinstance(title, str) and title else name)


def _unreadable(problem: Problem, raw: bytes | str, name: str) -> Problem:
    """What ``read_json`` found, with line and column in place of the byte."""
    if problem.code != "body.unreadable":
        return problem.inside(name)
    reason, _, _ = str(problem.fields["reason"]).partition(" (byte ")
    text = raw.encode(errors="replace") if isinstance(raw, str) else raw
    at, cut_off = problem.fields.get("byte"), problem.fields["rule"] == "json_ends_early"
    if at is None and not cut_off:
        return Problem("flow.unreadable", (name,), {"reason": reason, "rule": problem.fields["rule"]})
    before = text.rstrip() if cut_off else text[:at]
    place = {"line": before.count(b"\n") + 1, "column": len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1}
    shown = f"{reason} at line {place['line']}, column {place['column']}"
    return Problem("flow.unreadable", (name,), {**place, "reason": shown, "rule": "json_cut_off" if cut_off else "json_at"})


def _doubled_keys(raw: bytes | str) -> list[str]:
    """Keys that stand twice in one object: the second would silently replace the first."""
    doubled: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(pairs)
        if len(seen) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            doubled.extend(key for key, count in counts.items() if count > 1)
        return seen

    json.loads(raw, object_pairs_hook=look)
    return doubled


def _tolerant(data: dict[str, Any], name: str) -> Reading:
    problems: list[Problem] = []
    broken: set[str] = set()
    while True:
        try:
            return Reading(Flow.model_validate(data), tuple(problems), frozenset(broken))
        except ValidationError as error:
            problems.extend(_plain_place(problem, data) for problem in problems_of(error, "document", (name,), Flow))
            rest = _without(data, [detail["loc"] for detail in error.errors(include_url=False)], broken)
            if "nodes" not in rest or rest == data:
                return Reading(None, tuple(problems), frozenset(broken))
            data = rest


def _plain_place(problem: Problem, data: dict[str, Any]) -> Problem:
    """``flow › nodes › slug › params`` reads better as ``flow › slug › params``."""
    where = tuple(part for part in problem.where if part != "[key]")
    if len(where) > 2 and where[1] == "nodes":
        where = (where[0], *where[2:])
    return Problem(problem.code, where, _in_words(where, problem.fields), _by_name(problem.at or (), data))


def _by_name(at: tuple[str | int, ...], data: dict[str, Any]) -> tuple[str | int, ...]:
    """A wire by its text and a test by its name: their numbers change when faulty ones are left out."""
    head, number = (*at, None, None)[:2]
    if head not in ("wires", "tests") or not isinstance(number, int):
        return at
    part: Any = data[head][number]
    name = cast("dict[str, Any]", part).get("name") if isinstance(part, dict) else part
    return (head, name, *at[2:]) if isinstance(name, str) else at


def _in_words(where: tuple[str, ...], fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The form that a text must have, told without its pattern."""
    if "pattern" not in fields:
        return fields
    form = _FORMS.get(fields["pattern"])
    if where[-1] == "use":
        form = (USE_FORM, "write the node type with its version, such as rule.condition@1")
    return {**fields, "rule": form[0], "reason": form[1]} if form else fields


def _without(data: dict[str, Any], places: list[tuple[int | str, ...]], broken: set[str]) -> dict[str, Any]:
    """The document less the parts that the faults lie in."""
    data = dict(data)
    doomed: dict[str, set[int]] = {}
    for place in places:
        head = str(place[0])
        if head == "nodes" and len(place) > 1 and isinstance(data.get("nodes"), dict):
            data["nodes"] = _without_node_part(data["nodes"], place, broken)
        elif isinstance(data.get(head), list) and len(place) > 1 and isinstance(place[1], int):
            doomed.setdefault(head, set()).add(place[1])
        elif isinstance(data.get(head), dict) and len(place) > 1:
            data[head] = {key: value for key, value in data[head].items() if key != place[1]}
        elif head == "name":
            data["name"] = "unnamed"
        else:
            data.pop(head, None)
    for head, numbers in doomed.items():
        data[head] = [part for n, part in enumerate(data[head]) if n not in numbers]
    return data


def _without_node_part(nodes: dict[str, Any], place: tuple[int | str, ...], broken: set[str]) -> dict[str, Any]:
    slug = str(place[1])
    node = nodes.get(slug)
    if isinstance(node, dict) and len(place) > 2 and place[2] in node and place[2] != "use":
        rest = {key: value for key, value in cast("dict[str, Any]", node).items() if key != place[2]}
        return {**nodes, slug: rest}
    broken.add(slug)
    return {key: value for key, value in nodes.items() if key != slug}
