"""What a probe found, as data. Its sentences are keys of the catalogue, so that each reader gets them in their language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Problem


@dataclass(frozen=True, slots=True)
class ProbeStep:
    """One step, such as "Encrypting". ``detail`` says how it went, with ``fields`` filled in; ``ms`` how long it took.

    ``caution``: it went, but a person should know. A step that failed has a ``problem`` instead of a detail. No field holds a secret
    or a part of an answer's body.
    """

    what: str
    ok: bool = True
    detail: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    ms: int | None = None
    caution: bool = False
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """``steps`` in the order they were taken; after one that failed there is none."""

    steps: tuple[ProbeStep, ...]

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(step.problem for step in self.steps if step.problem is not None)
