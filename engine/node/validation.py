"""Turns pydantic's findings into problems of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine.errors import InputInvalid, Problem
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
        place = (*where, *(str(part) for part in detail["loc"] if not str(part).startswith("function-")))
        found.setdefault(place, _problem(detail, prefix, place, model))
    return list(found.values())


def _problem(detail: Any, prefix: str, place: tuple[str, ...], model: type[BaseModel] | None) -> Problem:
    kind, context = detail["type"], dict(detail.get("ctx") or {})
    name = place[-1] if place else ""
    inner = context.get("problem")
    if isinstance(inner, Problem):
        return inner.inside(*place)
    if kind == "missing":
        return Problem(f"{prefix}.missing", place, {"name": name})
    if kind == "extra_forbidden":
        return Problem(
            f"{prefix}.unknown", place, {"name": name, "known": sorted(model.model_fields) if model and len(detail["loc"]) == 1 else "–"}
        )
    shown = {key: value for key, value in context.items() if isinstance(value, (str, int, float))}
    return Problem(
        f"{prefix}.invalid", place, {**shown, "name": name, "value": _short(detail.get("input")), "reason": detail["msg"], "rule": kind}
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
