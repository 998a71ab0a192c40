"""What the fields of a canonical order hold, so that an editor can offer a fitting comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from engine.order.model import CanonicalOrder

_AMOUNT, _TIME = r"^-?\d+(\.\d+)?$", r"^\d{4}-\d\d-\d\dT"


@dataclass(frozen=True, slots=True)
class FieldKind:
    """``choices``: the only values there are; empty: any."""

    kind: Literal["money", "time", "number", "boolean", "text"]
    choices: tuple[str, ...] = ()


@cache
def field_kinds() -> Mapping[str, FieldKind]:
    """By path, such as ``amount.paid`` and ``lines[].qty``; a list of texts is ``tags[]``."""
    schema = CanonicalOrder.model_json_schema()
    return dict(_leaves(schema, schema, ""))


def _leaves(schema: dict[str, Any], root: dict[str, Any], path: str) -> Iterator[tuple[str, FieldKind]]:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    for choice in schema.get("anyOf", ()):
        yield from _leaves(choice, root, path)
    if schema.get("type") == "array":
        yield from _leaves(schema.get("items", {}), root, f"{path}[]")
    for name, child in schema.get("properties", {}).items():
        yield from _leaves(child, root, f"{path}.{name}" if path else name)
    if schema.get("type") in ("string", "integer", "number", "boolean"):
        yield path, _kind(schema)


def _kind(schema: dict[str, Any]) -> FieldKind:
    if schema["type"] != "string":
        return FieldKind("boolean" if schema["type"] == "boolean" else "number")
    pattern = str(schema.get("pattern", ""))
    if pattern == _AMOUNT:
        return FieldKind("money")
    return FieldKind("time" if pattern.startswith(_TIME) else "text", tuple(schema.get("enum", ())))
