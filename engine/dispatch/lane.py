"""Events of one order, one after the other (rule R5): the line they stand in, and who lets the later ones wait."""

from __future__ import annotations

from collections import deque

import msgspec

from engine.run.plan import Plan
from engine.store.ports import Event, RunState


class Lane(msgspec.Struct):
    """Events of one order: the one at work, those parked or waiting in front of the others, those that go on, those behind.

    ``unsure``: who holds them is being looked up; the runs that have moved since it began. Else ``None``.
    """

    active: int | None = None
    parked: set[int] = set()
    resumed: deque[Event] = msgspec.field(default_factory=deque)
    waiting: deque[Event] = msgspec.field(default_factory=deque)
    unsure: set[int] | None = None

    @property
    def idle(self) -> bool:
        return self.active is None and self.unsure is None and not (self.parked or self.resumed or self.waiting)

    def moves(self, run: int) -> None:
        """It holds nobody any more, whatever a look that is under way finds."""
        self.parked.discard(run)
        if self.unsure is not None:
            self.unsure.add(run)


def holds(plan: Plan, event: Event, state: RunState = "parked") -> bool:
    """Whether an event that is parked or waits lets the later ones of its order wait (rule R5)."""
    return not event.passes and may_hold(plan, event.trigger, state)


def may_hold(plan: Plan, trigger: str, state: RunState) -> bool:
    """Whether a trigger lets later events wait for one in this state.

    A run that called others is at work in them: it holds unless it is told to let pass. The runs that are called hold nobody.
    """
    policy = plan.flow.nodes[trigger].policy
    if plan.by_slug[trigger].type.starts == "call":
        return False
    if state == "waiting":
        chosen = policy.while_waiting if policy is not None else None
        return chosen == "hold" or (chosen is None and plan.calls(trigger))
    return policy is None or policy.while_parked != "pass"
