"""The public conformance cases of CEL; see NOTICE for where they come from and what was left out."""

from __future__ import annotations

import json
import math
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.expression import Expression, ExpressionError

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("conformance.json").read_text(encoding="utf-8"))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_a_case_of_the_public_definition_holds(case: dict[str, Any]) -> None:
    variables = {name: plain(value) for name, value in case.get("variables", {}).items()}
    if "error" in case:
        with pytest.raises(ExpressionError):
            Expression(case["expr"], tuple(variables)).evaluate(variables)
        return
    found = Expression(case["expr"], tuple(variables)).evaluate(variables)
    assert typed(found) == typed(plain(case["value"]))


def test_the_cases_cover_the_definition() -> None:
    areas = {case["name"].partition("/")[0] for case in CASES}
    assert areas >= {"basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists"}
    assert areas >= {"logic", "macros", "parse", "string", "timestamps", "type_deduction"}
    assert len(CASES) > 700


def plain(tagged: Any) -> Any:
    """The Python value of a tagged one: ``{"int": 1}``, ``{"map": [[key, value]]}``; text, bools and null stand for themselves."""
    if not isinstance(tagged, dict):
        return tagged
    ((tag, value),) = tagged.items()
    return READERS[tag](value)


def typed(value: Any) -> Any:
    """The value with its types spelled out, so that 1, 1.0 and true differ and NaN equals itself."""
    if isinstance(value, list):
        return [typed(element) for element in value]
    if isinstance(value, dict):
        return {(type(key).__name__, key): typed(element) for key, element in value.items()}
    if isinstance(value, float):
        return ("float", "nan" if math.isnan(value) else repr(value))
    return type(value).__name__, value


def _microseconds(parts: list[int]) -> timedelta:
    return timedelta(seconds=parts[0], microseconds=parts[1] // 1000)


READERS: dict[str, Any] = {
    "int": int,
    "double": float,
    "bytes": b64decode,
    "type": str,
    "list": lambda elements: [plain(element) for element in elements],
    "map": lambda entries: {plain(key): plain(value) for key, value in entries},
    "timestamp": lambda parts: EPOCH + _microseconds(parts),
    "duration": _microseconds,
}
