"""The shape of one order as it was sent: which fields, of which types and formats. Never a value, but for words of enumerations. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, cast

import msgspec

from engine.privacy.field_names import is_field_name

DEEPEST: Final = 12
MOST_FIELDS: Final = 600
MOST_PARTS: Final = 40
"""Elements of a list that are looked at."""
ANY_NAME: Final = "*"
"""Stands for names that may be somebody's data."""
WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,47}|[0-9]{1,3}")
LONGEST: Final = 64
_NUMERIC: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("digits", re.compile(r"-?\d+")),
    ("decimal", re.compile(r"-?\d+\.\d+")),
    ("instant", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")),
    ("local_time", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("slashed_date", re.compile(r"\d{1,4}/\d{1,2}/\d{1,4}.*")),
)
_ONE_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*")


class Leaf(msgspec.Struct):
    """One field of one order: how often it is there, and with a value, its types and formats, its words where they may be known."""

    there: int = 0
    filled: int = 0
    types: set[str] = msgspec.field(default_factory=set[str])
    formats: set[str] = msgspec.field(default_factory=set[str])
    words: set[str] = msgspec.field(default_factory=set[str])


class Shape(msgspec.Struct):
    """``leaves`` by path; ``objects``: how many objects stand at a path ("" is the order itself)."""

    leaves: dict[str, Leaf] = msgspec.field(default_factory=dict[str, Leaf])
    objects: dict[str, int] = msgspec.field(default_factory=dict[str, int])


def shape_of(order: object, keeps_words: Callable[[str], bool]) -> Shape:
    """``keeps_words``: whether the field of a path is an enumeration that holds nothing personal."""
    shape = Shape()
    _look(shape, order, "", keeps_words, DEEPEST)
    return shape


def type_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, (Decimal, float)):
        return "number"
    return "array" if isinstance(value, (list, tuple)) else "object"


def format_of(value: object) -> str:
    """Of a text; "" for other values and for texts that are empty."""
    if not isinstance(value, str) or not value.strip():
        return ""
    if len(value) > LONGEST or not value.isascii():
        return "url" if value.startswith("http") else "text"
    if value[0].isdigit() or value[0] == "-":
        return next((name for name, pattern in _NUMERIC if pattern.fullmatch(value)), "text")
    return "url" if value.startswith(("http://", "https://")) else "word" if _ONE_WORD.fullmatch(value) else "text"


def parent_of(path: str) -> str:
    """The path of the object in which a field stands."""
    return path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]


def name_of(path: str) -> str:
    return path.rpartition(".")[2]


@lru_cache(maxsize=4096)
def _shown(name: str) -> str:
    return name if is_field_name(name) else ANY_NAME


def _look(shape: Shape, value: object, path: str, keeps_words: Callable[[str], bool], left: int) -> None:
    if isinstance(value, dict):
        shape.objects[path] = shape.objects.get(path, 0) + 1
        if not left:
            return
        for name, child in cast("dict[str, Any]", value).items():
            known = _shown(name)
            place = f"{path}.{known}" if path else known
            if _note(shape, place, child, keeps_words):
                _look(shape, child, place, keeps_words, left - 1)
    elif isinstance(value, (list, tuple)) and left:
        for child in cast("list[Any]", value)[:MOST_PARTS]:
            if _note(shape, f"{path}[]", child, keeps_words):
                _look(shape, child, f"{path}[]", keeps_words, left - 1)


def _note(shape: Shape, path: str, value: object, keeps_words: Callable[[str], bool]) -> bool:
    leaf = shape.leaves.get(path)
    if leaf is None:
        if len(shape.leaves) >= MOST_FIELDS:
            return False
        leaf = shape.leaves[path] = Leaf()
    leaf.there += 1
    leaf.filled += value is not None
    leaf.types.add(type_of(value))
    if found := format_of(value):
        leaf.formats.add(found)
    if isinstance(value, (str, int)) and not isinstance(value, bool) and keeps_words(path):
        word = str(value)
        leaf.words.add(word if WORD.fullmatch(word) else "")
    return True
