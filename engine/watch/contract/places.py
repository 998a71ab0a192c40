"""Where orders of a form come into flows: by a trigger that gets them, or by a node that fetches them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from engine.run.plan import Plan

Place: TypeAlias = tuple[str, str]
"""A flow, and its node that brings orders."""


def sources_of(plans: Iterable[Plan]) -> Mapping[str, list[tuple[Place, Plan]]]:
    """By the name of the form: the nodes that bring orders."""
    found: dict[str, list[tuple[Place, Plan]]] = {}
    for plan in plans:
        for step in (*plan.triggers.values(), *plan.fetching):
            if step.type.form is not None:
                found.setdefault(step.type.form.name, []).append(((plan.name, step.slug), plan))
    return found


def triggers_of(plans: Iterable[Plan]) -> Mapping[str, list[Place]]:
    """By the name of the form: the triggers whose runs bring such orders."""
    found: dict[str, list[Place]] = {}
    for plan in plans:
        for slug in plan.triggers:
            for form in forms_behind(plan, slug):
                found.setdefault(form, []).append((plan.name, slug))
    return found


def forms_behind(plan: Plan, trigger: str) -> set[str]:
    """The forms of what a trigger gets, and of what the nodes behind it fetch."""
    behind = plan.behind[trigger].steps
    steps = [plan.by_slug[trigger], *(step for step in plan.fetching if step.index in behind)]
    return {step.type.form.name for step in steps if step.type.form is not None}
