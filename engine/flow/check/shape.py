"""Faults of shape that are better explained by what is installed, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.errors import Problem
from engine.flow.check.nodes import unknown_use
from engine.flow.reader import USE_FORM
from engine.node.lookup import NodeTypes


def named(problems: Iterable[Problem], registry: NodeTypes) -> list[Problem]:
    """The same problems; a ``use`` of the wrong form is told what there is instead, such as the newest version."""
    return [_named(problem, registry) for problem in problems]


def without_followers(found: Iterable[Problem], shape: Iterable[Problem]) -> list[Problem]:
    """The problems of sense less those that a fault of shape explains: where a wire cannot be read, nobody knows what is unreachable."""
    wires_lost = any(problem.where[1:2] == ("wires",) for problem in shape)
    return [problem for problem in found if not (wires_lost and problem.code == "node.unreachable")]


def _named(problem: Problem, registry: NodeTypes) -> Problem:
    if problem.fields.get("rule") != USE_FORM:
        return problem
    return replace(unknown_use(str(problem.fields["value"]), registry), where=problem.where, at=problem.at)
