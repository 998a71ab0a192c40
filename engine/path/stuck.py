"""Which orders are late at a stage of their path, and why. Pure.

Why is told from what an order's run rests on: an incident, a wait, another run in front, a connection that is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from engine.connection.gates import GateState
from engine.path.stages import TIMED, Timed
from engine.path.times import ExpectedTimes
from engine.run.live import UNKNOWN
from engine.store.ports import Incident, RunState, Wait

Cause = Literal[
    "parked", "doubt", "stands_still", "held", "person", "signal", "timer", "called", "connection_down", "rate_limited", "retrying",
    "behind", "in_line", "at_work", "not_shipped",
]  # fmt: skip
CAUSES: Final[tuple[Cause, ...]] = (
    "parked", "doubt", "stands_still", "held", "person", "signal", "timer", "called", "connection_down", "rate_limited", "retrying",
    "behind", "in_line", "at_work", "not_shipped",
)  # fmt: skip
SENT_ON: Final[frozenset[Cause]] = frozenset({"parked", "stands_still"})
"""What a person may send on in bulk: it is tried again under the same key. Whether a call happened has to be said one by one."""
_STANDS: Final = "run.stands_still"
_WAITS: Final[Mapping[str, Cause]] = {"hold": "held", "task": "person", "signal": "signal", "timer": "timer", "child": "called"}


@dataclass(frozen=True, slots=True)
class Why:
    """``step``: at which node, if one is to blame; ``code`` and ``fields``: of the incident; ``connection``: that is asked for."""

    cause: Cause
    step: str = ""
    code: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    connection: str | None = None


@dataclass(frozen=True, slots=True)
class StuckOrder:
    """``stage``: the first that it should have reached and has not; ``expected``: seconds in which; ``since``: when it was accepted.

    ``run_id`` and ``flow`` are empty for an order whose runs are done, and that is only not shipped. ``incidents`` that are open.
    """

    channel: str
    shop: str
    number: str
    stage: Timed
    expected: int
    since: datetime
    why: Why
    run_id: int | None = None
    flow: str = ""
    incidents: tuple[int, ...] = ()

    def late_by(self, now: datetime) -> int:
        """Seconds beyond what was expected."""
        return max(int((now - self.since).total_seconds()) - self.expected, 0)


@dataclass(frozen=True, slots=True)
class Resting:
    """What is known of a run that has not ended. ``attempts``: by node, of calls that are put off; ``ahead``: a run in front of it."""

    state: RunState
    incidents: Sequence[Incident] = ()
    waits: Sequence[Wait] = ()
    attempts: Mapping[str, int] = field(default_factory=dict[str, int])
    ahead: int | None = None
    at_work: bool = False


def late_stage(
    channel: str, accepted_at: datetime, now: datetime, wanted: Collection[str], reached: Collection[str], times: ExpectedTimes
) -> Timed | None:
    """The first stage that an order should have reached by now and has not."""
    elapsed = (now - accepted_at).total_seconds()
    missing: list[Timed] = [stage for stage in TIMED if stage in wanted and stage not in reached]
    return next((stage for stage in missing if elapsed > times.of(channel, stage)), None)


def why(run: Resting, connections: Mapping[str, str], gates: Mapping[str, GateState]) -> Why:
    """Why a run does not go on. ``connections``: by node. An incident speaks before a wait, and a wait before the queue."""
    if run.incidents:
        return _of_incident(sorted(run.incidents, key=lambda one: (one.code == _STANDS, one.id))[0])
    waits = sorted((one for one in run.waits if one.kind != "deadline"), key=lambda one: (one.kind == "backoff", one.id))
    if waits:
        return _of_wait(waits[0], run, connections, gates)
    if run.at_work:
        return Why("at_work")
    return Why("behind") if run.ahead is not None else Why("in_line")


def _of_incident(one: Incident) -> Why:
    cause: Cause = "stands_still" if one.code == _STANDS else "doubt" if one.code == UNKNOWN else "parked"
    return Why(cause, one.step, one.code, one.fields)


def _of_wait(one: Wait, run: Resting, connections: Mapping[str, str], gates: Mapping[str, GateState]) -> Why:
    if one.kind != "backoff":
        return Why(_WAITS.get(one.kind, "timer"), one.step)
    name = connections.get(one.step)
    gate = gates.get(name or "")
    if gate is not None and gate.breaker != "closed":
        return Why("connection_down", one.step, connection=name)
    return Why("rate_limited" if run.attempts.get(one.step, 1) <= 1 else "retrying", one.step, connection=name)
