"""Which runs go first where not all can be at work: as their trigger says, once and for all from the event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.errors import Problem
from engine.flow.document import PRIORITIES
from engine.node.items import Item
from engine.node.params import Cel
from engine.run.live import scope_of
from engine.run.plan import Plan
from engine.run.step import problem_of
from engine.store.ports import Event

USUAL: Final = "normal"


def fixed_priority(plan: Plan, trigger: str) -> str | None:
    """What holds for all events of a trigger; ``None`` where it depends on the event."""
    wanted = plan.by_slug[trigger].priority
    return None if isinstance(wanted, Cel) else wanted or USUAL


def priority_of(plan: Plan, event: Event, items: Sequence[Item], channel: str, shop_id: str) -> tuple[str, Problem | None]:
    """``high``, ``normal`` or ``low``. Where the expression fails it is ``normal``, with what was wrong."""
    wanted = plan.by_slug[event.trigger].priority
    if not isinstance(wanted, Cel):
        return wanted or USUAL, None
    try:
        found = wanted(items[0] if items else {}, scope_of(plan, event, channel, shop_id))
    except Exception as error:  # noqa: BLE001 - an odd order is not held up, nor does it hold up others
        return USUAL, problem_of(error, event.trigger)
    if found not in PRIORITIES:
        return USUAL, Problem("priority.unknown", (event.trigger,), {"type": type(found).__name__})
    return found, None
