"""A rule as the document that is kept and sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from pydantic import ValidationError

from engine.errors import InputInvalid, Problem
from engine.watch.rule import Rule
from engine.watch.rules import KINDS

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


def parse_rule(name: str, document: object) -> Rule:
    """A rule of its document ``{"kind": …, …}``.

    Raises ``InputInvalid`` with every problem: ``alarm_rule.bad_name``, ``alarm_rule.unknown_kind``, one ``alarm_rule.invalid`` a field.
    """
    problems = [] if NAME.fullmatch(name) and name != "new" else [Problem("alarm_rule.bad_name", ("name",))]
    values: Mapping[str, Any] = cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}
    kind = values.get("kind")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise InputInvalid([*problems, Problem("alarm_rule.unknown_kind", (name, "kind"), {"known": ", ".join(KINDS)})])
    try:
        rule = model.model_validate(dict(values))
    except ValidationError as error:
        raise InputInvalid([*problems, *(_found(name, one) for one in error.errors(include_url=False, include_input=False))]) from None
    if problems:
        raise InputInvalid(problems)
    return rule


def _found(name: str, one: Any) -> Problem:
    context = cast("dict[str, Any]", one.get("ctx") or {})
    path = ".".join(map(str, one["loc"])) or str(context.get("beside", ""))
    limits = {key: value for key, value in context.items() if isinstance(value, (str, int)) and key not in ("reason", "rule", "pattern")}
    if one["type"] == "string_pattern_mismatch":
        return Problem("alarm_rule.invalid", (name, path), {"reason": "it does not have the expected form", "rule": "form"})
    return Problem("alarm_rule.invalid", (name, path), {**limits, "reason": one["msg"], "rule": one["type"]})


def rule_document(rule: Rule) -> dict[str, Any]:
    """What ``parse_rule`` reads; whatever is as it was from the beginning is left out."""
    return {"kind": rule.kind, **rule.model_dump(mode="json", exclude_defaults=True)}
