"""Which connections the parameters of a node name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.node.types import NodeType


@dataclass(frozen=True, slots=True)
class Reference:
    """``path`` leads from the parameters to the object that names the connection; it begins with ``param``."""

    param: str
    name: str
    types: tuple[str, ...] = ()
    path: tuple[str | int, ...] = ()


def connections_of(node_type: NodeType, params: Mapping[str, Any]) -> Iterator[Reference]:
    """``{"connection": name}`` and ``{"secret": name}`` anywhere in the parameters, with the types that the schema allows."""
    properties = node_type.params_schema.get("properties", {})
    for param, value in params.items():
        types = tuple(properties.get(param, {}).get("connectionTypes", ()))
        for path, name in _names(value, (param,)):
            yield Reference(param, name, types, path)


def named_in(params: Mapping[str, Any]) -> Iterator[str]:
    """The names of all connections in the parameters of a node, whatever its type."""
    return (name for _, name in _names(dict(params), ()))


def _names(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        if len(mapping) == 1 and (only := next(iter(mapping))) in ("connection", "secret") and isinstance(mapping[only], str):
            yield path, mapping[only]
            return
        for key, child in mapping.items():
            yield from _names(child, (*path, key))
    elif isinstance(value, list):
        for number, child in enumerate(cast("list[Any]", value)):
            yield from _names(child, (*path, number))
