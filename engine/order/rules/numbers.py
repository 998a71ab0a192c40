"""Patterns of order numbers: matched in linear time (RE2), whatever a person writes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, cast

import re2

_RE2: Final = cast("Any", re2)
_MOST_MEMORY: Final = 1024 * 1024


def is_pattern(pattern: str) -> bool:
    try:
        _compiled(pattern)
    except _RE2.error:
        return False
    return True


def fits(number: str, pattern: str) -> bool:
    """Whether the whole number is as the pattern says. An empty pattern asks for nothing."""
    return not pattern or _compiled(pattern).fullmatch(number) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    options = _RE2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    return _RE2.compile(pattern, options)
