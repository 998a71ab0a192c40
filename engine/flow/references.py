"""Which connections the parameters of a node name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.node.types import NodeType


@dataclass(frozen=True, slots=True)
class Reference:
    param: str
    name: str
    types: tuple[str, ...] = ()


def connections_of(node_type: NodeType, params: Mapping[str, Any]) -> Iterator[Reference]:
    """``{"connection": name}`` and ``{"secret": name}`` anywhere in the parameters, with the types that the schema allows."""
    properties = node_type.params_schema.get("properties", {})
    for param, value in params.items():
        types = tuple(properties.get(param, {}).get("connectionTypes", ()))
        for name in _names(value):
            yield Reference(param, name, types)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        if len(mapping) == 1 and (only := next(iter(mapping))) in ("connection", "secret") and isinstance(mapping[only], str):
            yield mapping[only]
            return
        for child in mapping.values():
            yield from _names(child)
    elif isinstance(value, list):
        for child in cast("list[Any]", value):
            yield from _names(child)
