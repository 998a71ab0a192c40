"""What a probe found, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from designer.api.shapes import ProblemShown
from engine.app import Orderloom
from engine.catalogue import explain, text
from engine.connection.probe import ProbeReport, ProbeStep
from engine.connection.types import Connection

TEST_MESSAGE = "Orderloom: this is a test of the connection {name}. Nothing needs to be done."


@dataclass(frozen=True, slots=True)
class StepShown:
    """``ms``: how long the step took, where that says something. ``caution``: it went, but a person should know."""

    what: str
    ok: bool
    detail: str
    ms: int | None
    caution: bool


@dataclass(frozen=True, slots=True)
class ProbeShown:
    """``steps`` up to the first that failed; ``problems`` say what to do about it."""

    ok: bool
    steps: Sequence[StepShown]
    problems: Sequence[ProblemShown]


async def probe(
    orderloom: Orderloom, name: str, connection: Connection, language: str, actor: str, *, send_message: bool, kept: bool
) -> ProbeShown:
    """Probes and notes it in the audit log. Raises ``Conflict`` with ``probe.running``. ``kept``: it is the connection of that name."""
    message = text(TEST_MESSAGE, language, name=name) if send_message else None
    report = await orderloom.prober.probe(name if kept else f"unsaved {name}", connection, message=message)
    detail: dict[str, Any] = {"ok": report.ok, "type": connection.type_name, **({"message": True} if send_message else {})}
    await orderloom.store.audit(actor, "connection.probe", name, detail)
    return shown(report, language)


def shown(report: ProbeReport, language: str) -> ProbeShown:
    problems = [ProblemShown(**explain(problem, language)) for problem in report.problems]
    return ProbeShown(report.ok, [_step(step, language) for step in report.steps], problems)


def _step(step: ProbeStep, language: str) -> StepShown:
    detail = explain(step.problem, language)["what"] if step.problem else text(step.detail, language, **step.fields)
    return StepShown(text(step.what, language), step.ok, detail, step.ms, step.caution)
