"""A JSON Schema in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from engine.catalogue import entries

_TEXTS = ("title", "description")
_BY_NAME = ("properties", "$defs", "patternProperties")
"""Keywords whose members are schemas by name: there ``title`` is a field like any other."""
_DATA = ("default", "const", "enum", "examples")


def in_language(schema: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The same schema with its titles and descriptions translated; what has no translation stays as it is written."""
    return _schema(schema, entries(language))


def _schema(schema: Mapping[str, Any], known: Mapping[tuple[str | None, str], str]) -> dict[str, Any]:
    return {name: _part(name, value, known) for name, value in schema.items()}


def _part(name: str, value: Any, known: Mapping[tuple[str | None, str], str]) -> Any:
    if name in _DATA:
        return value
    if name in _TEXTS and isinstance(value, str):
        return known.get((None, value)) or value
    if isinstance(value, dict):
        inner = cast("dict[str, Any]", value)
        if name in _BY_NAME:
            return {key: _schema(child, known) if isinstance(child, dict) else child for key, child in inner.items()}  # pyright: ignore[reportUnknownArgumentType]
        return _schema(inner, known)
    if isinstance(value, list):
        return [_schema(child, known) if isinstance(child, dict) else child for child in cast("list[Any]", value)]  # pyright: ignore[reportUnknownArgumentType]
    return value
