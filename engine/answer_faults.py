"""Why the answer to a form does not fit: told by what the form asks, never by what somebody typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from engine.errors import Problem
from engine.json_text import write_json

FORMATS: Final = ("date", "email", "idn-email", "ipv4", "ipv6", "regex", "uuid")
"""What ``format`` is looked at; others say something to people and programs only."""
MOST_OPTIONS: Final = 20
_OTHER: Final = "form_other"
_TYPES: Final[Mapping[str, str]] = {
    "string": "string_type", "integer": "int_type", "number": "float_type", "boolean": "bool_type", "array": "list_type",
    "object": "dict_type", "null": "none_required",
}  # fmt: skip
_BOUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "pattern": ("string_pattern_mismatch", "pattern"),
    "minLength": ("string_too_short", "min_length"),
    "maxLength": ("string_too_long", "max_length"),
    "minimum": ("greater_than_equal", "ge"),
    "maximum": ("less_than_equal", "le"),
    "exclusiveMinimum": ("greater_than", "gt"),
    "exclusiveMaximum": ("less_than", "lt"),
    "multipleOf": ("multiple_of", "multiple_of"),
    "minItems": ("too_short", "min_length"),
    "maxItems": ("too_long", "max_length"),
    "minProperties": ("too_short", "min_length"),
    "maxProperties": ("too_long", "max_length"),
}
"""The rule of a keyword, and the field of its sentence that takes the bound."""
_OF_FORMATS: Final[Mapping[str, str]] = {
    "date": "date_parsing", "email": "form_email", "idn-email": "form_email", "uuid": "uuid_parsing",
}  # fmt: skip


def faults_of(schema: Mapping[str, Any], body: Mapping[str, Any]) -> list[Problem]:
    """``answer.missing``, ``answer.unknown`` and ``answer.invalid``, each once, at its place in the answer."""
    import jsonschema  # noqa: PLC0415 - costs start-up time

    formats = jsonschema.FormatChecker(FORMATS)
    validator: Any = jsonschema.Draft202012Validator(dict(schema), format_checker=formats)
    found = (problem for error in validator.iter_errors(dict(body)) for problem in _problems(error))
    return list({(problem.code, problem.where, str(problem.fields)): problem for problem in found}.values())


def _problems(error: Any) -> Iterator[Problem]:
    place = tuple(str(part) for part in error.absolute_path)
    match error.validator:
        case "required":
            yield from _named("answer.missing", place, (name for name in error.validator_value if name not in error.instance))
        case "additionalProperties":
            yield from _named("answer.unknown", place, _unknown(error.schema, error.instance))
        case _:
            reason = _reason(str(error.validator), error.validator_value)
            yield Problem("answer.invalid", ("answer", *place), {"name": ".".join(place) or "answer", "reason": "", **reason})


def _named(code: str, place: tuple[str, ...], names: Iterable[str]) -> Iterator[Problem]:
    return (Problem(code, ("answer", *place, name), {"name": ".".join((*place, name))}) for name in names)


def _unknown(schema: Mapping[str, Any], instance: Mapping[str, Any]) -> Iterator[str]:
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    return (name for name in instance if name not in known and not any(re.search(pattern, name) for pattern in patterns))


def _reason(keyword: str, asked: Any) -> dict[str, Any]:
    """The rule whose sentence says what the keyword asks, with what it fills in."""
    if keyword in _BOUNDS:
        rule, field = _BOUNDS[keyword]
        return {"rule": rule, field: asked}
    match keyword:
        case "type":
            return _type(asked)
        case "enum" | "const":
            return {"rule": "enum", "expected": _options(asked if keyword == "enum" else [asked])}
        case "format":
            return {"rule": _OF_FORMATS.get(asked, "form_format"), "format": asked}
        case "uniqueItems":
            return {"rule": "form_unique"}
        case _:
            return {"rule": _OTHER}


def _type(asked: Any) -> dict[str, Any]:
    if isinstance(asked, str):
        return {"rule": _TYPES.get(asked, _OTHER)}
    return {"rule": "form_types", "expected": list(cast("Iterable[str]", asked))}


def _options(options: Iterable[Any]) -> list[str]:
    shown = [option if isinstance(option, str) else write_json(option).decode() for option in options]
    return shown if len(shown) <= MOST_OPTIONS else [*shown[:MOST_OPTIONS], "…"]
