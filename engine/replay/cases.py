"""One event of a replay: what is read of it, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.dispatch import hindrance
from engine.errors import InputInvalid, OrderloomError, Problem
from engine.flow.calls import calls_from
from engine.flow.reader import read_flow
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.node.items import START_KEY
from engine.node.triggers import Arrival, Delivery
from engine.registry import Registry
from engine.replay.groups import Failure
from engine.replay.played import Played, play
from engine.run.changes import Change
from engine.run.facts import Recorded, read_facts
from engine.run.made import Place
from engine.run.mended import mended_plan
from engine.run.plan import Plan, Step
from engine.run.replay import Looked, compared, look_back, run_through
from engine.run.view import told
from engine.store.ports import Event, Recording, Store


@dataclass(frozen=True, slots=True)
class Case:
    """``plan``: the one that its run is pinned to; ``fingerprint``: under which it was recorded."""

    event: Event
    plan: Plan
    kept: Recording
    fingerprint: str

    @property
    def delivery(self) -> Delivery:
        return unpack(self.kept.body)

    def decided(self) -> Recorded:
        return read_facts(self.kept.facts)

    async def look(self, arrival: Arrival) -> Looked:
        recorded = self.decided()
        return await look_back(mended_plan(self.plan, recorded), self.event, arrival, recorded)


@dataclass(frozen=True, slots=True)
class PlayedCase:
    """The same of a recording of traffic."""

    plan: Plan
    played: Played
    fingerprint: str = ""

    @property
    def event(self) -> Event:
        return self.played.event

    @property
    def delivery(self) -> Delivery:
        return self.played.delivery

    def decided(self) -> Recorded:
        return self.played.decided()

    async def look(self, arrival: Arrival) -> Looked:
        return await play(self.plan, self.played, arrival)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``passed_over``: the code of the problem that left nothing to compare; ``captured`` requests had no recorded answer;
    ``failures``: what the other version parks.
    """

    event: Event
    changes: Sequence[Change] = ()
    captured: int = 0
    drifted: bool = False
    passed_over: str = ""
    failures: Sequence[Failure] = ()


class Versions:
    """Plans of their own, used in the thread of the replay only; compiled once for each version."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store, self._registry = store, registry
        self._plans: dict[int, Plan | OrderloomError] = {}

    async def plan(self, flow: str, version: int) -> Plan:
        """Raises ``OrderloomError``: ``node.missing`` where a node type is gone, ``flow.version_unknown``."""
        found = self._plans.get(version)
        if found is None:
            found = self._plans[version] = await self._compiled(flow, version)
        if isinstance(found, OrderloomError):
            raise found
        return found

    async def _compiled(self, flow: str, version: int) -> Plan | OrderloomError:
        try:
            kept = await self._store.version(flow, version)
            return Plan(read_flow(kept.document), self._registry, version, calls_from(kept.calls))
        except OrderloomError as error:
            return OrderloomError(hindrance(error))


async def outcome_of(case: Case | PlayedCase, after: Plan) -> Outcome:
    """The event as it was, compared with the same through ``after``. What cannot be read is passed over, never raised."""
    event, plan = case.event, case.plan
    drifted = case.fingerprint not in {"", plan.fingerprint}
    step, other = plan.by_slug[event.trigger], after.by_slug.get(event.trigger)
    if other is None or other.disabled or other.type.name != step.type.name:
        return Outcome(event, [_not_taken(step, other)], drifted=drifted)
    try:
        delivery, decided = case.delivery, case.decided()
        before = await case.look(read_delivery(step, delivery, decided.terms))
    except OrderloomError as error:
        return Outcome(event, drifted=drifted, passed_over=error.problems[0].code)
    try:
        new_arrival = read_delivery(other, delivery, decided.terms)
    except InputInvalid as error:
        return _not_read(event, other, error.problems[0], drifted=drifted)
    becomes = await run_through(as_mended(after, decided), event, new_arrival, decided, before.asked)
    captured = sum(one.captured for one in becomes.asked)
    return Outcome(event, compared(before, becomes), captured, drifted, failures=_failures(before, becomes))


def _failures(before: Looked, becomes: Looked) -> list[Failure]:
    known = {(one.slug, one.key, one.problem.code) for one in before.execution.parked}
    return [Failure(one.slug, one.problem.code, (one.slug, one.key, one.problem.code) not in known) for one in becomes.execution.parked]


def _not_read(event: Event, step: Step, problem: Problem, *, drifted: bool) -> Outcome:
    """The recorded version could read the delivery, the other cannot: its run would park at once."""
    seen = told(problem)
    shown = {"code": seen.code, "where": list(seen.where), "fields": dict(seen.fields)}
    change = Change("added", Place(step.slug, "parked", START_KEY), "", None, shown)
    return Outcome(event, [change], drifted=drifted, failures=[Failure(step.slug, problem.code, new=True)])


def as_mended(plan: Plan, recorded: Recorded) -> Plan:
    """With the parameters that people mended in a run, where they fit this plan."""
    try:
        return mended_plan(plan, recorded)
    except OrderloomError:
        return plan


def _not_taken(step: Step, other: Step | None) -> Change:
    """The flow would not take such an event any more; nothing is said of its data, whose classes another trigger would not know."""
    becomes = None if other is None or other.disabled else other.type.use
    return Change("missing" if becomes is None else "changed", Place(step.slug, "trigger", ""), "", step.type.use, becomes)
