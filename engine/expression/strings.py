"""Functions over strings: by code point, and patterns in linear time (RE2)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import re2

from engine.expression.errors import OperationError, no_overload
from engine.expression.kinds import BYTES, LIST, MAP, STRING, kind

_RE2 = cast("Any", re2)
_MOST_MEMORY = 1024 * 1024
"""Of a pattern: what needs more takes a tenth of a second to read."""
_SIZED = frozenset({STRING, BYTES, LIST, MAP})


def size(value: Any) -> int:
    """Code points of a string, octets of bytes, elements of a list, entries of a map."""
    if kind(value) in _SIZED:
        return len(value)
    raise no_overload("size", kind(value))


def contains(text: Any, part: Any) -> bool:
    """Whether ``part`` stands anywhere in ``text``."""
    _strings("contains", text, part)
    return part in text


def starts_with(text: Any, part: Any) -> bool:
    """Whether ``text`` begins with ``part``."""
    _strings("startsWith", text, part)
    return text.startswith(part)


def ends_with(text: Any, part: Any) -> bool:
    """Whether ``text`` ends with ``part``."""
    _strings("endsWith", text, part)
    return text.endswith(part)


def matches(text: Any, pattern: Any) -> bool:
    """Whether the RE2 pattern is found anywhere in the text; raises ``expression.pattern``."""
    _strings("matches", text, pattern)
    found = _compiled(pattern)
    try:
        return found.search(text) is not None
    except UnicodeEncodeError:
        raise OperationError("expression.utf8", function="matches") from None


def check_pattern(pattern: str) -> None:
    """Refuse what is not an RE2 pattern: ``expression.pattern``."""
    _compiled(pattern)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    options = _RE2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        return _RE2.compile(pattern, options)
    except (_RE2.error, UnicodeEncodeError):
        raise OperationError("expression.pattern") from None


def _strings(function: str, *values: Any) -> None:
    kinds = [kind(value) for value in values]
    if any(name != STRING for name in kinds):
        raise no_overload(function, *kinds)
