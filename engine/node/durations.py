"""Spans of time as people write them in flow documents: ``500ms``, ``30s``, ``5m``, ``2h``, ``1d``."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticCustomError

LONGEST_WAIT: Final = timedelta(days=3650)
"""What an item may rest for: ten years."""
DURATION_PATTERN = r"^\d+(\.\d+)?(ms|s|m|h|d)$"
_UNITS = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1000}
"""In microseconds, the largest first."""

_DURATION_WANTED = "write a duration such as 500ms, 30s, 5m, 2h or 1d"


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("duration", _DURATION_WANTED)
    try:
        exact = Decimal(match[1]) * _UNITS[match[2]]
        return timedelta(microseconds=max(round(exact), 1 if exact else 0))
    except (OverflowError, ArithmeticError):
        raise PydanticCustomError("duration", _DURATION_WANTED) from None


def duration_text(value: timedelta) -> str:
    """As it stands in a flow document, in the largest unit that needs no fraction."""
    microseconds = value // timedelta(microseconds=1)
    for unit, length in _UNITS.items():
        if microseconds and microseconds % length == 0:
            return f"{microseconds // length}{unit}"
    return f"{Decimal(microseconds).scaleb(-3).normalize():f}ms"


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(duration_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "duration-text", "pattern": DURATION_PATTERN}),
]


class WithDurations(GenerateJsonSchema):
    """Makes schemas whose defaults are written as they may stand in a flow document."""

    def encode_default(self, dft: Any) -> Any:
        return duration_text(dft) if isinstance(dft, timedelta) else super().encode_default(dft)
