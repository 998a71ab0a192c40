"""Checks of expressions against the fields that reach their node: money must not be ordered as text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from engine.errors import Problem
from engine.flow.document import Flow
from engine.flow.lineage import Lineage
from engine.node.lookup import NodeTypes
from engine.node.params import Cel
from engine.order import CanonicalOrder

_AMOUNT_PATTERN = r"^-?\d+(\.\d+)?$"


def check_expressions(flow: Flow, registry: NodeTypes, carried: Lineage) -> Iterator[Problem]:
    """A problem for each comparison of a canonical order's amount that forgets ``money()``."""
    for slug, node in flow.nodes.items():
        node_type = registry.find(node.use)
        arriving = carried.get((slug, "in"))
        if node_type is None or arriving is None:
            continue
        paths = {f"item.{path}" for path in money_paths() if path in arriving.fields}
        try:
            params = node_type.params.model_validate(node.params)
        except ValidationError:
            continue  # reported with the parameters
        for place, expression in expressions_in(params):
            at = ("nodes", slug, "params", *place)
            yield from (problem.under(*at).inside(slug, *place) for problem in expression.expression.check_money(paths))


def expressions_in(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Cel]]:
    """Every expression in parameters, with its place."""
    if isinstance(value, Cel):
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
