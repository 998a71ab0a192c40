"""A JSON Schema as rows of a table, for people who fill in parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MISSING = object()
_FORMATS = {
    "money": "amount", "path": "field path", "cel": "expression", "cel-condition": "condition", "template": "text with places",
    "url-template": "address with places", "duration-text": "duration", "uri": "address",
}  # fmt: skip
TYPES = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "yes or no", "array": "list",
    "object": "object", "any": "any value", "connection": "connection", **_FORMATS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter; ``depth`` says how far inside others it stands. ``kind`` and ``of`` (elements of a list) are keys of ``TYPES``."""

    name: str
    title: str
    description: str
    kind: str
    of: str | None
    choices: tuple[Any, ...]
    required: bool
    default: Any
    has_default: bool
    depth: int
    connection_types: tuple[str, ...]


def rows_of(schema: Mapping[str, Any]) -> list[Row]:
    """The parameters in declared order, those of parts directly behind their whole."""
    return _rows(schema, schema.get("$defs", {}), 0)


def _rows(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> list[Row]:
    rows: list[Row] = []
    for name, given in schema.get("properties", {}).items():
        part = resolved(given, definitions)
        rows.append(_row(name, part, definitions, depth, required=name in schema.get("required", ())))
        inner = resolved(part["items"], definitions) if isinstance(part.get("items"), dict) else part
        if depth < 3 and "properties" in inner and _kind(inner) != "connection":
            rows += _rows(inner, definitions, depth + 1)
    return rows


def _row(name: str, part: Mapping[str, Any], definitions: Mapping[str, Any], depth: int, *, required: bool) -> Row:
    items = resolved(part["items"], definitions) if isinstance(part.get("items"), dict) else None
    default = part.get("default", _MISSING)
    return Row(
        name=name,
        title=str(part.get("title", name)),
        description=str(part.get("description", "")),
        kind=_kind(part),
        of=_kind(items) if items is not None else None,
        choices=tuple(part.get("enum") or (items or {}).get("enum") or (() if "const" not in part else (part["const"],))),
        required=required,
        default=None if default is _MISSING else default,
        has_default=default is not _MISSING and default not in (None, [], {}, ""),
        depth=depth,
        connection_types=tuple(part.get("connectionTypes", ())),
    )


def resolved(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """References followed, and of "this or nothing" only this."""
    found = dict(part)
    if reference := found.pop("$ref", None):
        found = {**resolved(definitions.get(str(reference).rpartition("/")[2], {}), definitions), **found}
    options = [one for one in found.get("anyOf", ()) if one.get("type") != "null"]
    if len(options) == 1:
        found = {**resolved(options[0], definitions), **{key: value for key, value in found.items() if key != "anyOf"}}
    return found


def _kind(part: Mapping[str, Any]) -> str:
    if "connectionTypes" in part or set(part.get("properties", ())) in ({"connection"}, {"secret"}):
        return "connection"
    if part.get("format") in _FORMATS:
        return str(part["format"])
    kind = part.get("type", "any")
    return kind if isinstance(kind, str) and kind in TYPES else "any"
