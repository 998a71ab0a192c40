"""When an alarm begins and when it is over. Pure.

Of one rule and subject, beginnings and ends take turns: whatever the order of the observations, however they are cut into portions,
and wherever the memory was lost in between, nothing begins twice and nothing ends that has not begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.watch.meters import look, take
from engine.watch.observations import Observation
from engine.watch.rule import Rule
from engine.watch.subjects import always_looked_at, subject_of
from engine.watch.verdicts import Bad, Memory, Verdict


@dataclass(frozen=True, slots=True)
class State:
    """``memory`` by subject; ``open``: the subjects about which an alarm is not over, and since when."""

    memory: Mapping[str, Memory] = field(default_factory=dict[str, Memory])
    open: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


@dataclass(frozen=True, slots=True)
class Raised:
    subject: str
    code: str
    fields: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Over:
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """``turns``: what began and what ended, in order."""

    state: State
    turns: tuple[Raised | Over, ...] = ()

    @property
    def raised(self) -> tuple[Raised, ...]:
        return tuple(one for one in self.turns if isinstance(one, Raised))

    @property
    def over(self) -> tuple[Over, ...]:
        return tuple(one for one in self.turns if isinstance(one, Over))


def judge(rule: Rule, state: State, observations: Iterable[Observation], now: datetime) -> Judgement:
    """The state after the observations (in order of their times), and what began and ended by them."""
    if not rule.enabled:
        return Judgement(State(), tuple(Over(subject, now) for subject in sorted(state.open)))
    memory, judgement = dict(state.memory), Judgement(state)
    for one in sorted(observations, key=lambda one: one.at):
        subject = subject_of(rule, one)
        if subject is not None:
            memory[subject], verdict = take(rule, memory.get(subject, {}), subject, one)
            judgement = _turned(rule, judgement, subject, verdict, one.at)
    known = {subject for subject, one in memory.items() if one}
    for subject in sorted({*known, *judgement.state.open, *always_looked_at(rule)}):
        memory[subject], verdict = look(rule, memory.get(subject, {}), subject, now)
        judgement = _turned(rule, judgement, subject, verdict, now)
    kept = {subject: one for subject, one in memory.items() if one}
    return replace(judgement, state=State(kept, judgement.state.open))


def _turned(rule: Rule, before: Judgement, subject: str, verdict: Verdict, at: datetime) -> Judgement:
    """What was observed before an alarm began does not end it: it may be told once more after a write that failed."""
    since = before.state.open.get(subject)
    if verdict is None or isinstance(verdict, Bad) == (since is not None) or (since is not None and at < since):
        return before
    if isinstance(verdict, Bad):
        turn = Raised(subject, verdict.code or rule.code, verdict.fields, at)
        return Judgement(replace(before.state, open={**before.state.open, subject: at}), (*before.turns, turn))
    left = {other: moment for other, moment in before.state.open.items() if other != subject}
    return Judgement(replace(before.state, open=left), (*before.turns, Over(subject, at)))
