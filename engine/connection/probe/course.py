"""The steps of a probe while they are taken, and the calls that it makes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from time import perf_counter
from typing import Any, Final

from engine.connection.http import HttpResponse
from engine.connection.noting import STOPPED, Asked, Call, calling
from engine.connection.probe.report import ProbeReport, ProbeStep
from engine.errors import OrderloomError, Problem
from engine.store.call_records import CallNote

KEY: Final = "probe"
"""Under which its calls are noted."""


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
    """Steps in their order. A step that is broken off stays ``current``. ``place``: what is probed; ``reached``: it was called."""

    def __init__(self, place: str, now: Callable[[], datetime]) -> None:
        self._place, self._now = place, now
        self._at, self._since = now(), perf_counter()
        self._steps: list[ProbeStep] = []
        self._calls: list[Call] = []
        self._current = ""
        self._begun = 0.0
        self.reached = False
        self.answer: HttpResponse | None = None
        """The last one that a call got."""

    def call(self, method: str, path: str) -> AbstractContextManager[Call]:
        """One request, for the log."""
        return calling(self._now, Asked(self._place, method, path, key=KEY), self._calls.append)

    def notes(self) -> list[CallNote]:
        """For the log: each request, or, where it only connected, the probe as a whole. A fault found later is that of the last answer."""
        calls, failed = self._calls, next((step.problem for step in self._steps if step.problem is not None), None)
        if not calls and self.reached:
            calls = [Call(Asked(self._place, "PROBE", key=KEY), self._at, (perf_counter() - self._since) * 1000)]
        if calls and failed is not None and calls[-1].code in (None, STOPPED):
            calls[-1].code = failed.code
        return [call.noted() for call in calls]

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
