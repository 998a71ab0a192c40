"""A JSON Schema in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from designer.pages.words import CHANNELS, HOLD_REASONS
from engine.catalogue import entries

_TEXTS = ("title", "description")
_BY_NAME = ("properties", "$defs", "patternProperties")
"""Keywords whose members are schemas by name: there ``title`` is a field like any other."""
_DATA = ("default", "const", "enum", "examples")
_TITLES = "enumTitles"
_WORDS = (CHANNELS, HOLD_REASONS)


def in_language(schema: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The same schema with its titles, descriptions and names of values translated; what has no translation stays as it is written."""
    return _schema(schema, entries(language))


def _schema(schema: Mapping[str, Any], known: Mapping[tuple[str | None, str], str]) -> dict[str, Any]:
    shown = {name: _part(name, value, known) for name, value in schema.items()}
    titles = _titles_of(schema)
    if titles:
        shown[_TITLES] = {value: known.get((None, title)) or title for value, title in titles.items()}
        _hand_down(shown)
    return shown


def _titles_of(schema: Mapping[str, Any]) -> Mapping[str, str]:
    """What the values are called: as the field says, or by the words that all pages have for them."""
    own = schema.get(_TITLES)
    if isinstance(own, dict):
        return cast("dict[str, str]", own)
    values = [str(value) for value in schema.get("enum", ())]
    for words in _WORDS:
        if values and all(value in words for value in values):
            return {value: words[value] for value in values}
    return {}


def _hand_down(shown: dict[str, Any]) -> None:
    """To the elements of a list, where the values are."""
    items = shown.get("items")
    if isinstance(items, dict) and "enum" in items:
        items[_TITLES] = shown.pop(_TITLES)


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
