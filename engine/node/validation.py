"""Turns pydantic's findings into problems of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError

from engine.errors import InputInvalid, Problem
from engine.json_text import write_json
from engine.node.params import Params

MAX_SHOWN = 60
P = TypeVar("P", bound=Params)


def read_params(model: type[P], values: Mapping[str, Any], *where: str) -> P:
    """The parameters as the node gets them. Raises ``InputInvalid`` with every problem."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise InputInvalid(problems_of(error, "params", where, model)) from None


def problems_of(error: ValidationError, prefix: str, where: Sequence[str] = (), model: type[BaseModel] | None = None) -> list[Problem]:
    """``PREFIX.missing``, ``PREFIX.unknown``, ``PREFIX.invalid`` for each finding, at its place."""
    found: dict[tuple[str, ...], Problem] = {}
    for detail in error.errors(include_url=False):
        at = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
        place = (*where, *(str(part) for part in at))
        found.setdefault(place, replace(_problem(detail, prefix, place, model), at=at))
    return [problem for place, problem in found.items() if not (_is_length(problem) and _has_inner(place, found))]


def reason_of(detail: Any) -> dict[str, Any]:
    """Why a value does not fit, of one of pydantic's findings: ``rule``, whose sentence is in the catalogue, what that fills in, and
    ``reason`` in English for a rule that the catalogue does not know. The value itself is not among them."""
    context = cast("Mapping[str, Any]", detail.get("ctx") or {})
    shown = {name: value for name, value in context.items() if isinstance(value, (str, int, float)) and name not in ("tag", "error")}
    reason = str(detail["msg"])
    for own in ("Value error, ", "Assertion failed, "):
        reason = reason.removeprefix(own)
    return {**shown, "reason": reason, "rule": detail["type"]}


def _is_length(problem: Problem) -> bool:
    return problem.fields.get("rule") in ("too_short", "too_long")


def _has_inner(place: tuple[str, ...], found: Mapping[tuple[str, ...], Problem]) -> bool:
    """Items that are wrong do not count for pydantic; they are named themselves."""
    return any(len(other) > len(place) and other[: len(place)] == place for other in found)


def _problem(detail: Any, prefix: str, place: tuple[str, ...], model: type[BaseModel] | None) -> Problem:
    kind, context = detail["type"], dict(detail.get("ctx") or {})
    name = place[-1] if place else ""
    inner = context.get("problem")
    if isinstance(inner, Problem):
        return inner.inside(*place)
    if kind == "missing":
        return Problem(f"{prefix}.missing", place, {"name": name})
    if kind == "extra_forbidden":
        return Problem(f"{prefix}.unknown", place, {"name": name, "known": _known_at(model, detail["loc"][:-1])})
    return Problem(f"{prefix}.invalid", place, {**reason_of(detail), "name": name, "value": _short(detail.get("input"))})


def _known_at(model: type[BaseModel] | None, place: Sequence[int | str]) -> list[str]:
    """The keys of the object at a place, as they are written in a document."""
    annotation: Any = model
    for part in place:
        annotation = _inner(annotation, str(part))
    found = _model(annotation)
    return sorted(field.alias or name for name, field in found.model_fields.items()) if found else []


def _inner(annotation: Any, part: str) -> Any:
    """What lies in a model under a field, or in a list or an object under any key; ``None`` where it is not known."""
    model = _model(annotation)
    if model is not None:
        return next((field.annotation for name, field in model.model_fields.items() if part in (name, field.alias)), None)
    if get_origin(annotation) in (list, dict):
        return get_args(annotation)[-1]
    return next((inner for choice in get_args(annotation) if (inner := _inner(choice, part)) is not None), None)


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model of ``X`` and of ``X | None``."""
    choices = (annotation,) if get_origin(annotation) in (list, dict) else (annotation, *get_args(annotation))
    return next((choice for choice in choices if isinstance(choice, type) and issubclass(choice, BaseModel)), None)


def _short(value: Any) -> str:
    """A value as it would stand in a document."""
    try:
        text = value if isinstance(value, str) else write_json(value).decode()
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
