"""The steps of a probe while they are taken."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from engine.connection.http import HttpResponse
from engine.connection.probe.report import ProbeReport, ProbeStep
from engine.errors import OrderloomError, Problem


class ProbeFailed(OrderloomError):
    """A step showed that the connection does not work."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(Problem(code, fields=fields))


class Stopped(Exception):
    """A step failed and is noted: there is no further one."""


class Told:
    """How a step went: ``told("TLS until {date}", date=…)``."""

    def __init__(self) -> None:
        self.detail = ""
        self.fields: Mapping[str, Any] = {}
        self.caution = False

    def __call__(self, detail: str, *, caution: bool = False, **fields: Any) -> None:
        self.detail, self.fields, self.caution = detail, fields, caution


class Course:
    """Steps in their order. A step that is broken off stays ``current``."""

    def __init__(self) -> None:
        self._steps: list[ProbeStep] = []
        self._current = ""
        self._begun = 0.0
        self.answer: HttpResponse | None = None
        """The last one that a call got."""

    @contextmanager
    def step(self, what: str, *, timed: bool = True) -> Generator[Told]:
        """Notes what happens inside. Raises ``Stopped`` where that raises a problem; ``timed``: whether its duration says something."""
        told, self._current, self._begun = Told(), what, perf_counter()
        try:
            yield told
        except OrderloomError as error:
            self._note(ProbeStep(what, ok=False, ms=self._ms() if timed else None, problem=error.problems[0]))
            raise Stopped from None
        self._note(ProbeStep(what, detail=told.detail, fields=told.fields, ms=self._ms() if timed else None, caution=told.caution))

    def tell(self, what: str, detail: str, *, caution: bool = False, **fields: Any) -> None:
        """A step that took no time."""
        with self.step(what, timed=False) as told:
            told(detail, caution=caution, **fields)

    def give_up(self, problem: Problem) -> None:
        """The step that was under way took too long."""
        self._note(ProbeStep(self._current, ok=False, ms=self._ms(), problem=problem))

    def report(self) -> ProbeReport:
        return ProbeReport(tuple(self._steps))

    def _note(self, step: ProbeStep) -> None:
        self._steps.append(step)

    def _ms(self) -> int:
        return round((perf_counter() - self._begun) * 1000)
