"""Checks of expressions and templates against the fields that reach their node: money as text, fields that an order does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from engine.errors import Problem
from engine.flow.document import Flow
from engine.flow.lineage import Carried, Lineage
from engine.node.lookup import NodeTypes
from engine.node.params import Cel, Template
from engine.node.ports import ORDER
from engine.order import CanonicalOrder

Place = tuple[str, ...]
_AMOUNT_PATTERN = r"^-?\d+(\.\d+)?$"


def check_expressions(flow: Flow, registry: NodeTypes, carried: Lineage) -> Iterator[Problem]:
    """A problem for each comparison of a canonical order's amount that forgets ``money()``."""
    for slug, place, found, arriving in _texts(flow, registry, carried):
        if isinstance(found, Cel):
            paths = {f"item.{path}" for path in money_paths() if path in arriving.fields}
            yield from _placed(found.expression.check_money(paths), slug, place)


def check_fields(flow: Flow, registry: NodeTypes, carried: Lineage) -> Iterator[Problem]:
    """A problem for each field that a canonical order does not have: only of those all fields are known.

    Whoever asks first whether there is one (``has``, ``default``) may name any.
    """
    for slug, place, found, arriving in _texts(flow, registry, carried):
        if arriving.type == ORDER:
            yield from _placed(_unknown(found, arriving.fields), slug, place)


def _texts(flow: Flow, registry: NodeTypes, carried: Lineage) -> Iterator[tuple[str, Place, Cel | Template, Carried]]:
    for slug, place, found in texts_of(flow, registry, lambda slug: (slug, "in") in carried):
        yield slug, place, found, carried[(slug, "in")]


def texts_of(flow: Flow, registry: NodeTypes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Place, Cel | Template]]:
    """The expressions and templates of those nodes that are ``wanted``, by slug, with their places in the parameters."""
    for slug, node in flow.nodes.items():
        node_type = registry.find(node.use)
        if node_type is None or not wanted(slug):
            continue
        try:
            params = node_type.params.model_validate(node.params)
        except ValidationError:
            continue  # reported with the parameters
        for place, found in expressions_in(params):
            yield slug, place, found


def _placed(problems: Iterable[Problem], slug: str, place: Place) -> Iterator[Problem]:
    return (problem.under("nodes", slug, "params", *place).inside(slug, *place) for problem in problems)


def _unknown(found: Cel | Template, fields: Iterable[str]) -> Iterator[Problem]:
    known = [path.replace(".*", "[]") for path in fields]
    for read in sorted(found.expects):
        path = read.removeprefix("item.")
        if path != read and not any(_meets(path, one) for one in known):
            near = get_close_matches(path, known, 1, 0.5)
            yield Problem("expression.unknown_field", (), {"path": path, "near": near[0] if near else known[0]})


def _meets(path: str, known: str) -> bool:
    """Whether one is the other or lies inside it."""
    long, short = (path, known) if len(path) > len(known) else (known, path)
    return long == short or (long.startswith(short) and long[len(short)] in ".[")


def expressions_in(value: Any, place: Place = ()) -> Iterator[tuple[Place, Cel | Template]]:
    """Every expression and template in parameters, with its place."""
    if isinstance(value, (Cel, Template)):
        yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from expressions_in(getattr(value, name), (*place, name))
    elif isinstance(value, dict):
        for name, child in cast("dict[str, Any]", value).items():
            yield from expressions_in(child, (*place, str(name)))
    elif isinstance(value, (list, tuple)):
        for number, child in enumerate(cast("list[Any]", value)):
            yield from expressions_in(child, (*place, str(number)))


@cache
def money_paths() -> frozenset[str]:
    """Paths of the canonical order's amounts, such as ``amount.paid`` and ``lines[].unit_price``."""
    return frozenset(_amounts(CanonicalOrder.model_json_schema(), CanonicalOrder.model_json_schema(), ""))


def _amounts(schema: dict[str, Any], root: dict[str, Any], path: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if schema.get("pattern") == _AMOUNT_PATTERN:
        yield path
    for choice in schema.get("anyOf", ()):
        yield from _amounts(choice, root, path)
    if "items" in schema and schema.get("type") == "array":
        yield from _amounts(schema["items"], root, f"{path}[]")
    for name, child in schema.get("properties", {}).items():
        yield from _amounts(child, root, f"{path}.{name}" if path else name)
